"""No page, call or step reads a whole table of jobs, events, ledger entries or files: the history only grows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from film.timelines.speech import speech_lines
from generation.actions.without_take import _scenes
from generation.admin import GenerationJobAdmin, changelist
from generation.engine import check, poll, queues, slots
from generation.engine import statistics as engine_statistics
from generation.engine.sweep import sweep
from generation.mirror.activity import scene_activity
from generation.models import GenerationJob
from generation.models.status import Status
from generation.pages.queue_page import QueuePage
from projects.mirror import drift
from projects.models import Asset, Scene
from tests import factories
from tests.db.pages.makers import add_clip, add_job, url

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the plans of SQLite, which has no statistics here"),
]
# indexes of few rows, however long the history is, and the condition of what is unfinished
FEW = (
    "finished_at=?",
    "unfinished_jobs",
    "ended_and_not_checked",
    "refused_",
    "jobs_retryable",
    "clips_to_come",
    "same_requests",
)
LARGE = ("generation_generationjob", "generation_jobevent", "generation_ledgerentry", "projects_asset")


def plans(call: Callable[[], object]) -> Iterator[tuple[str, list[str]]]:
    """Yield the queries of a call that read or change rows, each with its plan, outermost loop first."""
    with CaptureQueriesContext(connection) as queries:
        call()
    for sql in (query["sql"] for query in queries if query["sql"].startswith(("SELECT", "UPDATE", "DELETE"))):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            yield sql, [_with_table(sql, str(row[3])) for row in cursor.fetchall()]


def _with_table(sql: str, line: str) -> str:
    """Return a line of a plan with the name of its table, where that has one other name in queries within the query."""
    found = re.match(r"(SCAN|SEARCH) ([U-Z]\d+)", line)
    tables = set(re.findall(rf'"(\w+)" {found[2]}\b', sql)) if found else set()
    return re.sub(r" \w+", f" {tables.pop()}", line, count=1) if len(tables) == 1 else line


def whole_tables(call: Callable[[], object], *, sorts: bool = True) -> Iterator[str]:
    """Yield the queries for which SQLite reads a large table, or an index of it, from one end to the other.

    With `sorts` also those that sort many rows for the first few.
    """
    for sql, plan in plans(call):
        if sorts and "LIMIT" in sql and any(line.startswith("USE TEMP B-TREE FOR ORDER BY") for line in plan):
            yield from (f"sorts all of {line}: {sql}" for line in plan[:1] if _reads_many(line))
        for line in plan:
            # an index that is walked in order, and a table without a condition, end at the limit
            ends = " LIMIT " in sql and (" WHERE " not in sql or (" USING " in line and " ORDER BY " in sql))
            if line.startswith("SCAN") and any(name in line for name in LARGE) and not ends:
                yield f"{line}: {sql}"


def _reads_many(line: str) -> bool:
    """Whether the outermost loop of a sort reads a large table by anything but what selects few rows of it."""
    return any(f" {name}" in line for name in LARGE) and not any(name in line for name in FEW)


@pytest.fixture
def studio(scene: Scene) -> Scene:
    add_clip(scene)
    for status in Status:
        add_job(scene, status)
    return scene


PAGES = ["/", "{project}", "{project}storyboard/", "{project}facts/", "{project}disclosure/", "{project}missing/",
         "{project}cut/", "{project}cut/data/", "{project}cut/files/?scene=scene-1", "{project}cut/files/?kind=video",
         "{api}cut", "{api}exports", "{project}prompts/", "{project}batches/",
         "{project}disclosure.json", "{project}files/", "/palette/?q=push", "/queue/pauses/", "/trash/",
         "{project}takes/", "{project}takes/?scene=scene-1", "{project}takes/?mark=starred",
         "{scene}", "{scene}make/", "/queue/", "/queue/?state=failed", "/queue/?project=film",
         "/queue/?person=owner", "/queue/plan/", "/queue/retry/", "/usage/", "/usage/ledger.csv", "/connection/",
         "/api/jobs", "/api/jobs?status=failed", "/api/projects"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_and_calls(client: Client, studio: Scene, path: str) -> None:
    project = f"/projects/{studio.project.slug}/"
    address = path.format(project=project, scene=url(studio), api=f"/api{project}")
    assert client.get(address).status_code == 200
    assert list(whole_tables(lambda: client.get(address))) == []


def test_jobs_of_a_scene_are_found_by_an_index(client: Client, studio: Scene) -> None:
    """Before, all jobs of its project were read."""
    path = f"/api/jobs?project={studio.project.slug}&scene={studio.folder_name}"
    assert client.get(path).json()["data"]["jobs"]
    jobs = [line for _, plan in plans(lambda: client.get(path)) for line in plan if "generationjob USING" in line]
    assert all(" COVERING INDEX " in line or "(scene_id=?" in line or "(id=?" in line for line in jobs), jobs
    assert not client.get(path.replace(studio.folder_name, "scene-999")).json()["data"]["jobs"]


def test_who_asked_for_jobs_is_found_by_person_and_project(studio: Scene) -> None:
    """Before, all jobs were joined to the people."""
    pretend_a_long_history()
    asked, _ = factories.make_user(), factories.make_user()
    add_job(studio, Status.COMPLETED, created_by=asked)
    owner = factories.owner_of(studio.project)
    page = QueuePage(owner, {})
    assert page.people == sorted([asked.username, owner.username])
    del page.people
    ((_, plan),) = plans(lambda: page.people)
    by_both = "SEARCH U0 USING INDEX jobs_of_person_in_project (created_by_id=? AND project_id=?)"
    assert by_both in plan
    assert not any("jobs_newest" in line for line in plan)


def test_scenes_without_a_take_are_found_by_the_first_clip_of_each(studio: Scene) -> None:
    """Before, all clips of the project were read, and on PostgreSQL those of all projects."""
    pretend_a_long_history()
    empty = factories.make_scene(studio.project)
    assert list(_scenes(studio.project)) == [empty]
    ((_, plan),) = plans(lambda: list(_scenes(studio.project)))
    assert "SEARCH U0 USING INDEX files_by_kind (scene_id=? AND kind=?)" in plan


def test_what_speech_says_is_found_by_its_files(client: Client, studio: Scene) -> None:
    """Before, all jobs of the project were read."""
    pretend_a_long_history()
    columns = {"kind": "audio", "file_name": "voice.mp3", "mime_type": "audio/mpeg", "bytes": 9, "sha256": "0" * 64}
    voice = Asset.objects.create(scene=studio, source="generated", **columns)
    add_job(studio, Status.COMPLETED, kind="text_to_speech", asset=voice, parameters={"promptText": "Good morning."})
    assert speech_lines([voice.pk]) == {str(voice.pk): "Good morning."}
    address = f"/projects/{studio.project.slug}/cut/data/"
    speech = [plan for sql, plan in plans(lambda: client.get(address)) if "text_to_speech" in sql]
    assert [line for plan in speech for line in plan if "(asset_id=?" not in line] == []
    assert len(speech) == 1


def test_the_newest_take_of_each_scene_is_found_by_its_key(studio: Scene) -> None:
    """Before, all takes of the project were read for the cards of its scenes."""
    activity = scene_activity(studio.project, [studio.pk])
    assert activity[studio.pk].newest_take == max(studio.jobs.values_list("take", flat=True))
    ((_, plan),) = plans(lambda: scene_activity(studio.project, [studio.pk]))
    jobs = [line for line in plan if "generationjob USING" in line]
    # the unfinished ones by their states
    assert [line for line in jobs if not any(by in line for by in ("status=?", "(id=?", "(scene_id=?"))] == []


@pytest.mark.parametrize("query", ["", "?status__exact=failed", "?model=gen4_turbo", "?q=push", "?q=film"])
def test_the_admin(client: Client, studio: Scene, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # a list that fits on a page is read whole
    monkeypatch.setattr(GenerationJobAdmin, "list_per_page", 2)
    User.objects.update(is_staff=True, is_superuser=True)
    address = f"/admin/generation/generationjob/{query}"
    assert client.get(address).status_code == 200
    assert list(whole_tables(lambda: client.get(address), sorts=False)) == []


@pytest.mark.parametrize("query", ["", "?status__exact=failed", "?q=push"])
def test_the_admin_joins_one_page(client: Client, studio: Scene, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # a list that fits on a page is read whole
    monkeypatch.setattr(GenerationJobAdmin, "list_per_page", 1)
    add_job(studio, Status.FAILED)
    User.objects.update(is_staff=True, is_superuser=True)
    address = f"/admin/generation/generationjob/{query}"
    lists = [sql for sql, _ in plans(lambda: client.get(address)) if 'FROM "generation_generationjob"' in sql]
    joins = [sql for sql in lists if 'JOIN "projects_scene"' in sql]
    assert len(joins) == 1
    # sorted and cut off before
    assert '"generation_generationjob"."id" IN (' in joins[0]
    assert "ORDER BY" not in joins[0]


def test_the_admin_finds_words_in_the_newest_jobs(studio: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changelist, "SEARCHED_JOBS", 2)
    newest = list(GenerationJob.objects.order_by("-created_at", "-id")[:2])
    assert set(changelist.search_jobs(GenerationJob.objects.all(), "push")) == set(newest)
    assert changelist.search_jobs(GenerationJob.objects.all(), studio.project.slug).count() > 2


@pytest.mark.parametrize("address", ["/usage/", "/usage/?range=all", "/api/usage"])
@pytest.mark.parametrize("statistics", [False, True])
def test_usage_reads_what_it_shows(client: Client, studio: Scene, address: str, statistics: bool) -> None:
    if statistics:
        pretend_a_long_history()
    assert client.get(address).status_code == 200
    found = list(plans(lambda: client.get(address)))
    refused = [plan[0] for sql, plan in found if "refused_digest" in sql and 'AS "last_at"' in sql]
    assert [line for line in refused if "USING INDEX refused_" not in line] == []
    assert len(refused) == 1
    ended = [plan[0] for sql, plan in found if '"mark"' in sql and 'FROM "generation_generationjob"' in sql]
    assert len(ended) == 3
    by_index = "COVERING INDEX jobs_by_end (project_id=? AND status=?"
    assert [line for line in ended if by_index not in line] == []
    newer = [plan[0] for sql, plan in found if 'FROM "generation_ledgerentry" WHERE' in sql]
    assert newer
    assert [line for line in newer if "rowid=?" not in line] == []
    # what was rolled up is computed once
    assert [sql for sql, _ in found if "generation_dayspend" in sql and "MAX(" not in sql] == []


@pytest.mark.parametrize("statistics", [False, True])
def test_steps(studio: Scene, statistics: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # the program's own would say that there are ten jobs
    monkeypatch.setattr(engine_statistics, "update_statistics", lambda: None)
    if statistics:
        pretend_a_long_history()

    def steps() -> None:
        list(poll._next_jobs(timezone.now()))
        list(slots.sendable_jobs())
        list(check.unchecked_jobs(timezone.now())[:10])
        list(check.jobs_with_due_retry())
        list(GenerationJob.objects.unfinished())
        sweep({})

    assert "\n".join(s[:260] + " ... " + s[-200:] for s in whole_tables(steps)) == ""


def pretend_a_long_history() -> None:
    """Say in SQLite's statistics that there are 100,000 jobs, of which few are unfinished, and as many entries."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT idx, stat FROM sqlite_stat1 WHERE tbl IN (%s, %s)", [LARGE[0], LARGE[2]])
        for index, text in cursor.fetchall():
            # a state has thousands of jobs, a scene or a person hundreds
            most = 20_000 if "stat" in str(index) else 500
            numbers = [100_000, *(most if int(number) > 1 else 1 for number in text.split()[1:])]
            if not any(name in (index or "") for name in FEW):
                stat = " ".join(str(number) for number in numbers)
                cursor.execute("UPDATE sqlite_stat1 SET stat = %s WHERE idx = %s", [stat, index])
        cursor.execute("ANALYZE sqlite_schema")


