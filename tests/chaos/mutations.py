"""`python -m tests.chaos.mutations`: break a promise in a copy of the product, and see that the verdict notices.

Each mutation changes one line. A short run with a seed that brings the matter about must then end with BROKEN.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from tests.chaos.fault_plan import Ending, Mix, TakePlan, draw  # noqa: E402
from tests.fakes.runway import faults  # noqa: E402

TOP = Path(__file__).resolve().parent.parent.parent
SECONDS = 300.0
Plans = Sequence[TakePlan]


def any_seed(plans: Plans) -> bool:
    return True


def is_plain(plan: TakePlan) -> bool:
    """It ends with a clip, and nothing but downloads goes wrong."""
    return plan.ending == Ending.CLIP and plan.cancel_after is None and not plan.creates


def has_cancels(plans: Plans) -> bool:
    return sum(plan.cancel_after is not None and not plan.creates and not plan.is_tight for plan in plans) > 2


def has_retries(plans: Plans) -> bool:
    return any(plan.ending == Ending.INTERNAL and not plan.creates and not plan.is_tight for plan in plans)


def has_tight(plans: Plans) -> bool:
    return sum(plan.is_tight and is_plain(plan) for plan in plans) > 3


def has_lost_answers(plans: Plans) -> bool:
    return any(plan.creates and plan.creates[0] == faults.CUT_AFTER and not plan.is_tight for plan in plans)


@dataclass(frozen=True)
class Mutation:
    """`old` is replaced by `new` in a file; `blows` bring it about, in the first seed whose plans fit."""

    name: str
    file: str
    old: str
    new: str
    blows: str = ""
    jobs: int = 8
    workers: int = 1
    fits: Callable[[Plans], bool] = any_seed

    @property
    def seed(self) -> int:
        return next(seed for seed in itertools.count() if self.fits([draw(seed, n, Mix()) for n in range(self.jobs)]))


MUTATIONS = (
    Mutation(
        "every take is charged double",
        "generation/engine/apply_state.py",
        "credits_charged=job.credits_estimated if task.cost is None else task.cost,",
        "credits_charged=job.credits_estimated if task.cost is None else 2 * task.cost,",
    ),
    Mutation(
        "no event is published",
        "projects/live/publish.py",
        "    if _outage.lasts:\n        return\n",
        "    return\n",
        jobs=14,
    ),
    Mutation(
        "clips lose their end after they were named",
        "generation/engine/collect.py",
        "    # an earlier attempt may have stored the same file already\n",
        "    if asset: asset.path.write_bytes(asset.path.read_bytes()[:-1000])\n",
    ),
    Mutation(
        "a retry is sent twice",
        "generation/engine/submit.py",
        "        return runway_account.client().create_task(job.kind, fields, files)\n",
        "        if job.retry_of_id: runway_account.client().create_task(job.kind, fields, files)\n"
        "        return runway_account.client().create_task(job.kind, fields, files)\n",
        fits=has_retries,
    ),
    Mutation(
        "a request without an answer is sent again",
        "generation/engine/submit.py",
        "        mark_outcome_unknown(job, str(error))\n",
        "        raise errors.Unreachable(str(error)) from error\n",
        fits=has_lost_answers,
    ),
    Mutation(
        "cancelling forgets the task at Runway",
        "generation/engine/apply_state.py",
        "    runway_account.client().cancel_task(str(job.runway_task_id))\n",
        "",
        fits=has_cancels,
    ),
    Mutation(
        "held credits are not released",
        "generation/models/ledger.py",
        "    if held := credits.held - held_before:\n",
        "    if (held := credits.held - held_before) > 0:\n",
    ),
    Mutation(
        "budgets are ignored",
        "generation/money/budgets.py",
        "        if credits > 0 and credits > usage.left:\n",
        "        if False:\n",
        jobs=14,
        fits=has_tight,
    ),
    Mutation(
        "the journal is not read",
        "generation/engine/journal.py",
        "            yield content\n",
        '            yield b""\n',
        blows="answered",
        jobs=10,
    ),
    Mutation(
        "there is no sweep",
        "generation/engine/sweep.py",
        "        self._round = self._pool.submit(sweep, self._nudged)\n",
        "",
        blows="collect,submit,flush,collect",
        jobs=12,
    ),
    Mutation(
        "claims are not renewed",
        "generation/engine/claims.py",
        "    while not ended.wait(RENEW_SECONDS):\n",
        "    while False:\n",
        workers=2,
    ),
    Mutation(
        "the version does not grow",
        "generation/models/job.py",
        'update(status=status, version=F("version") + 1, changed_at=now, **values)',
        'update(status=status, version=F("version"), changed_at=now, **values)',
    ),
    Mutation(
        "who hangs is not replaced",
        "config/studio/process.py",
        "self.heartbeat.age > HUNG_SECONDS)",
        "self.heartbeat.age > 10 * HUNG_SECONDS)",
        blows="hung collect",
        jobs=10,
    ),
    Mutation(
        "an export has its name before it is whole",
        "film/engine/export.py",
        "            rendered = _render(claim, incoming.path, on_progress)\n",
        "            (export.folder / 'film.mp4').write_bytes(b'half')\n"
        "            rendered = _render(claim, incoming.path, on_progress)\n",
        blows="export",
        jobs=4,
    ),
    Mutation(
        "exports of dead workers are forgotten",
        "film/engine/overdue.py",
        "    now = timezone.now()\n",
        "    return []\n",
        blows="export,export,flush,export",
        jobs=4,
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="mutations with this in their name")
    only = parser.parse_args().only
    with tempfile.TemporaryDirectory(prefix="dailies-mutations-") as folder:
        copy = Path(folder) / "copy"
        _copy_product(copy)
        missed = [mutation.name for mutation in MUTATIONS if only in mutation.name and not _is_caught(mutation, copy)]
    return 1 if missed else 0


def _copy_product(copy: Path) -> None:
    for name in (
        "config",
        "film",
        "generation",
        "projects",
        "templates",
        "static",
        "tests",
        "manage.py",
        "pyproject.toml",
    ):
        source = TOP / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)


def _is_caught(mutation: Mutation, copy: Path) -> bool:
    file = copy / mutation.file
    original = file.read_text()
    assert original.count(mutation.old) == 1, f"{mutation.file} has no such line any more: {mutation.old}"
    file.write_text(original.replace(mutation.old, mutation.new))
    began = time.monotonic()
    try:
        broken = _run(mutation, copy)
    finally:
        file.write_text(original)
    verdict = f"caught: {broken}" if broken else "MISSED"
    print(f"{mutation.name:<45} {time.monotonic() - began:4.0f} s  {verdict}", flush=True)
    return bool(broken)


def _run(mutation: Mutation, copy: Path) -> str:
    """The first broken promise, empty where there was none."""
    blows = ["--blows", mutation.blows] if mutation.blows else ["--kills", "0"]
    sizes = ["--jobs", str(mutation.jobs), "--workers", str(mutation.workers), "--seed", str(mutation.seed)]
    speed = ["--pause", "1.5", "--rest", "32"]
    command = [sys.executable, "-m", "tests.chaos", *sizes, *blows, *speed]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=SECONDS)
    # 1 says that a promise was broken; whatever else happened is no verdict
    if done.returncode not in (0, 1) or "duration" not in done.stdout:
        raise RuntimeError(f"{mutation.name}: the run itself failed\n{done.stdout[-500:]}{done.stderr[-3000:]}")
    lines = [line.removeprefix("BROKEN: ") for line in done.stdout.splitlines() if line.startswith("BROKEN: ")]
    return lines[0][:110] if lines else ""


if __name__ == "__main__":
    sys.exit(main())
