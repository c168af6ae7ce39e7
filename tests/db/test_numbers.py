"""Numbers of what a scene has: takes, pictures and sounds count for themselves."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from generation.models import GenerationJob
from projects import mirror
from projects.mirror import rebuild
from projects.models import Project, Scene
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def numbers(scene: Scene) -> tuple[int, int, int]:
    scene.refresh_from_db()
    return scene.next_take, scene.next_image, scene.next_audio


def make(scene: Scene, kind: str, number: int) -> GenerationJob:
    return factories.make_job(scene, kind=kind, take=number, status="failed")


def test_a_number_is_unique_for_its_kind() -> None:
    scene = factories.make_scene()
    kinds = ("image_to_video", "text_to_image", "text_to_speech")
    jobs = [make(scene, kind, 1) for kind in kinds]
    assert [job.makes for job in jobs] == ["video", "image", "audio"]
    # another kind of request, the same kind of output
    with pytest.raises(IntegrityError), transaction.atomic():
        make(scene, "text_to_video", 1)
    assert list(scene.jobs.takes()) == [jobs[0]]


def test_numbers_come_back_from_the_folders() -> None:
    scene = factories.make_scene()
    for kind, number in (("image_to_video", 1), ("image_to_video", 2), ("text_to_image", 1), ("text_to_speech", 5)):
        make(scene, kind, number)
    with transaction.atomic():
        mirror.changed(scene)
    owner = factories.owner_of(scene.project)
    Project.objects.all().delete()
    rebuild.rebuild(owner)
    restored = Scene.objects.get()
    assert numbers(restored) == (3, 2, 6)
    made = sorted(restored.jobs.values_list("makes", "take"))
    assert made == [("audio", 5), ("image", 1), ("video", 1), ("video", 2)]


def test_the_upgrade_keeps_numbers_and_goes_on_behind_them() -> None:
    mixed, plain = factories.make_scene(), factories.make_scene()
    for number, kind in enumerate(("image_to_video", "text_to_image", "text_to_image", "sound_effect"), 1):
        make(mixed, kind, number)
    make(plain, "image_to_video", 1)
    # as the version before left them
    GenerationJob.objects.update(makes="video")
    Scene.objects.filter(pk=mixed.pk).update(next_take=5)
    Scene.objects.filter(pk=plain.pk).update(next_take=9)
    importlib.import_module("generation.migrations.0005_makes").count_by_kind(apps, None)
    assert (numbers(mixed), numbers(plain)) == ((2, 4, 5), (9, 1, 1))
    assert list(mixed.jobs.order_by("take").values_list("makes", flat=True)) == ["video", "image", "image", "audio"]