def test_a_check_of_folders_reads_its_project_alone(studio: Scene) -> None:
    assert list(whole_tables(lambda: drift.find_drift(studio.project))) == []


def test_the_status_page(client: Client, studio: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "count_live_workers", lambda: 8)
    User.objects.update(is_staff=True)
    assert client.get("/status/").status_code == 200
    assert list(whole_tables(lambda: client.get("/status/"))) == []


def test_metrics_read_no_whole_table() -> None:
    assert Client().get("/metrics").status_code == 200
    assert list(whole_tables(lambda: Client().get("/metrics"))) == []


def test_all_takes_are_disclosed_scene_by_scene(client: Client, studio: Scene) -> None:
    address = f"/projects/{studio.project.slug}/disclosure/?takes=all"
    assert client.get(address).status_code == 200
    # those of one scene are sorted
    assert list(whole_tables(lambda: client.get(address), sorts=False)) == []


@pytest.mark.parametrize("address", ["/trash/", "/trash/?project={slug}"])
def test_the_trash_is_found_by_an_index_of_it(client: Client, studio: Scene, address: str) -> None:
    """Before, all files of the person's films were read."""
    address = address.format(slug=studio.project.slug)
    assert client.get(address).status_code == 200
    of_files = 'ORDER BY "projects_asset"."trashed_at" DESC'
    (plan,) = [plan for sql, plan in plans(lambda: client.get(address)) if of_files in sql]
    assert "SEARCH projects_asset USING INDEX files_in_trash (trashed_at>?)" in plan
    assert not [line for line in plan if line.startswith("USE TEMP B-TREE")]
