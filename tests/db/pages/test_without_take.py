"""The sheet of scenes without a take: what it lists and leaves out, and that nothing is paid for twice."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.actions.without_take import ScenesWithoutTake, find_scenes_without_take
from generation.models import Batch, GenerationJob
from generation.models.status import Status
from generation.money import budget_settings, budgets
from projects.actions import new_assets
from projects.models import Project, Scene
from tests import factories, media
from tests.db.pages.makers import HTMX, add_clip, add_job, add_picture, member, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(owner: User) -> Project:
    """A project with one scene for each case, named after it."""
    project = factories.make_project(owner, "Night ferry")
    scenes = {
        name: factories.make_scene(project, name) for name in ("Ready", "Again", "Done", "Busy", "Unsure", "Bare")
    }
    for name in ("Ready", "Again", "Done", "Busy", "Unsure"):
        add_picture(scenes[name])
    first = add_picture(scenes["Again"], "second.jpg")
    add_job(scenes["Again"], Status.FAILED, model="gen4.5", first_frame=scenes["Again"].assets.first())
    assert first.pk != scenes["Again"].assets.first().pk  # type: ignore[union-attr]
    add_clip(scenes["Done"])
    add_job(scenes["Busy"], Status.RUNNING)
    add_job(scenes["Unsure"], Status.UNCONFIRMED)
    project.scenes.exclude(name__in=("Ready", "Bare")).update(next_take=2)
    return project


def path(project: Project) -> str:
    return f"/projects/{project.slug}/missing/"


def sheet_data(scenes: ScenesWithoutTake, **changes: Any) -> dict[str, Any]:
    """Return the sheet as a browser would send it."""
    data: dict[str, Any] = {"form-TOTAL_FORMS": len(scenes.proposals), "form-INITIAL_FORMS": len(scenes.proposals)}
    for number, proposal in enumerate(scenes.proposals):
        row = {**proposal.initial, "wanted": "on", "prompt_text": proposal.prompt_text or "the fog lifts", **changes}
        data |= {f"form-{number}-{name}": value for name, value in row.items() if value is not None}
    return data


def requested_takes(project: Project) -> set[tuple[str, str]]:
    jobs = GenerationJob.objects.filter(project=project, status=Status.QUEUED).select_related("scene")
    return {(job.scene.name, job.parameters["promptText"]) for job in jobs}


def test_scenes_are_listed_with_picture_prompt_and_price(client: Client, film: Project) -> None:
    scenes = find_scenes_without_take(film)
    ready, again = scenes.proposals
    assert (ready.scene.name, ready.prompt_text, ready.model.name) == ("Ready", "", "gen4_turbo")
    assert (again.scene.name, again.prompt_text, again.model.name) == ("Again", "push in 1", "gen4.5")
    assert [ready.credits, again.credits] == [25, 60]
    assert again.picture.file_name == "first.jpg"
    assert [scene.name for scene in scenes.without_picture] == ["Bare"]
    assert [scene.name for scene in scenes.unconfirmed] == ["Unsure"]
    for headers in ({}, HTMX):
        page = text(client.get(path(film), headers=headers))
        assert re.findall(r'<b dir="auto">(\w+)</b>', page) == ["Ready", "Again"]
        # a scene without a prompt is not ticked
        assert '<output id="missing-sum">60 credits' in page
        assert re.search(r"no picture yet:\s*<a [^>]+>Bare</a>", page)
        assert re.search(r"unconfirmed:\s*<a [^>]+>Unsure</a>", page)


def test_the_picture_can_be_changed(client: Client, film: Project) -> None:
    page = text(client.get(path(film)))
    first, second = Scene.objects.get(name="Again").assets.order_by("created_at")
    assert re.findall(r'name="form-1-image" value="([^"]+)"', page) == [str(first.pk), str(second.pk)]
    client.post(path(film), sheet_data(find_scenes_without_take(film)) | {"form-1-image": str(second.pk)})
    job = GenerationJob.objects.get(scene__name="Again", status=Status.QUEUED)
    assert job.parameters["promptImage"] == f"asset:{second.pk}"


def test_a_tall_picture_gets_a_tall_take(film: Project) -> None:
    scene = film.scenes.get(name="Bare")
    new_assets.store_upload(scene, "tall.jpg", [media.picture(90, 160)], only="image")
    assert next(wish.ratio for wish in find_scenes_without_take(film).proposals if wish.scene == scene) == "720:1280"


def test_each_take_has_the_shape_of_its_picture(client: Client, film: Project) -> None:
    again = film.scenes.get(name="Again")
    tall = new_assets.store_upload(again, "tall.jpg", [media.picture(90, 160)], only="image")
    GenerationJob.objects.filter(scene=again).update(parameters={"promptText": "a", "ratio": "1280:720", "duration": 5})
    page = text(client.get(path(film)))
    # each picture that may be chosen has its ratio and its price beside it
    assert re.search(rf'data-picture="{tall.pk}"\s+data-credits="60.0"\s+data-aspect="9:16"\s+hidden', page)
    assert "Different shapes" not in re.sub(r'<p [^>]*id="missing-shapes" hidden>.*?</p>', "", page, flags=re.DOTALL)
    data = sheet_data(find_scenes_without_take(film)) | {"form-1-image": str(tall.pk)}
    # shown again, since a prompt is missing
    page = text(client.post(path(film), data | {"form-0-prompt_text": ""}))
    assert "Different shapes: 1 × 16:9, 1 × 9:16." in page
    client.post(path(film), data)
    jobs = GenerationJob.objects.filter(project=film, status=Status.QUEUED)
    assert {job.scene.name: job.parameters["ratio"] for job in jobs} == {"Ready": "1280:720", "Again": "720:1280"}


def test_queries_do_not_grow(client: Client, film: Project) -> None:
    def count() -> int:
        with CaptureQueriesContext(database) as queries:
            client.get(path(film), headers=HTMX)
        return len(queries)

    count()  # the first one saves the session
    before = count()
    for _ in range(3):
        add_picture(factories.make_scene(film))
    assert count() == before <= 14


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_one_press_requests_all_takes(client: Client, film: Project, headers: dict[str, str]) -> None:
    data = sheet_data(find_scenes_without_take(film))
    response = client.post(path(film), data, headers=headers)
    assert response.status_code == (200 if headers else 302)
    batch = Batch.objects.get()
    assert response["HX-Redirect" if headers else "Location"] == f"/projects/{film.slug}/batches/{batch.pk}/"
    page = text(client.get(f"/projects/{film.slug}/batches/{batch.pk}/"))
    assert "2 takes queued, for about 85 credits." in page
    assert "0 of 2 finished" in page
    assert requested_takes(film) == {("Ready", "the fog lifts"), ("Again", "push in 1")}
    # the same press again, and one of another tab that was opened before
    for again in (data, sheet_data(find_scenes_without_take(film)) | data):
        assert client.post(path(film), again, headers=HTMX).status_code == 200
    assert len(requested_takes(film)) == 2


def test_two_presses_at_once_make_one_request(client: Client, film: Project) -> None:
    """Both sheets list the scene; its key makes them the same request."""
    (ready, _) = find_scenes_without_take(film).proposals
    from_the_other_tab = find_scenes_without_take(film).proposals[0]
    assert ready.key == from_the_other_tab.key
    client.post(path(film), sheet_data(find_scenes_without_take(film)))
    job = GenerationJob.objects.get(scene=ready.scene)
    assert job.idempotency_key == ready.key


def test_unticked_scenes_are_left_out(client: Client, film: Project) -> None:
    data = sheet_data(find_scenes_without_take(film))
    del data["form-0-wanted"]
    client.post(path(film), data)
    assert requested_takes(film) == {("Again", "push in 1")}


def test_an_empty_prompt_stops_the_whole_batch(client: Client, film: Project) -> None:
    response = client.post(
        path(film), sheet_data(find_scenes_without_take(film)) | {"form-0-prompt_text": " \r\n"}, headers=HTMX
    )
    assert response.status_code == 422
    assert "Write a prompt, or skip this scene." in text(response)
    assert "push in 1</textarea>" in text(response)
    assert requested_takes(film) == set()


def test_a_problem_with_one_scene_stops_the_whole_batch(client: Client, film: Project) -> None:
    data = sheet_data(find_scenes_without_take(film)) | {"form-0-prompt_text": "x" * 1001}
    response = client.post(path(film), data, headers=HTMX)
    assert response.status_code == 422
    page = text(response)
    assert "1001" in page
    assert page.count("aria-invalid") == 1
    assert re.findall(r'<b dir="auto">(\w+)</b>', page) == ["Ready", "Again"]
    assert requested_takes(film) == set()


@pytest.mark.parametrize(
    "changes",
    [{"form-TOTAL_FORMS": ""}, {"form-TOTAL_FORMS": "101"}, {"form-0-key": "mine"}, {"form-0-image": "7" * 36}],
)
def test_an_incomplete_sheet_is_refused(client: Client, film: Project, changes: dict[str, str]) -> None:
    response = client.post(path(film), sheet_data(find_scenes_without_take(film)) | changes)
    assert response.status_code == 422
    assert ("Ready", "the fog lifts") not in requested_takes(film)


def test_a_picture_of_another_scene_is_refused(client: Client, film: Project) -> None:
    other = add_picture(factories.make_scene(film))
    response = client.post(
        path(film), sheet_data(find_scenes_without_take(film)) | {"form-0-image": str(other.pk)}, headers=HTMX
    )
    assert "no longer in this scene" in text(response)
    assert ("Ready", "the fog lifts") not in requested_takes(film)


def test_the_page_of_the_film_offers_only_what_the_sheet_has(client: Client, film: Project) -> None:
    page = text(client.get(f"/projects/{film.slug}/"))
    assert "4 scenes have no take yet, 2 ready to generate." in page  # Bare has no picture, Unsure a request
    film.scenes.filter(name__in=("Ready", "Again")).update(trashed_at=timezone.now())
    page = text(client.get(f"/projects/{film.slug}/"))
    assert "2 scenes have no take yet. Add a picture to generate one." in page
    assert "Generate missing takes" not in page


def test_only_people_who_may_spend_get_the_sheet(client: Client, film: Project) -> None:
    scene = Scene.objects.filter(project=film)[0]
    page = f"/projects/{film.slug}/"
    assert "Generate missing takes" in text(client.get(page))
    for role in ("viewer", "editor"):
        other = member(scene, role)
        assert "Generate missing takes" not in text(other.get(page))
        assert other.get(path(film)).status_code == 403
    assert member(scene, "editor", may_spend=True).get(path(film)).status_code == 200


def test_the_whole_batch_has_to_fit_the_budget(client: Client, owner: User, film: Project) -> None:
    budget = budget_settings.set_budget(owner, project=film, username=None, period="total", credits=Decimal(150))
    used = budgets.usage_of(budget).used  # of the finished, the running and the unconfirmed take
    sheet = sheet_data(find_scenes_without_take(film))
    budget_settings.set_budget(owner, project=film, username=None, period="total", credits=used + 70)
    refused = client.post(path(film), sheet)
    assert refused.status_code == 409
    assert "15 credits short" in text(refused)
    assert not requested_takes(film)
    budget_settings.set_budget(owner, project=film, username=None, period="total", credits=used + 85)
    assert client.post(path(film), sheet).status_code == 302
    assert len(requested_takes(film)) == 2
