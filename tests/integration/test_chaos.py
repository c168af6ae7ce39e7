"""The short form of `make chaos`: one blow of each kind that matters most, in the middle of a dozen takes."""

from __future__ import annotations

import secrets

from tests.chaos.report import figures
from tests.chaos.run import Options, run

BLOWS = ("submit", "flush", "redis", "poll", "everything")


def test_nothing_is_lost_and_nothing_paid_twice() -> None:
    seed = secrets.randbelow(10**6)
    # the same faults of Runway; the blows of `make chaos` are its own
    print(f"make chaos JOBS=12 SEED={seed}")
    report = run(Options(jobs=12, kills=len(BLOWS), seed=seed, blows=BLOWS, pause=0.8, fill_disk=False, workers=1))
    print(*(f"{name}: {value}" for name, value in figures(report).items()), sep="\n")
    assert not report.verdict.broken, "\n".join(report.verdict.broken)
    assert sum(report.kills.values()) == len(BLOWS)
    assert sum(report.statuses.values()) == 12
