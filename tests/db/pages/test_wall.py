"""The page of all projects: their cards, the search, and the first steps."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from generation.actions import sample
from generation.models import RunwayState
from generation.models.status import Status
from generation.pages.first_steps import FirstSteps, load_first_steps
from projects.actions import assets
from projects.models import Membership, Scene
from tests import factories
from tests.db.pages.makers import HTMX, add_clip, add_job, add_picture, text

pytestmark = pytest.mark.django_db


def project_names(page: str) -> list[str]:
    return re.findall(r'<h2 dir="auto"><a [^>]+>([^<]+)</a>', page)


def test_a_card_shows_progress_credits_and_unfinished_jobs(client: Client, scene: Scene) -> None:
    second = factories.make_scene(scene.project)
    chosen = add_clip(scene)
    assets.change_asset(chosen.asset, selected=True)  # type: ignore[arg-type]
    add_clip(second)
    add_job(second, Status.RUNNING)
    page = text(client.get("/"))
    for words in ("1 of 2 scenes chosen", "50 credits", "Generating 1"):
        assert words in page


def test_search_for_projects_and_scenes(client: Client, owner: User, scene: Scene) -> None:
    factories.make_scene(factories.make_project(owner, "Nächte am Fluß"), "Brücke")
    factories.make_project(owner, "Dunes")

    def search(query: str) -> list[str]:
        return sorted(project_names(text(client.get("/", {"q": query}))))

    assert search("") == ["Dunes", "Night ferry", "Nächte am Fluß"]
    assert search("night") == search("FERRY") == search("harbour") == ["Night ferry"]
    assert search("NÄCHTE") == search("nachte") == search("bruck") == search("fluss brücke") == ["Nächte am Fluß"]
    assert search("n") == ["Dunes", "Night ferry", "Nächte am Fluß"]
    assert search("nowhere") == []
    page = text(client.get("/", {"q": '"><b>'}))
    assert "No results" in page
    assert "<b>" not in page


def test_an_empty_search_is_not_in_the_address(client: Client, scene: Scene) -> None:
    assert client.get("/", {"q": " "}, headers=HTMX)["HX-Replace-Url"] == "/"
    assert "HX-Replace-Url" not in client.get("/", {"q": "x"}, headers=HTMX)


def test_a_scene_that_generates_says_so(client: Client, scene: Scene) -> None:
    add_job(scene, Status.FAILED)
    for _ in range(2):
        add_job(scene, Status.QUEUED)
    assert "2 takes in progress" in text(client.get(f"/projects/{scene.project.slug}/"))


def test_a_card_reads_only_the_first_scenes_of_a_long_film(client: Client, scene: Scene) -> None:
    def count() -> int:
        with CaptureQueriesContext(database) as queries:
            client.get("/")
        return len(queries)

    # with the sums that a process computes once
    count()
    before = count()
    for _ in range(20):
        add_picture(factories.make_scene(scene.project))
    assert count() == before
    assert text(client.get("/")).count("/poster") == 4


def steps(user: User) -> FirstSteps:
    first_steps = load_first_steps(user)
    assert first_steps
    return first_steps


def test_the_first_steps_with_the_sample(client: Client, owner: User, settings: Settings) -> None:
    project = sample.make_sample(owner)
    settings.RUNWAY_IS_SIMULATOR = True
    now = steps(owner)
    assert (now.is_connected, now.has_picture, now.current) == (True, False, 2)
    # the scene that has a picture and no take
    assert now.scene == project.scenes.get(number=2)
    page = text(client.get("/"))
    assert "Your first take in three steps" in page
    assert f'<a href="/projects/{project.slug}/scene-2/">use one from the sample</a>' in page
    assert "Choose a picture" in page
    own = factories.make_scene(factories.make_project(owner, "Mine"), "Dawn")
    add_picture(own)
    now = steps(owner)
    assert (now.has_picture, now.current, now.scene) == (True, 3, own)
    job = add_job(own, Status.RUNNING)
    assert steps(owner).is_generating
    assert "Your first take is generating" in text(client.get("/"))
    type(job).objects.filter(pk=job.pk).update(status=Status.COMPLETED)
    assert load_first_steps(owner) is None
    assert "Your first take in three steps" not in text(client.get("/"))


def test_who_only_watches_is_not_told_how_to_make_a_take(scene: Scene) -> None:
    viewer = factories.make_user()
    assert load_first_steps(viewer)
    member = Membership.objects.create(project=scene.project, user=viewer, role=Membership.Role.VIEWER)
    assert load_first_steps(viewer) is None
    member.role = Membership.Role.EDITOR
    member.save()
    assert load_first_steps(viewer)


def test_a_used_picture_of_the_sample_counts(owner: User) -> None:
    project = sample.make_sample(owner)
    add_job(project.scenes.get(number=2), Status.FAILED)
    assert steps(owner).has_picture


def test_with_a_key_the_first_step_is_done_when_runway_answers(owner: User, settings: Settings) -> None:
    settings.RUNWAY_IS_SIMULATOR = False
    assert steps(owner).current == 1
    RunwayState.objects.update_or_create(pk=1, defaults={"organization": {"creditBalance": 10}})
    assert steps(owner).is_connected
    RunwayState.objects.filter(pk=1).update(condition="unauthorized")
    assert not steps(owner).is_connected


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_dismiss_the_first_steps(client: Client, scene: Scene, headers: dict[str, str]) -> None:
    assert "Your first take in three steps" in text(client.get("/"))
    client.post("/first-steps/dismiss/", headers=headers)
    assert "Your first take in three steps" not in text(client.get("/"))
