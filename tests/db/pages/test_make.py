"""The page for all kinds, and where its pictures and sounds are shown: they are no takes."""

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
from generation.pages import make_page
from generation.pages.make_page import MakePage
from generation.pages.voice_sample import SAMPLE_TEXT
from generation.runway import catalog
from projects.actions import create_project, create_scene, new_assets
from projects.models import Scene
from projects.pages.storyboard import storyboard_cards
from tests import media
from tests.db.pages.makers import HTMX, add_job, add_picture, text, url

pytestmark = pytest.mark.django_db


def add_sound(scene: Scene) -> GenerationJob:
    sound = new_assets.store_upload(scene, "voice.wav", [media.sound()])
    parameters = {"audioUri": f"asset:{sound.pk}"}
    job = add_job(
        scene, Status.COMPLETED, kind="voice_isolation", model="eleven_voice_isolation", parameters=parameters
    )
    output = new_assets.store_upload(scene, "clean.wav", [media.sound(seconds=0.5)])
    GenerationJob.objects.filter(pk=job.pk).update(asset=output)
    return job


def test_a_generated_sound_is_listed_beside_the_takes(owner: User, scene: Scene, client: Client) -> None:
    job = add_sound(scene)
    page = text(client.get(url(scene)))
    assert f"tile-{job.pk}" not in page
    assert page.count("<audio ") == 2
    assert "clean.wav" in page


def test_the_queue_shows_a_generated_sound(owner: User, scene: Scene, client: Client) -> None:
    job = add_sound(scene)
    page = text(client.get("/queue/"))
    assert f'id="row-{job.pk}"' in page
    assert f"sound {job.take}" in page
    assert "poster" not in page


def test_the_storyboard_counts_only_takes(owner: User, scene: Scene) -> None:
    add_job(scene, Status.RUNNING, kind="text_to_image", model="gen4_image", parameters={"promptText": "a"})
    (card,) = storyboard_cards(scene.project)
    assert (card.generating, card.activity.newest_status) == (0, "")
    assert card.without_take


def test_settings_leave_out_files(owner: User, scene: Scene) -> None:
    image = new_assets.store_upload(scene, "first.png", [media.picture(640, 360, "PNG")])
    parameters = {"promptImage": f"asset:{image.pk}", "ratio": "1280:720", "promptText": "a"}
    job = add_job(scene, Status.FAILED, parameters=parameters)
    assert compare.plain_settings(job) == {"ratio": "1280:720", "promptText": "a"}


EVERY = [(kind, model.name) for kind in catalog.kinds() for model in catalog.models(kind)]


@pytest.mark.parametrize("kind", catalog.kinds())
def test_there_is_a_form_for_every_kind(kind: str, owner: User, scene: Scene, client: Client) -> None:
    page = text(client.get(url(scene, f"make/?kind={kind}")))
    assert 'id="make-press"' in page
    for model in catalog.models(kind):
        assert f'value="{model.name}"' in page


def test_every_required_field_of_every_model_has_a_control(owner: User, scene: Scene) -> None:
    for kind, name in EVERY:
        make_page = make_page_of(scene, kind=kind, model=name)
        required = {field_name for field_name, field in make_page.model.fields.items() if field.required}
        assert required <= {control.name for control in make_page.controls}, (kind, name)


def make_page_of(scene: Scene, **filled: Any) -> MakePage:
    """Return the page with a filled-in form."""
    data = QueryDict(mutable=True)
    for name, value in filled.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return MakePage(scene, data.dict())


def test_a_filled_in_form_becomes_a_request(owner: User, scene: Scene) -> None:
    first, second = (new_assets.store_upload(scene, "a.png", [media.picture(640, 360, "PNG")]) for _ in range(2))
    clip = new_assets.store_upload(scene, "a.mp4", [media.clip()])
    one, two, film = (f"asset:{asset.pk}" for asset in (first, second, clip))
    picked = {f"referenceImages.{one}": "on", f"referenceImages.{two}": "on", f"referenceImages.{one}.tag": "cat"}
    make_page = make_page_of(
        scene, kind="text_to_image", model="gen4_image", promptText="@cat on a roof\r\nat night", ratio="1280:720",
        seed="7", **picked,
    )  # fmt: skip
    assert make_page.parameters == {
        "promptText": "@cat on a roof\nat night",
        "ratio": "1280:720",
        "seed": 7,
        "referenceImages": [{"uri": one, "tag": "cat"}, {"uri": two}],
    }
    assert make_page.blocking_reason == ""
    assert make_page.credits == 5
    make_page = make_page_of(
        scene, kind="text_to_speech", model="eleven_v3", promptText="hm", voice="Maya", speed="1.1"
    )
    assert make_page.parameters["voice"] == {"type": "runway-preset", "presetId": "Maya"}
    assert make_page.parameters["speed"] == 1.1
    make_page = make_page_of(scene, kind="character_performance", model="act_two", character=film, reference=film)
    assert make_page.parameters == {
        "character": {"type": "video", "uri": film},
        "reference": {"type": "video", "uri": film},
    }
    frames = {f"promptImage.{one}": "on", f"promptImage.{one}.position": "first"}
    frames |= {f"promptImage.{two}": "on", f"promptImage.{two}.position": "last"}
    make_page = make_page_of(scene, kind="image_to_video", model="veo3.1", **frames)
    assert make_page.parameters["promptImage"] == [{"uri": one, "position": "first"}, {"uri": two, "position": "last"}]
    make_page = make_page_of(scene, kind="text_to_speech", model="seed_audio", promptText="a", pitchRate="low")
    assert "pitchRate must be a whole number" in make_page.blocking_reason


