"""One studio of a given size: how long each page, call and step takes, as JSON. `python -m … JOBS [LINE …]`.

First without the statistics of the database, then with them. KEEP_DATABASES=/tmp/studios keeps it for the next run,
which may measure some lines alone: `python -m … 100000 /queue/ "step: behind"`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Collection

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
from tests.bench.multiply import multiply  # noqa: E402

FROM_PYTHON = 100_000
"""Jobs that are written one by one; more are copies of these."""
TIMES = 7
PROJECT, SCENE = "film-3", "scene-4"
AT = f"/projects/{PROJECT}"
PATHS = [
    "/",
    f"{AT}/",
    f"{AT}/storyboard/",
    f"{AT}/facts/",
    f"{AT}/files/",
    f"{AT}/missing/",
    f"{AT}/cut/",
    f"{AT}/takes/",
    f"{AT}/batches/",
    f"{AT}/disclosure/",
    f"{AT}/disclosure.csv",
    f"{AT}/disclosure/?takes=all",
    f"{AT}/cut/files/?kind=video",
    f"{AT}/cut/files/?scene={SCENE}",
    f"{AT}/clean-up/",
    f"{AT}/members/",
    "/trash/",
    "/audit/",
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
    "/status/",
    "/metrics",
    "/admin/generation/generationjob/",
    "/admin/generation/generationjob/?q=water",
    "/admin/generation/generationjob/?status__exact=failed",
    "/api/jobs",
    f"/api/jobs?project={PROJECT}",
    f"/api/jobs?project={PROJECT}&scene={SCENE}",
    "/api/jobs?status=failed",
    f"/api/jobs?project={PROJECT}&status=failed",
    f"/api/projects/{PROJECT}/cut",
    f"/api/projects/{PROJECT}/exports",
    "/api/projects",
    f"/api/projects/{PROJECT}/folders",
    f"/api/projects/{PROJECT}/folders/{SCENE}",
    "/api/usage",
    "/healthz",
]
# what is as long as the history by its contract, or as a page of it, and what stands in it once for each entry
PER_ENTRY = {
    "/usage/ledger.csv": b"\n",
    # days
    "/api/usage": b'"day"',
    # in the small studio there are fewer than a page has
    f"{AT}/disclosure/?takes=all": b'data-label="File"',
    f"{AT}/cut/files/?kind=video": b'"sceneId"',
    f"{AT}/cut/files/?scene={SCENE}": b'"sceneId"',
    f"/api/jobs?project={PROJECT}&status=failed": b'"jobId"',
    f"/api/jobs?project={PROJECT}&scene={SCENE}": b'"jobId"',
    # requests and files
    f"/api/projects/{PROJECT}/folders": b'"createdAt"',
    f"/api/projects/{PROJECT}/folders/{SCENE}": b'"createdAt"',
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
    jobs = int(sys.argv[1])
    settings.ALLOWED_HOSTS = ["testserver"]
    # never that of a studio, whatever the environment names
    name, keepdb = str(settings.DATABASES["default"]["NAME"]), _keep(jobs)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keepdb)
    try:
        if not GenerationJob.objects.exists():
            fill(min(jobs, FROM_PYTHON))
            if jobs > FROM_PYTHON:
                multiply(FROM_PYTHON, jobs // FROM_PYTHON - 1)
        _forget_statistics()
        without = measure_all(sys.argv[2:])
        with connection.cursor() as cursor:
            # as the program does for SQLite, and PostgreSQL for itself where autovacuum is not turned off
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        print(json.dumps([without, measure_all(sys.argv[2:])]))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0, keepdb=keepdb)


def _keep(jobs: int) -> bool:
    """Return whether the database is one that is kept."""
    if folder := os.environ.get("KEEP_DATABASES", ""):
        is_file = connection.vendor == "sqlite"
        connection.settings_dict["TEST"]["NAME"] = f"{folder}/{jobs}.sqlite3" if is_file else f"dailies_bench_{jobs}"
    return bool(folder)


_FORGETTING = {
    # ANALYZE creates the table that is emptied next
    "sqlite": ["ANALYZE", "DELETE FROM sqlite_stat1", "ANALYZE sqlite_schema"],
    # those of a database that was kept, as a superuser; before, PostgreSQL has none
    "postgresql": [
        "DELETE FROM pg_statistic WHERE starelid >= 16384",
        "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid >= 16384 AND relkind IN ('r', 'i')",
    ],
}


def _forget_statistics() -> None:
    with connection.cursor() as cursor:
        for statement in _FORGETTING[connection.vendor]:
            cursor.execute(statement)


def measure_all(only: Collection[str] = ()) -> dict[str, dict[str, object]]:
    """Measure each page, call and step, or some of them."""
    client = Client()
    client.force_login(User.objects.get(username="owner"))
    calls: dict[str, Callable[[], object]] = {path: lambda path=path: _get(client, path) for path in PATHS}  # type: ignore[misc]
    calls |= steps()
    return {name: _measure(call) for name, call in calls.items() if not only or name in only}


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
        began = _clock()
        call()
        seconds.append(_clock() - began)
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


def _clock() -> float:
    """The process's own time where the database works in it, so that others on the machine count less."""
    return time.process_time() if connection.vendor == "sqlite" else time.perf_counter()


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
