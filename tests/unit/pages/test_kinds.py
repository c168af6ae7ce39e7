"""Pictures and sounds that were made are no takes: where they are shown, and where not."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation.models import GenerationJob
from generation.status import Status
from projects import assets
from projects.models import Scene
from projects.storyboard import storyboard
from tests import factories
from tests.unit.pages.makers import add_job, url

pytestmark = pytest.mark.django_db


def add_sound(scene: Scene) -> GenerationJob:
    sound = assets.store_upload(scene, "voice.wav", [factories.sound()])
    parameters = {"audioUri": f"asset:{sound.pk}"}
    job = add_job(
        scene, Status.COMPLETED, kind="voice_isolation", model="eleven_voice_isolation", parameters=parameters
    )
    made = assets.store_upload(scene, "clean.wav", [factories.sound(seconds=0.5)])
    GenerationJob.objects.filter(pk=job.pk).update(asset=made)
    return job


def test_a_sound_is_listed_and_is_no_take(owner: User, scene: Scene, client: Client) -> None:
    job = add_sound(scene)
    page = client.get(url(scene)).content.decode()
    assert f"tile-{job.pk}" not in page
    assert page.count("<audio ") == 2
    assert "clean.wav" in page


def test_the_queue_shows_it(owner: User, scene: Scene, client: Client) -> None:
    job = add_sound(scene)
    page = client.get("/queue/").content.decode()
    assert f'id="row-{job.pk}"' in page
    assert f"sound {job.take}" in page
    assert "poster" not in page


def test_a_storyboard_counts_takes_alone(owner: User, scene: Scene) -> None:
    add_job(scene, Status.RUNNING, kind="text_to_image", model="gen4_image", parameters={"promptText": "a"})
    (card,) = storyboard(scene.project)
    assert (card.generating, card.newest_status) == (0, "")
    assert card.lacks_a_take


def test_files_are_not_spelled_out_among_the_settings(owner: User, scene: Scene) -> None:
    image = assets.store_upload(scene, "first.png", [factories.picture(640, 360, "PNG")])
    parameters = {"promptImage": f"asset:{image.pk}", "ratio": "1280:720", "promptText": "a"}
    job = add_job(scene, Status.FAILED, parameters=parameters)
    assert job.spoken == {"ratio": "1280:720", "promptText": "a"}