def test_the_foot_shows_the_price_and_why_the_button_is_off(owner: User, scene: Scene, client: Client) -> None:
    data = {"kind": "text_to_image", "model": "gen4_image", "ratio": "1920:1080"}
    foot = text(client.post(url(scene, "make/price/"), data))
    assert "8 credits" in foot
    assert "Still needed: prompt." in foot
    assert "disabled" in foot
    foot = text(client.post(url(scene, "make/price/"), {**data, "promptText": "a quiet sea"}))
    assert "disabled" not in foot
    assert "Price not known" in text(client.post(url(scene, "make/price/"), {"kind": "voice_isolation"}))
    assert GenerationJob.objects.count() == 0


def test_repeated_presses_make_one_job(owner: User, scene: Scene, client: Client) -> None:
    data = {"kind": "sound_effect", "model": "eleven_text_to_sound_v2", "promptText": "rain", "key": "one"}
    for _ in range(2):
        response = client.post(url(scene, "make/"), data, headers=HTMX)
        assert response.status_code == 200
    job = GenerationJob.objects.get()
    assert (job.kind, job.parameters, job.created_by) == ("sound_effect", {"promptText": "rain"}, owner)
    assert f'id="made-{job.pk}"' in text(response)
    assert f'id="made-{job.pk}"' in text(client.get(f"/made/{job.pk}/"))


def test_problems_are_shown_at_their_fields(owner: User, scene: Scene, client: Client) -> None:
    data = {"kind": "sound_effect", "model": "eleven_text_to_sound_v2", "promptText": "rain", "duration": "99"}
    page = text(client.post(url(scene, "make/"), data, headers=HTMX))
    assert 'aria-describedby="make-duration-problem"' in page
    assert "duration must be a number of seconds from 0.5 to 30" in page
    assert "rain" in page
    assert GenerationJob.objects.count() == 0


def test_rows_can_be_added_and_sent(owner: User, scene: Scene, client: Client) -> None:
    clip = new_assets.store_upload(scene, "a.mp4", [media.clip(64, 36, frames=40, fps=12)])
    first, second = (new_assets.store_upload(scene, f"{n}.png", [media.picture(640, 360, "PNG")]) for n in "ab")
    data = {"kind": "video_to_video", "model": "aleph2", "promptText": "rain", "videoUri": f"asset:{clip.pk}"}
    for headers in ({}, HTMX):
        page = text(client.post(url(scene, "make/"), {**data, "rows": "add:keyframes"}, headers=headers))
        assert 'name="keyframes.0.uri"' in page
        assert "rain</textarea>" in page
    data |= {
        "keyframes.0.uri": f"asset:{first.pk}",
        "keyframes.0.at": "7",
        "keyframes.1.uri": "",
        "keyframes.1.at": "",
    }
    data |= {"keyframes.2.uri": f"asset:{second.pk}", "keyframes.2.seconds": "0.5"}
    page = text(client.post(url(scene, "make/"), {**data, "key": "one"}))
    assert 'aria-describedby="make-keyframes.0.at-problem"' in page
    # the empty row is left out
    assert re.search(r'name="keyframes.1.seconds" value="0.5"', page)
    data |= {"keyframes.0.at": "0.25", "contentModeration.publicFigureThreshold": "low", "key": "two"}
    response = client.post(url(scene, "make/"), data)
    assert response.status_code == 302, re.findall(r'class="problem".*?<span>(.*?)</span>', text(response), re.S)
    assert GenerationJob.objects.get().parameters == {
        "promptText": "rain",
        "videoUri": f"asset:{clip.pk}",
        "keyframes": [{"uri": f"asset:{first.pk}", "at": 0.25}, {"uri": f"asset:{second.pk}", "seconds": 0.5}],
        "contentModeration": {"publicFigureThreshold": "low"},
    }


