"""The contact sheet: which takes it shows, and how it is paged."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation.models import Mark
from generation.models.quality import QualityReport
from generation.models.status import Status
from generation.pages import contact_sheet
from projects.actions import assets
from projects.models import Scene
from tests import factories
from tests.db.pages.makers import HTMX, add_clip, add_job, member, text

pytestmark = pytest.mark.django_db


def shown(response: Any) -> list[str]:
    return re.findall(r'data-name="([^"]+)"', text(response))


@pytest.fixture
def film(scene: Scene) -> str:
    """Five takes in two scenes, each of its own kind, and one that failed."""
    other = factories.make_scene(scene.project, "Deck")
    first, second, third = (add_clip(scene) for _ in range(3))
    fourth, fifth = add_clip(other), add_clip(other)
    add_job(scene, Status.FAILED)
    for job, values in (
        (first, {"mark": Mark.STARRED, "credits_charged": 0}),
        (second, {"mark": Mark.REJECTED, "credits_charged": 60}),
        (third, {"model": "gen4.5"}),
        (fourth, {"credits_charged": 200, "created_by": factories.make_user("eve")}),
    ):
        type(job).objects.filter(pk=job.pk).update(**values)
    assert fifth.asset
    fifth.asset.selected = True
    fifth.asset.save()
    QualityReport.objects.create(job=fourth, verdict="warn")
    member(scene, "editor")
    User.objects.get(username="eve").memberships.create(project=scene.project, role="editor")
    return f"/projects/{scene.project.slug}/takes/"


@pytest.mark.parametrize(
    ("query", "takes"),
    [
        ("", ["Deck, take 2", "Deck, take 1", "Harbour, take 3", "Harbour, take 2", "Harbour, take 1"]),
        ("scene=scene-1", ["Harbour, take 3", "Harbour, take 2", "Harbour, take 1"]),
        ("mark=starred", ["Harbour, take 1"]),
        ("mark=rejected", ["Harbour, take 2"]),
        ("mark=chosen", ["Deck, take 2"]),
        ("mark=unrated", ["Deck, take 1", "Harbour, take 3"]),
        ("mark=kept&scene=scene-1", ["Harbour, take 3", "Harbour, take 1"]),
        ("model=gen4.5", ["Harbour, take 3"]),
        ("cost=free", ["Harbour, take 1"]),
        ("cost=100", ["Harbour, take 2"]),
        ("cost=more", ["Deck, take 1"]),
        ("verdict=warn", ["Deck, take 1"]),
        ("person=eve", ["Deck, take 1"]),
        ("cost=free&mark=rejected", []),
    ],
)
def test_takes_are_filtered(client: Client, film: str, query: str, takes: list[str]) -> None:
    response = client.get(f"{film}?{query}")
    assert shown(response) == takes
    assert ("No takes" in text(response)) == (not takes)


def test_values_that_make_no_sense_filter_nothing(client: Client, film: str) -> None:
    query = "scene=scene-99999&mark=x&model=none&person=nobody&cost=-1&verdict=maybe"
    assert len(shown(client.get(f"{film}?{query}"))) == 5


def test_pages_follow_each_other(client: Client, film: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_sheet, "TAKES_PER_PAGE", 2)
    seen, address = [], f"{film}?mark=kept"
    while address:
        response = client.get(address)
        seen += shown(response)
        match = re.search(r'rel="next" href="([^"]+)"', text(response))
        address = film + match[1].replace("&amp;", "&") if match else ""
    assert seen == ["Deck, take 2", "Deck, take 1", "Harbour, take 3", "Harbour, take 1"]
    assert client.get(f"{film}?cursor=nonsense").status_code == 422


def test_a_tile_is_fetched_as_the_sheet_shows_it(client: Client, film: str, scene: Scene) -> None:
    job = scene.jobs.get(take=1)
    tile = text(client.get(f"/takes/{job.pk}/tile/?sheet=1", headers=HTMX))
    assert 'data-name="Harbour, take 1"' in tile
    assert "data-starred" in tile


def test_what_quality_control_chose_is_confirmed_by_choosing_it(client: Client, film: str, scene: Scene) -> None:
    job = scene.jobs.get(take=1)
    assert job.asset
    assert assets.choose_first(job.asset)
    tile = text(client.get(f"/takes/{job.pk}/tile/?sheet=1", headers=HTMX))
    assert "Auto-chosen" in tile
    assert "data-chosen" not in tile
    assert "take 1 auto-chosen" in text(client.get(f"/projects/{scene.project.slug}/"))
    card = text(client.post(f"/takes/{job.pk}/mark/", {"do": "choose"}, headers=HTMX))
    assert "Auto" not in card
    tile = text(client.get(f"/takes/{job.pk}/tile/?sheet=1", headers=HTMX))
    assert "data-chosen" in tile


def test_a_viewer_rates_nothing(film: str, scene: Scene) -> None:
    page = text(member(scene, "viewer").get(film))
    assert "sheet-tile" in page
    assert "data-may-change" not in page
