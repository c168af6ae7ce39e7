"""No page, call or step reads a whole table of jobs, events, ledger entries or files: the history only grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.admin import GenerationJobAdmin
from generation.engine import check, poll, slots
from generation.engine.sweep import sweep
from generation.models.status import Status
from projects.models import Scene
from tests.db.pages.makers import add_clip, add_job, url

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the plans of SQLite, which has no statistics here"),
]
LARGE = ("generation_generationjob", "generation_jobevent", "generation_ledgerentry", "projects_asset")


def whole_tables(call: Callable[[], object]) -> Iterator[str]:
    """Yield the queries for which SQLite reads a large table, or an index of it, from one end to the other."""
    with CaptureQueriesContext(connection) as queries:
        call()
    for sql in (query["sql"] for query in queries if query["sql"].startswith(("SELECT", "UPDATE", "DELETE"))):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [str(row[3]) for row in cursor.fetchall()]
        for line in plan:
            # an index that is walked in order, and a table without a condition, end at the limit
            ends = " LIMIT " in sql and (" WHERE " not in sql or (" USING " in line and " ORDER BY " in sql))
            if line.startswith("SCAN") and any(name in line for name in LARGE) and not ends:
                yield f"{line}: {sql}"


@pytest.fixture
def studio(scene: Scene) -> Scene:
    add_clip(scene)
    for status in Status:
        add_job(scene, status)
    return scene


PAGES = ["/", "{project}", "{project}storyboard/", "{project}facts/", "{project}disclosure/", "{project}missing/",
         "{scene}", "{scene}make/", "/queue/", "/queue/?state=failed", "/queue/?project=film",
         "/queue/?person=owner", "/queue/plan/", "/queue/retry/", "/usage/", "/usage/ledger.csv", "/connection/",
         "/api/jobs", "/api/jobs?status=failed", "/api/projects"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_and_calls(client: Client, studio: Scene, path: str) -> None:
    project = f"/projects/{studio.project.slug}/"
    address = path.format(project=project, scene=url(studio))
    assert client.get(address).status_code == 200
    assert list(whole_tables(lambda: client.get(address))) == []


@pytest.mark.parametrize("query", ["", "?status__exact=failed", "?model=gen4_turbo", "?q=push", "?q=film"])
def test_the_admin(client: Client, studio: Scene, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # a list that fits on a page is read whole
    monkeypatch.setattr(GenerationJobAdmin, "list_per_page", 2)
    User.objects.update(is_staff=True, is_superuser=True)
    address = f"/admin/generation/generationjob/{query}"
    assert client.get(address).status_code == 200
    assert list(whole_tables(lambda: client.get(address))) == []


def test_steps(studio: Scene) -> None:
    def steps() -> None:
        list(poll._due_jobs())
        list(slots.sendable_jobs())
        list(check.unchecked_jobs(timezone.now()))
        list(check.jobs_with_due_retry())
        sweep({})

    assert list(whole_tables(steps)) == []