def test_unsuitable_references_are_refused_at_their_field(owner: User, scene: Scene, client: Client) -> None:
    pictures = [new_assets.store_upload(scene, f"{n}.png", [media.picture(640, 360 + n, "PNG")]) for n in range(4)]
    narrow = new_assets.store_upload(scene, "narrow.png", [media.picture(20, 360, "PNG")])
    clip = new_assets.store_upload(scene, "a.mp4", [media.clip()])
    data = {"kind": "text_to_image", "model": "gemini_2.5_flash", "promptText": "a", "ratio": "1344:768"}
    messages = {
        "referenceImages must be a list of at most 3": pictures,
        "referenceImages.0.uri must be a picture; a.mp4 is video/mp4": [clip],
        "narrow.png cannot be used: width / height must be from 0.25 to 4": [narrow],
    }
    for message, picked in messages.items():
        with_files = {**data, **{f"referenceImages.asset:{each.pk}": "on" for each in picked}}
        page = text(client.post(url(scene, "make/"), with_files, headers=HTMX))
        assert re.search(rf'id="make-referenceImages-problem">.*?<span>[^<]*{re.escape(message)}', page, re.S), message
    assert 'name="referenceImages.asset:' in page
    for name in ("referenceImages.asset:../..", "referenceImages.0", "keyframes.99999999999999999999.at", "..", "rows"):
        assert client.post(url(scene, "make/"), {**data, name: "on", "promptText": ""}).status_code in (200, 422)
    assert not GenerationJob.objects.exists()


def test_earlier_speech_serves_as_a_sample_of_its_voice(owner: User, scene: Scene, client: Client) -> None:
    sound = new_assets.store_upload(scene, "maya.wav", [media.sound()])
    voice = {"type": "runway-preset", "presetId": "Maya"}
    parameters = {"promptText": "a", "voice": voice}
    job = add_job(scene, Status.COMPLETED, kind="text_to_speech", model="eleven_v3", parameters=parameters)
    GenerationJob.objects.filter(pk=job.pk).update(asset=sound)
    data = {"kind": "text_to_speech", "model": "eleven_v3", "voice": "Maya"}
    assert f"/{sound.pk}/file" in text(client.post(url(scene, "make/price/"), data))
    assert "<audio" not in text(client.post(url(scene, "make/price/"), {**data, "voice": "Arjun"}))


def test_a_sample_of_an_unused_voice_can_be_made(owner: User, scene: Scene, client: Client) -> None:
    data = {"kind": "text_to_speech", "model": "eleven_v3", "voice": "Maya", "promptText": "a long speech"}
    foot = text(client.post(url(scene, "make/price/"), data))
    assert "Hear Maya</button>" in foot
    assert "1 credit:" in foot
    page = text(client.post(url(scene, "make/"), {**data, "sample": "1", "key": "k"}, headers=HTMX))
    job = GenerationJob.objects.get()
    assert (job.kind, job.model, job.parameters["promptText"], int(job.credits_estimated or 0)) == (
        "text_to_speech", "eleven_v3", SAMPLE_TEXT, 1,
    )  # fmt: skip
    assert f'id="voice-sample" data-job="{job.pk}"' in page
    assert "a long speech</textarea>" in page
    # a second press makes no second job
    client.post(url(scene, "make/"), {**data, "sample": "1", "key": "k"}, headers=HTMX)
    assert GenerationJob.objects.count() == 1
    sound = new_assets.store_upload(scene, "maya.wav", [media.sound()])
    GenerationJob.objects.update(status=Status.COMPLETED, asset=sound)
    assert "<audio controls autoplay" in text(client.get(f"/made/{job.pk}/?voice"))
    other = create_scene(create_project(owner, "Another film"))
    # also in another film, and for a model that gives the voice to other speech
    for kind, model in (("text_to_speech", "eleven_v4"), ("speech_to_speech", "eleven_multilingual_sts_v2")):
        other_data = {"kind": kind, "model": model, "voice": "Maya"}
        assert f"/{sound.pk}/file" in text(client.post(url(other, "make/price/"), other_data))
    without_voice = client.post(url(scene, "make/"), {"kind": "text_to_speech", "model": "eleven_v3", "sample": "1"})
    assert without_voice.status_code == 422
    assert "Choose a voice first." in text(without_voice)


