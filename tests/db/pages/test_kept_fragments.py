"""Tiles and models are rendered once for all that they show, and anew when something of that changes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import override_settings
from django.utils import timezone

from generation.models import GenerationJob, Mark
from generation.models.quality import QualityReport
from generation.pages.scene_page import ScenePage
from generation.templatetags.kept import picture_choice, tile, transport
from projects import actions
from projects.models import Asset
from projects.web.kept_fragments import KeptFragments

pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> GenerationJob:
    owner = User.objects.create(username="owner")
    scene = actions.create_scene(actions.create_project(owner, "Film"))
    clip = Asset.objects.create(
        scene=scene, kind="video", file_name="take-001.mp4", mime_type="video/mp4", take=1, bytes=1
    )
    return GenerationJob.objects.create(
        project=scene.project, scene=scene, created_by=owner, model="gen4_turbo", take=1, asset=clip,
        status="completed", credits_estimated=Decimal(25),
    )  # fmt: skip


def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the templates that are rendered from now on."""
    names: list[str] = []
    render = KeptFragments._render

    def note(fragments: KeptFragments, *arguments: object) -> object:
        names.append(fragments._template)
        return render(fragments, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(KeptFragments, "_render", note)
    return names


def reloaded(job: GenerationJob) -> GenerationJob:
    return GenerationJob.objects.with_related().with_first_frame().get(pk=job.pk)


def test_a_tile_that_shows_the_same_is_rendered_once(job: GenerationJob, monkeypatch: pytest.MonkeyPatch) -> None:
    names = rendered(monkeypatch)
    first = tile(reloaded(job), None)
    assert tile(reloaded(job), None) == first
    assert len(names) == 1
    assert "aria-current" in tile(reloaded(job), job)
    with override_settings(DEBUG=True):
        tile(reloaded(job), None)
    assert len(names) == 3


CHANGES: dict[str, tuple[Callable[[GenerationJob], object], str]] = {
    "star": (lambda job: GenerationJob.objects.update(mark=Mark.STARRED), "starred"),
    "note": (lambda job: GenerationJob.objects.update(note="too dark"), "too dark"),
    "choice": (lambda job: Asset.objects.update(selected=True), "Chosen"),
    "choice by quality control": (
        lambda job: Asset.objects.update(selected=True, selected_automatically=True),
        "Auto",
    ),
    "report": (lambda job: QualityReport.objects.create(job=job, verdict="warn", reasons=[]), "tile-mark warn"),
    "progress": (lambda job: GenerationJob.objects.update(status="running", progress=41, asset=None), "41%"),
    "version": (lambda job: GenerationJob.objects.update(version=77), 'data-version="77"'),
}


@pytest.mark.parametrize(("change", "words"), CHANGES.values(), ids=CHANGES)
def test_a_tile_shows_what_has_changed(
    job: GenerationJob, change: Callable[[GenerationJob], object], words: str
) -> None:
    assert words not in tile(reloaded(job), None)
    change(job)
    assert words in tile(reloaded(job), None)


def test_a_tile_forgets_a_file_in_the_trash(job: GenerationJob) -> None:
    assert "data-sprite" in tile(reloaded(job), None)
    Asset.objects.update(trashed_at=timezone.now())
    assert "data-sprite" not in tile(reloaded(job), None)


def test_a_picture_shows_what_has_changed(job: GenerationJob, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Asset.objects.create(scene=job.scene, kind="image", file_name="a.png", mime_type="image/png", bytes=1)
    names = rendered(monkeypatch)
    first = picture_choice(picture, None, True)
    assert "checked" not in first
    assert picture_choice(picture, None, True) == first
    assert "checked" in picture_choice(picture, picture, True)
    assert "picture-remove" not in picture_choice(picture, None, False)
    picture.file_name = "b.png"
    assert "b.png" in picture_choice(picture, None, True)
    picture.missing_since = timezone.now()
    assert "missing on disk" in picture_choice(picture, None, True)
    assert len(names) == 5


def test_the_transport_offers_the_takes_that_there_are(job: GenerationJob) -> None:
    def shown(**query: int) -> str:
        return transport(ScenePage(job.scene, query))

    assert "Compare: take" not in shown()
    clip = Asset.objects.create(scene=job.scene, kind="video", file_name="2.mp4", mime_type="video/mp4", bytes=1)
    job.pk, job.take, job.asset = None, 2, clip
    job.save(force_insert=True)
    assert "Compare: take 2" in shown(take=1)
    assert "Compare: take 1" in shown(take=2)
    assert "selected" in shown(take=2, compare=1).partition('value="1"')[2].partition(">")[0]


def test_a_scene_opens_with_the_chosen_take(job: GenerationJob) -> None:
    clip = Asset.objects.create(scene=job.scene, kind="video", file_name="2.mp4", mime_type="video/mp4", bytes=1)
    assert job.asset
    Asset.objects.filter(pk=job.asset.pk).update(selected=True)
    job.pk, job.take, job.asset = None, 2, clip
    job.save(force_insert=True)
    opened = ScenePage(job.scene, {}).current
    assert opened
    assert opened.take == 1
