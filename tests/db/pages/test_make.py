"""Pictures and sounds that were made are no takes: where they are shown, and where not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client

from generation.actions import compare
from generation.models import GenerationJob
from generation.models.status import Status
from generation.pages.make_page import MakePage
from generation.pages.voice_sample import SAMPLE_TEXT
from generation.runway import catalog
from projects.actions import assets, create_project, create_scene
from projects.models import Scene
from projects.pages.storyboard import storyboard_cards
from tests import factories
from tests.db.pages.makers import HTMX, add_job, text, url

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
    (card,) = storyboard_cards(scene.project)
    assert (card.generating, card.activity.newest_status) == (0, "")
    assert card.without_take


def test_files_are_not_spelled_out_among_the_settings(owner: User, scene: Scene) -> None:
    image = assets.store_upload(scene, "first.png", [factories.picture(640, 360, "PNG")])
    parameters = {"promptImage": f"asset:{image.pk}", "ratio": "1280:720", "promptText": "a"}
    job = add_job(scene, Status.FAILED, parameters=parameters)
    assert compare.plain_settings(job) == {"ratio": "1280:720", "promptText": "a"}


EVERY = [(kind, model.name) for kind in catalog.kinds() for model in catalog.models(kind)]


@pytest.mark.parametrize("kind", catalog.kinds())
def test_there_is_a_form_for_every_kind(kind: str, owner: User, scene: Scene, client: Client) -> None:
    page = text(client.get(url(scene, f"make/?kind={kind}")))
    assert 'id="make-press"' in page
    for model in catalog.models(kind):
        assert f'<option value="{model.name}"' in page


def test_every_needed_field_of_every_model_can_be_filled_in(owner: User, scene: Scene) -> None:
    for kind, name in EVERY:
        made = pressed(scene, kind=kind, model=name)
        needed = {field_name for field_name, field in made.model.fields.items() if field.required}
        assert needed <= {control.name for control in made.controls}, (kind, name)


def pressed(scene: Scene, **filled: Any) -> MakePage:
    """What the form reads out of what was filled in."""
    data = QueryDict(mutable=True)
    for name, value in filled.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return MakePage(scene, data.dict())


def test_what_is_filled_in_becomes_a_request(owner: User, scene: Scene) -> None:
    first, second = (assets.store_upload(scene, "a.png", [factories.picture(640, 360, "PNG")]) for _ in range(2))
    clip = assets.store_upload(scene, "a.mp4", [factories.clip()])
    one, two, film = (f"asset:{asset.pk}" for asset in (first, second, clip))
    picked = {f"referenceImages.{one}": "on", f"referenceImages.{two}": "on", f"referenceImages.{one}.tag": "cat"}
    made = pressed(
        scene, kind="text_to_image", model="gen4_image", promptText="@cat on a roof\r\nat night", ratio="1280:720",
        seed="7", **picked,
    )  # fmt: skip
    assert made.parameters == {
        "promptText": "@cat on a roof\nat night",
        "ratio": "1280:720",
        "seed": 7,
        "referenceImages": [{"uri": one, "tag": "cat"}, {"uri": two}],
    }
    assert made.blocking_reason == ""
    assert made.credits == 5
    made = pressed(scene, kind="text_to_speech", model="eleven_v3", promptText="hm", voice="Maya", speed="1.1")
    assert made.parameters["voice"] == {"type": "runway-preset", "presetId": "Maya"}
    assert made.parameters["speed"] == 1.1
    made = pressed(scene, kind="character_performance", model="act_two", character=film, reference=film)
    assert made.parameters == {
        "character": {"type": "video", "uri": film},
        "reference": {"type": "video", "uri": film},
    }
    frames = {f"promptImage.{one}": "on", f"promptImage.{one}.position": "first"}
    frames |= {f"promptImage.{two}": "on", f"promptImage.{two}.position": "last"}
    made = pressed(scene, kind="image_to_video", model="veo3.1", **frames)
    assert made.parameters["promptImage"] == [{"uri": one, "position": "first"}, {"uri": two, "position": "last"}]
    made = pressed(scene, kind="text_to_speech", model="seed_audio", promptText="a", pitchRate="low")
    assert "pitchRate must be a whole number" in made.blocking_reason


def test_the_foot_says_the_price_and_why_it_is_off(owner: User, scene: Scene, client: Client) -> None:
    asked = {"kind": "text_to_image", "model": "gen4_image", "ratio": "1920:1080"}
    foot = text(client.post(url(scene, "make/price/"), asked))
    assert "8 credits" in foot
    assert "Still needed: prompt." in foot
    assert "disabled" in foot
    foot = text(client.post(url(scene, "make/price/"), {**asked, "promptText": "a quiet sea"}))
    assert "disabled" not in foot
    assert "Price not known" in text(client.post(url(scene, "make/price/"), {"kind": "voice_isolation"}))
    assert GenerationJob.objects.count() == 0


@pytest.mark.usefixtures("redis_server")
def test_a_press_makes_one_job(owner: User, scene: Scene, client: Client) -> None:
    asked = {"kind": "sound_effect", "model": "eleven_text_to_sound_v2", "promptText": "rain", "key": "one"}
    for _ in range(2):
        answer = client.post(url(scene, "make/"), asked, headers=HTMX)
        assert answer.status_code == 200
    job = GenerationJob.objects.get()
    assert (job.kind, job.parameters, job.created_by) == ("sound_effect", {"promptText": "rain"}, owner)
    assert f'id="made-{job.pk}"' in text(answer)
    assert f'id="made-{job.pk}"' in text(client.get(f"/made/{job.pk}/"))


@pytest.mark.usefixtures("redis_server")
def test_what_is_wrong_is_said_at_its_field(owner: User, scene: Scene, client: Client) -> None:
    asked = {"kind": "sound_effect", "model": "eleven_text_to_sound_v2", "promptText": "rain", "duration": "99"}
    page = text(client.post(url(scene, "make/"), asked, headers=HTMX))
    assert 'aria-describedby="make-duration-problem"' in page
    assert "duration must be a number of seconds from 0.5 to 30" in page
    assert "rain" in page
    assert GenerationJob.objects.count() == 0


@pytest.mark.usefixtures("redis_server")
def test_rows_are_added_filled_and_sent(owner: User, scene: Scene, client: Client) -> None:
    clip = assets.store_upload(scene, "a.mp4", [factories.clip(64, 36, frames=40, fps=12)])
    first, second = (assets.store_upload(scene, f"{n}.png", [factories.picture(640, 360, "PNG")]) for n in "ab")
    asked = {"kind": "video_to_video", "model": "aleph2", "promptText": "rain", "videoUri": f"asset:{clip.pk}"}
    for headers in ({}, HTMX):
        page = text(client.post(url(scene, "make/"), {**asked, "rows": "add:keyframes"}, headers=headers))
        assert 'name="keyframes.0.uri"' in page
        assert "rain</textarea>" in page
    asked |= {
        "keyframes.0.uri": f"asset:{first.pk}",
        "keyframes.0.at": "7",
        "keyframes.1.uri": "",
        "keyframes.1.at": "",
    }
    asked |= {"keyframes.2.uri": f"asset:{second.pk}", "keyframes.2.seconds": "0.5"}
    page = text(client.post(url(scene, "make/"), {**asked, "key": "one"}))
    assert 'aria-describedby="make-keyframes.0.at-problem"' in page
    # the row with nothing in it is gone
    assert re.search(r'name="keyframes.1.seconds" value="0.5"', page)
    asked |= {"keyframes.0.at": "0.25", "contentModeration.publicFigureThreshold": "low", "key": "two"}
    answer = client.post(url(scene, "make/"), asked)
    assert answer.status_code == 302, re.findall(r'class="problem".*?<span>(.*?)</span>', text(answer), re.S)
    assert GenerationJob.objects.get().parameters == {
        "promptText": "rain",
        "videoUri": f"asset:{clip.pk}",
        "keyframes": [{"uri": f"asset:{first.pk}", "at": 0.25}, {"uri": f"asset:{second.pk}", "seconds": 0.5}],
        "contentModeration": {"publicFigureThreshold": "low"},
    }


@pytest.mark.usefixtures("redis_server")
def test_references_that_do_not_fit_are_refused_at_their_place(owner: User, scene: Scene, client: Client) -> None:
    pictures = [assets.store_upload(scene, f"{n}.png", [factories.picture(640, 360 + n, "PNG")]) for n in range(4)]
    narrow = assets.store_upload(scene, "narrow.png", [factories.picture(20, 360, "PNG")])
    clip = assets.store_upload(scene, "a.mp4", [factories.clip()])
    asked = {"kind": "text_to_image", "model": "gemini_2.5_flash", "promptText": "a", "ratio": "1344:768"}
    wrong = {
        "referenceImages must be a list of at most 3": pictures,
        "referenceImages.0.uri must be a picture; a.mp4 is video/mp4": [clip],
        "narrow.png cannot be used: width / height must be from 0.25 to 4": [narrow],
    }
    for words, picked in wrong.items():
        given = {**asked, **{f"referenceImages.asset:{each.pk}": "on" for each in picked}}
        page = text(client.post(url(scene, "make/"), given, headers=HTMX))
        assert re.search(rf'id="make-referenceImages-problem">.*?<span>[^<]*{re.escape(words)}', page, re.S), words
    assert 'name="referenceImages.asset:' in page
    for name in ("referenceImages.asset:../..", "referenceImages.0", "keyframes.99999999999999999999.at", "..", "rows"):
        assert client.post(url(scene, "make/"), {**asked, name: "on", "promptText": ""}).status_code in (200, 422)
    assert not GenerationJob.objects.exists()


def test_a_voice_that_was_heard_can_be_heard_again(owner: User, scene: Scene, client: Client) -> None:
    sound = assets.store_upload(scene, "maya.wav", [factories.sound()])
    voice = {"type": "runway-preset", "presetId": "Maya"}
    parameters = {"promptText": "a", "voice": voice}
    job = add_job(scene, Status.COMPLETED, kind="text_to_speech", model="eleven_v3", parameters=parameters)
    GenerationJob.objects.filter(pk=job.pk).update(asset=sound)
    asked = {"kind": "text_to_speech", "model": "eleven_v3", "voice": "Maya"}
    assert f"/{sound.pk}/file" in text(client.post(url(scene, "make/price/"), asked))
    assert "<audio" not in text(client.post(url(scene, "make/price/"), {**asked, "voice": "Arjun"}))


@pytest.mark.usefixtures("redis_server")
def test_a_voice_that_nobody_used_speaks_a_line_first(owner: User, scene: Scene, client: Client) -> None:
    asked = {"kind": "text_to_speech", "model": "eleven_v3", "voice": "Maya", "promptText": "a long speech"}
    foot = text(client.post(url(scene, "make/price/"), asked))
    assert "Hear Maya first" in foot
    assert "1 credit:" in foot
    page = text(client.post(url(scene, "make/"), {**asked, "sample": "1", "key": "k"}, headers=HTMX))
    job = GenerationJob.objects.get()
    assert (job.kind, job.model, job.parameters["promptText"], int(job.credits_estimated or 0)) == (
        "text_to_speech", "eleven_v3", SAMPLE_TEXT, 1,
    )  # fmt: skip
    assert f'id="voice-sample" data-job="{job.pk}"' in page
    assert "a long speech</textarea>" in page
    # a second press is the same one
    client.post(url(scene, "make/"), {**asked, "sample": "1", "key": "k"}, headers=HTMX)
    assert GenerationJob.objects.count() == 1
    sound = assets.store_upload(scene, "maya.wav", [factories.sound()])
    GenerationJob.objects.update(status=Status.COMPLETED, asset=sound)
    assert "<audio controls autoplay" in text(client.get(f"/made/{job.pk}/?voice"))
    other = create_scene(create_project(owner, "Another film"))
    # also of another film, and where the voice is to speak what somebody else said
    for kind, model in (("text_to_speech", "eleven_v4"), ("speech_to_speech", "eleven_multilingual_sts_v2")):
        given = {"kind": kind, "model": model, "voice": "Maya"}
        assert f"/{sound.pk}/file" in text(client.post(url(other, "make/price/"), given))
    refused = client.post(url(scene, "make/"), {"kind": "text_to_speech", "model": "eleven_v3", "sample": "1"})
    assert refused.status_code == 422
    assert "Choose a voice first." in text(refused)


def test_a_take_leads_to_the_form_that_makes_it_larger(owner: User, scene: Scene, client: Client) -> None:
    clip = assets.store_upload(scene, "take.mp4", [factories.clip()])
    job = add_job(scene, Status.COMPLETED)
    GenerationJob.objects.filter(pk=job.pk).update(asset=clip)
    there = url(scene, f"make/?kind=video_upscale&amp;videoUri=asset:{clip.pk}")
    assert f'href="{there}"' in text(client.get(url(scene)))
    form = text(client.get(there.replace("&amp;", "&")))
    assert f'<option value="asset:{clip.pk}" selected>' in form
    assert "Still needed" not in form