def test_a_take_links_to_the_upscale_form(owner: User, scene: Scene, client: Client) -> None:
    clip = new_assets.store_upload(scene, "take.mp4", [media.clip()])
    job = add_job(scene, Status.COMPLETED)
    GenerationJob.objects.filter(pk=job.pk).update(asset=clip)
    there = url(scene, f"make/?kind=video_upscale&amp;videoUri=asset:{clip.pk}")
    assert f'href="{there}"' in text(client.get(url(scene)))
    form = text(client.get(there.replace("&amp;", "&")))
    assert f'value="asset:{clip.pk}" checked>' in form
    assert "Still needed" not in form


def test_results_show_their_prompt_and_can_be_used_or_deleted(owner: User, scene: Scene, client: Client) -> None:
    image = new_assets.store_upload(scene, "made.jpg", [media.picture()])
    job = add_job(scene, Status.COMPLETED, kind="text_to_image", parameters={"promptText": "A quay in fog"})
    GenerationJob.objects.filter(pk=job.pk).update(asset=image, makes="image")
    page = text(client.get(url(scene, "make/")))
    assert "A quay in fog" in page
    assert f'href="{url(scene)}?first={image.pk}"' in page
    assert url(scene, f"files/{image.pk}/delete/") in page
    client.post(url(scene, f"files/{image.pk}/delete/"), headers={"HX-Request": "true"})
    assert "A quay in fog" not in text(client.get(url(scene, "make/")))


@pytest.mark.parametrize("page", ["make/?kind=text_to_image", ""])
def test_a_plain_form_deletes_a_file_and_stays_on_its_page(scene: Scene, client: Client, page: str) -> None:
    image = new_assets.store_upload(scene, "made.jpg", [media.picture()])
    referer = f"http://testserver{url(scene, page)}"
    answer = client.post(url(scene, f"files/{image.pk}/delete/"), headers={"Referer": referer}, follow=True)
    assert answer.redirect_chain == [(url(scene, page), 302)]
    assert "made.jpg is in the trash." in text(answer)


def test_a_sound_has_a_wave_form(scene: Scene, client: Client) -> None:
    audio = new_assets.store_upload(scene, "rain.wav", [media.sound("wav", "pcm_s16le", seconds=1)])
    address = f"/api/projects/{scene.project.slug}/folders/{scene.folder_name}/assets/{audio.pk}/peaks"
    peaks = client.get(address).json()["data"]["peaks"]
    assert 100 < len(peaks) <= 240
    assert all(0 <= peak <= 255 for peak in peaks)
    audio.path.unlink()
    # they are made once
    assert client.get(address).json()["data"]["peaks"] == peaks
    image = new_assets.store_upload(scene, "a.jpg", [media.picture()])
    assert client.get(address.replace(str(audio.pk), str(image.pk))).status_code == 404


def test_files_are_chosen_by_their_pictures(scene: Scene, client: Client) -> None:
    clip = new_assets.store_upload(scene, "take.mp4", [media.clip()])
    page = text(client.get(url(scene, "make/?kind=video_upscale")))
    assert re.search(rf'type="radio"[^>]*value="asset:{clip.pk}"', page)
    assert f"assets/{clip.pk}/poster" in page


def test_models_have_prices_and_stars(client: Client, scene: Scene) -> None:
    client.post("/models/star/", {"model": "gen4_image_turbo", "starred": "1"})
    page = text(client.get(url(scene, "make/"), {"kind": "text_to_image", "model": "gen4_image_turbo"}))
    favorites = page[page.index("<legend>Favorites</legend>") : page.index("</fieldset>")]
    assert 'value="gen4_image_turbo"' in favorites
    assert 'data-price="2 credits"' in favorites
    assert "checked" in favorites
    # the star is set by a form that has a token
    assert 'form="make-form"' in favorites


def test_a_video_of_another_tool_is_shown_while_it_is_made(scene: Scene, client: Client) -> None:
    add_job(scene, Status.RUNNING)
    upscaled = add_job(scene, Status.RUNNING, kind="video_upscale", model="magnific_video_upscaler_creative")
    page = text(client.get(f"/projects/{scene.project.slug}/{scene.folder_name}/make/"))
    assert re.findall(r'id="made-([0-9a-f-]{36})"', page) == [str(upscaled.pk)]


def test_the_newest_files_are_offered_and_those_that_are_named(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_page, "FILES_OFFERED", 2)
    pictures = [add_picture(scene, f"{number}.jpg") for number in range(3)]
    page = MakePage(scene, {})
    assert page._assets == [pictures[2], pictures[1]]
    named = MakePage(scene, {"referenceImages.0.uri": f"asset:{pictures[0].pk}"})
    assert named._assets == pictures[::-1]
