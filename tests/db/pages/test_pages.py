"""Every page, empty and filled, in a number of queries that does not grow with the rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection as database
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.labels import STATUS_LABELS
from generation.models.status import Status
from generation.money.take_costs import forget_counts
from generation.money.totals import sums_of_days
from projects.models import Scene
from tests import factories
from tests.db.pages.makers import HTMX, add_clip, add_job, add_picture, text, url

pytestmark = pytest.mark.django_db


EMPTY = {"/": "Your first project", "/queue/": "Nothing generated yet", "/usage/": "Nothing spent yet"}


@pytest.mark.parametrize(("path", "words"), EMPTY.items())
def test_empty_pages_say_what_to_do(client: Client, path: str, words: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert words in text(response)


def test_browsers_keep_no_copy_of_a_page(client: Client, scene: Scene) -> None:
    """Back on a page, somebody would see it as it was before the last take."""
    for path in ("/", "/queue/", url(scene), f"{url(scene)}make/", "/projects/none/"):
        assert client.get(path)["Cache-Control"] == "no-store", path
    image = add_picture(scene)
    assert "immutable" in client.get(image.file_url)["Cache-Control"]


def test_an_empty_project_and_an_empty_scene(client: Client, owner: User) -> None:
    project = factories.make_project(owner, "Night ferry")
    assert "No scenes yet" in text(client.get(f"/projects/{project.slug}/"))
    page = text(client.get(url(factories.make_scene(project))))
    assert "No takes yet" in page
    assert "25 credits" in page


def test_filled_pages(client: Client, scene: Scene) -> None:
    image = add_picture(scene)
    job = add_clip(scene)
    wall = text(client.get("/"))
    assert "Night ferry" in wall
    assert f"/folders/scene-1/assets/{job.asset_id}/poster" in wall
    project = text(client.get(f"/projects/{scene.project.slug}/"))
    for words in ("Harbour", "1 take · none chosen", "0:05", 'data-kind="newest"', 'data-label="Take 1"'):
        assert words in project
    for headers in ({}, HTMX):
        files = text(client.get(f"/projects/{scene.project.slug}/files/", headers=headers))
        for words in ("exports", "first.jpg", filesizeformat(image.bytes)):
            assert words in files
    page = text(client.get(url(scene)))
    for words in ("push in 1", "take-001.mp4", "gen4_turbo", "25 credits", 'preload="none"', "first.jpg"):
        assert words in page
    assert "Harbour, take 1" in text(client.get("/queue/"))
    assert '<td class="number">25</td>' in text(client.get("/usage/"))


@pytest.mark.parametrize("status", list(Status))
def test_a_take_in_every_state(client: Client, scene: Scene, status: Status) -> None:
    job = add_job(scene, status, error_message="Runway said no." if status == Status.FAILED else "", progress=30)
    page = text(client.get(f"/takes/{job.pk}/"))
    assert STATUS_LABELS[status] in page
    assert f'data-status="{status}"' in page
    assert ("<progress" in page) == ("data-busy" in page)
    assert ("Runway said no." in page) == (status == Status.FAILED)
    assert ("Link task" in page) == (status == Status.UNCONFIRMED)
    assert ("/cancel/" in page) == (status in ("queued", "submitting", "pending", "throttled", "running"))


def test_only_retryable_takes_offer_a_retry(client: Client, scene: Scene) -> None:
    def retry_label(**values: Any) -> str | None:
        job = add_job(scene, **values)
        match = re.search(
            r"(Download the clip again \(free\)|Retry · 25 credits)", text(client.get(f"/takes/{job.pk}/"))
        )
        return match and match[1]

    assert retry_label(status=Status.FAILED, error_retryable=False) is None
    assert retry_label(status=Status.FAILED, error_retryable=True) == "Retry · 25 credits"
    assert retry_label(status=Status.FAILED, clip_may_come=True) == "Download the clip again (free)"
    assert retry_label(status=Status.CANCELLED) == "Retry · 25 credits"
    assert retry_label(status=Status.COMPLETED) is None


def test_files_of_a_large_project_are_loaded_on_demand(client: Client, scene: Scene) -> None:
    for number in range(400):
        (scene.path / "exports" / f"cut-{number}.mov").touch()
    page = text(client.get(f"/projects/{scene.project.slug}/files/"))
    assert "cut-7.mov" not in page
    assert f'hx-get="{url(scene, "files/")}"' in page
    assert "cut-7.mov" in text(client.get(url(scene, "files/")))


def test_the_queue_is_filtered_by_its_address(client: Client, owner: User, scene: Scene) -> None:
    other = factories.make_scene(factories.make_project(owner, "Dunes"), "Caravan")
    add_job(scene, Status.RUNNING)
    add_job(scene, Status.FAILED)
    add_job(other, Status.COMPLETED)

    def listed_takes(query: str) -> list[Any]:
        return re.findall(r"(\w+), take (\d)</a>", text(client.get(f"/queue/?{query}")))

    assert listed_takes("") == [("Harbour", "1"), ("Caravan", "1"), ("Harbour", "2")]
    assert listed_takes("state=failed") == [("Harbour", "2")]
    assert listed_takes("state=unfinished") == [("Harbour", "1")]
    assert listed_takes("project=dunes") == [("Caravan", "1")]
    assert listed_takes("state=nonsense&project=nothing&page=99") == listed_takes("")
    assert "No matches" in text(client.get("/queue/?state=cancelled"))


def test_the_queue_has_pages(client: Client, scene: Scene) -> None:
    for _ in range(51):
        add_job(scene)
    first = text(client.get("/queue/?state=completed"))
    assert "Page 1 of 2" in first
    assert "state=completed&amp;page=2" in first
    assert "Page 2 of 2" in text(client.get("/queue/?state=completed&page=2"))


def count_queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(database) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_queries_do_not_grow(client: Client, scene: Scene) -> None:
    project = f"/projects/{scene.project.slug}/"
    pages = ["/", project, f"{project}storyboard/", url(scene), "/queue/", "/usage/"]

    def fill(scene: Scene) -> None:
        add_picture(scene, "more.jpg")
        add_clip(scene)
        add_job(scene, Status.RUNNING)
        failed = add_job(scene, Status.FAILED, error_retryable=True)
        add_job(scene, Status.QUEUED, retry_of=failed)

    def count(path: str) -> int:
        # a process computes them once for each set of projects
        sums_of_days.cache_clear()
        forget_counts()
        return count_queries(client, path)

    fill(scene)
    client.get("/")  # the first query of a process asks SQLite what it can do
    before = {path: count(path) for path in pages}
    for _ in range(3):
        fill(scene)
        fill(factories.make_scene(scene.project))
        fill(factories.make_scene(factories.make_project(User.objects.get(username="owner"))))
    assert {path: count(path) for path in pages} == before
    assert before.pop("/usage/") <= 24
    # the queue counts three states apart, no further than people page, finds the rows of each part before them, and
    # shows when what waits can start
    assert before.pop("/queue/") <= 33
    # a scene asks for the models that were used last, how long they took (by two queries, of which a process keeps what
    # the second says until others have finished), and the person's favorites, too
    assert max(before.values()) <= 24
    assert before[project] <= 11


def test_pages_load_only_the_scripts_they_use(client: Client, scene: Scene) -> None:
    def scripts(path: str) -> set[str]:
        return set(re.findall(r'type="module" src="/static/js-[0-9a-f]+/pages/([a-z_]+)\.js"', text(client.get(path))))

    project = f"/projects/{scene.project.slug}/"
    assert scripts("/account/") == scripts("/usage/") == {"base"}
    assert scripts(url(scene)) == {"base", "scene"}
    assert scripts(project) == {"base", "project"}
    assert scripts("/queue/") == {"base", "queue"}
    # every page that shows unfinished jobs loads a script that updates them
    templates = Path(settings.BASE_DIR) / "templates"
    live = [path.read_text() for path in templates.rglob("*.html") if "data-live-project" in path.read_text()]
    assert live
    assert all(re.search(r'script "(scene|project|queue|live_page|make|contact_sheet)"', page) for page in live)
