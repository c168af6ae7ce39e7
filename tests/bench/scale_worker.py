"""One studio of a given size: how long each page, call and step takes, as JSON. `python -m … JOBS STATISTICS`."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from generation.engine import check, claims, poll, slots, sweep  # noqa: E402
from generation.models import GenerationJob  # noqa: E402
from projects import mirror  # noqa: E402
from tests.bench.history import fill  # noqa: E402

TIMES = 5
PROJECT, SCENE = "film-3", "scene-4"
AT = f"/projects/{PROJECT}"
PATHS = [
    "/",
    f"{AT}/",
    f"{AT}/storyboard/",
    f"{AT}/facts/",
    f"{AT}/files/",
    f"{AT}/missing/",
    f"{AT}/batches/",
    f"{AT}/disclosure/",
    f"{AT}/disclosure.csv",
    f"{AT}/{SCENE}/",
    f"{AT}/{SCENE}/make/",
    "/queue/",
    "/queue/?state=failed",
    "/queue/?project=film-3",
    "/queue/plan/",
    "/queue/retry/",
    "/usage/",
    "/usage/?range=all",
    "/usage/ledger.csv",
    "/usage/budgets/",
    "/connection/",
    "/admin/generation/generationjob/",
    "/admin/generation/generationjob/?q=water",
    "/admin/generation/generationjob/?status__exact=failed",
    "/admin/generation/ledgerentry/",
    "/api/jobs",
    f"/api/jobs?project={PROJECT}",
    f"/api/jobs?project={PROJECT}&scene={SCENE}",
    "/api/jobs?status=failed",
    "/api/projects",
    f"/api/projects/{PROJECT}/folders",
    f"/api/projects/{PROJECT}/folders/{SCENE}",
    "/api/usage",
    "/healthz",
]
# what is as long as the history by its contract, and what stands in it once for each entry
PER_ENTRY = {
    "/usage/ledger.csv": b"\n",
    f"/api/projects/{PROJECT}/folders": b'"taskId"',
    f"/api/projects/{PROJECT}/folders/{SCENE}": b'"taskId"',
}


def steps() -> dict[str, Callable[[], object]]:
    now = timezone.now()
    return {
        "step: due tasks": lambda: list(poll._next_jobs(timezone.now())),
        "step: sendable": lambda: list(slots.sendable_jobs()),
        "step: unchecked": lambda: list(check.unchecked_jobs(now)[:10]),
        "step: retries due": lambda: list(check.jobs_with_due_retry()[:10]),
        "step: dead claims": claims.release_dead_claims,
        "step: due times": sweep._fix_due_times,
        "step: behind": mirror.write_behind,
        "step: unfinished": lambda: list(GenerationJob.objects.unfinished()),
    }


def main() -> None:
    jobs, statistics = int(sys.argv[1]), sys.argv[2] == "yes"
    settings.ALLOWED_HOSTS = ["testserver"]
    # never that of a studio, whatever the environment names
    name = str(settings.DATABASES["default"]["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        fill(jobs, statistics=statistics)
        print(json.dumps(measure_all()))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def measure_all() -> dict[str, dict[str, object]]:
    """Measure each page, call and step."""
    client = Client()
    client.force_login(User.objects.get(username="owner"))
    calls: dict[str, Callable[[], object]] = {path: lambda path=path: _get(client, path) for path in PATHS}  # type: ignore[misc]
    return {name: _measure(call) for name, call in {**calls, **steps()}.items()}


def _get(client: Client, path: str) -> int:
    """Return how many entries the answer has; 1 for what is not as long as what was asked for."""
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if answer.status_code >= 400 and path != "/healthz":
        print(path, answer.status_code, file=sys.stderr)
    return max(1, body.count(PER_ENTRY[path])) if path in PER_ENTRY else 1


def _measure(call: Callable[[], object]) -> dict[str, object]:
    entries = call()
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
        if seconds[0] > 2:
            break
    with CaptureQueriesContext(connection) as queries:
        call()
    # the least of several: the machine may be busy with something else
    return {
        "seconds": min(seconds),
        "entries": entries if isinstance(entries, int) else 1,
        "scans": sorted({scan for each in queries for scan in _scans(each["sql"])}),
    }


LARGE = ("generation_generationjob", "generation_jobevent", "generation_ledgerentry", "projects_asset")


def _scans(sql: str) -> list[str]:
    """The large tables that SQLite would read whole for a query."""
    if connection.vendor != "sqlite" or not sql.startswith(("SELECT", "UPDATE", "DELETE")):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [str(row[3]) for row in cursor.fetchall()]
    return [
        f"{line} | {sql[:1500]}" for line in plan if line.startswith("SCAN") and any(name in line for name in LARGE)
    ]


if __name__ == "__main__":
    main()
