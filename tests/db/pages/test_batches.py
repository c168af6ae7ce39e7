"""The pages of batches: forms, preview with the price, start, progress, cancel, retry and final."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from generation import actions
from generation.actions import saved_prompts
from generation.batches import shotlist
from generation.batches.planner import Planner
from generation.engine import outputs
from generation.models import Batch, GenerationJob
from generation.models.status import Status
from projects.actions import new_assets
from projects.models import Scene
from projects.problems import Problem
from tests import factories, media
from tests.db.pages.makers import add_clip, add_job, add_picture, member, text, url
from tests.spreadsheets import Rows, ods, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def pictured(scene: Scene) -> Scene:
    new_assets.store_upload(scene, "first.jpg", [media.picture(640, 360)], only="image")
    return scene


def address(scene: Scene, rest: str = "") -> str:
    return f"/projects/{scene.project.slug}/batches/{rest}"


def hidden_value(page: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert match
    return unescape(match[1])


def matrix(**more: object) -> dict[str, object]:
    return {
        "way": "matrix", "scenes": ["scene-1"], "prompts": "push in\n\npull out\n", "models": ["gen4_turbo"],
        "takes": "2", "draw": "on", **more,
    }  # fmt: skip


def test_preview_and_start_a_batch(client: Client, owner: User, pictured: Scene) -> None:
    page = text(client.get(address(pictured)))
    assert "No batches yet" in page
    assert "Harbour" in text(client.get(address(pictured, "new/")))
    page = text(client.post(address(pictured, "new/"), matrix(name="Drafts")))
    assert "Start 4 takes · 100 credits" in re.sub(r"\s+", " ", page)
    assert "All 4 fit today" in page
    assert not GenerationJob.objects.exists()
    press = {name: hidden_value(page, name) for name in ("rows", "name", "key")}
    first = client.post(address(pictured), press)
    batch = Batch.objects.get()
    assert (first.status_code, first.headers["Location"]) == (302, address(pictured, f"{batch.pk}/"))
    assert client.post(address(pictured), press).headers["Location"] == first.headers["Location"]  # pressed twice
    assert batch.jobs.count() == 4
    assert all("seed" in job.parameters for job in batch.jobs.all())  # drawn, so that a final can repeat it
    page = text(client.get(first.headers["Location"]))
    assert "0 of 4 finished" in page
    assert "Cancel remaining" in page
    assert "Drafts" in text(client.get(address(pictured)))


def test_variables_are_filled_in_the_preview_and_at_the_start(client: Client, pictured: Scene) -> None:
    saved_prompts.set_variables(pictured.project, {"hero": "a {red} fox"})
    page = text(client.post(address(pictured, "new/"), matrix(prompts="{Hero} leaves {scene}", takes="1")))
    assert "a {red} fox leaves Harbour" in page
    press = {name: hidden_value(page, name) for name in ("rows", "name", "key")}
    assert client.post(address(pictured), press).status_code == 302
    assert GenerationJob.objects.get().parameters["promptText"] == "a {red} fox leaves Harbour"


def test_a_variable_without_a_value_is_named_with_its_row(client: Client, pictured: Scene) -> None:
    csv = "scene,prompt\nscene-1,{scene}\nscene-1,{dog} barks\n"
    answer = client.post(address(pictured, "new/"), {"way": "list", "text": csv})
    assert answer.status_code == 422
    assert "Row 2: {dog} has no value." in text(answer)
    # in combinations it is one prompt, however many rows it makes
    answer = client.post(address(pictured, "new/"), matrix(prompts="{dog} barks", takes="3"))
    assert (answer.status_code, text(answer).count("{dog} has no value.")) == (422, 1)


def test_wrong_rows_are_listed_and_the_input_is_kept(client: Client, pictured: Scene) -> None:
    csv = "scene,prompt,duration\nscene-1,push in,5\nscene-1,pull out,99\n"
    answer = client.post(address(pictured, "new/"), {"way": "list", "text": csv})
    assert answer.status_code == 422
    assert "Row 2: duration must be" in text(answer)
    assert "scene-1,pull out,99" in text(answer)
    answer = client.post(address(pictured, "new/"), matrix(prompts=" ", seeds="x", takes="99"))
    assert answer.status_code == 422
    for words in ("Write at least one prompt", "seeds must be whole numbers", "takes must be from 1 to 50"):
        assert words in text(answer)


MODELS = ("gen4_turbo", "kling3.0_pro")


def test_a_model_without_seeds_gets_takes_without(client: Client, pictured: Scene) -> None:
    page = text(client.post(address(pictured, "new/"), matrix(models=["gen4_turbo", "kling3.0_pro"])))
    rows = json.loads(hidden_value(page, "rows"))
    assert [(row["model"], "seed" in row) for row in rows] == 4 * [("gen4_turbo", True)] + 4 * [("kling3.0_pro", False)]
    page = text(client.get(address(pictured, "new/")))
    marks = {name: page[page.index(f'value="{name}"') :].partition("model-figures")[0] for name in MODELS}
    assert [">seed<" in marks[name] for name in MODELS] == [True, False]


def test_what_a_chosen_model_lacks_is_said_once(client: Client, pictured: Scene) -> None:
    wrong = matrix(models=["gen4_turbo", "kling3.0_pro", "veo3.1"], seeds="7", duration="11")
    page = text(client.post(address(pictured, "new/"), wrong))
    assert page.count("No seed in Kling 3.0 Pro. Leave these models out, or clear the seeds.") == 1
    assert "11 s is not possible with every model. Gen-4 Turbo: 2–10 s; Veo 3.1: 4, 6 or 8 s." in page


def test_the_picture_of_each_scene_is_shown_and_chosen(client: Client, pictured: Scene) -> None:
    first, second = pictured.assets.get(), add_picture(pictured, "second.jpg")
    page = text(client.get(address(pictured, "new/")))
    assert re.findall(r'name="image-scene-1" value="([^"]+)" checked', page) == [str(second.pk)]  # no take yet
    job = add_job(pictured, first_frame=first)
    page = text(client.get(address(pictured, "new/")))
    assert re.findall(r'name="image-scene-1" value="([^"]+)" checked', page) == [str(first.pk)]  # as its last take
    job.delete()
    page = text(client.post(address(pictured, "new/"), matrix(**{"image-scene-1": first.pk})))
    assert {row["promptImage"] for row in json.loads(hidden_value(page, "rows"))} == {f"asset:{first.pk}"}
    gone = client.post(address(pictured, "new/"), matrix(**{"image-scene-1": "gone"}))
    assert "The picture chosen for Harbour is no longer there." in text(gone)
    factories.make_scene(pictured.project, "Bare")
    bare = client.post(address(pictured, "new/"), matrix(scenes=["scene-1", "scene-2"]))
    assert "Bare has no picture yet. Add one, or leave it out." in text(bare)


def test_a_picture_changed_on_the_preview_is_priced_before_it_is_paid(client: Client, pictured: Scene) -> None:
    first, second = pictured.assets.get(), add_picture(pictured, "second.jpg")
    page = text(send_list(client, pictured, "scene,prompt\nscene-1,push in\n"))
    used = f"use-scene-1-{second.pk}"
    assert re.findall(rf'name="{used}" value="([^"]+)" checked', page) == [str(second.pk)]
    data = {name: hidden_value(page, name) for name in ("rows", "name", "key")}
    again = client.post(address(pictured), data | {used: str(first.pk)})
    assert (again.status_code, Batch.objects.count()) == (200, 0)
    page = text(again)
    data = {name: hidden_value(page, name) for name in ("rows", "name", "key")}
    client.post(address(pictured), data | {f"use-scene-1-{first.pk}": str(first.pk)})
    assert GenerationJob.objects.get().parameters["promptImage"] == f"asset:{first.pk}"


def send_list(client: Client, scene: Scene, text: str = "", **more: object) -> Any:
    return client.post(address(scene, "new/"), {"way": "list", "text": text, **more})


def textarea(page: str) -> str:
    match = re.search(r'<textarea[^>]* name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert match
    return unescape(match[1])


@pytest.mark.parametrize(("name", "write"), [("shots.xlsx", xlsx), ("shots.ods", ods)])
def test_an_uploaded_spreadsheet_is_corrected_on_the_page(
    client: Client, pictured: Scene, name: str, write: Callable[[Rows], bytes]
) -> None:
    rows: Rows = [["scene", "prompt", "duration"], ["Harbour", 'pan, "then" hold', 5.0], ["Harbour", "pull out", 99.0]]
    answer = send_list(client, pictured, "what was pasted before", file=SimpleUploadedFile(name, write(rows)))
    page = text(answer)
    assert answer.status_code == 422
    form = page[page.index('id="list"') :]
    assert "Row 2: duration must be" in form
    assert "Its duration is &quot;99&quot;." in form
    assert "1 error. Nothing was started." in form
    assert textarea(page) == 'scene,prompt,duration\nHarbour,"pan, ""then"" hold",5\nHarbour,pull out,99\n'
    page = text(send_list(client, pictured, textarea(page).replace("99", "9")))
    assert "Start 2 takes" in re.sub(r"\s+", " ", page)


def test_what_cannot_be_read_leaves_what_was_pasted(client: Client, pictured: Scene) -> None:
    pasted = "scene,prompt\nscene-1,a\n"
    latin = SimpleUploadedFile("shots.csv", "scene,prompt\nCafé,a".encode("cp1252"))
    broken = SimpleUploadedFile("shots.xlsx", b"PK\x03\x04")
    for file, sentence in ((latin, "The file is not UTF-8 text: save it as CSV UTF-8"), (broken, "it is damaged")):
        answer = send_list(client, pictured, pasted, file=file)
        assert answer.status_code == 422
        assert sentence in text(answer)
        assert textarea(text(answer)) == pasted
    for wrong, sentence in (
        ({"text": "a\0b"}, "text must not contain NUL"),
        ({"name": "n" * 201}, "at most 200 characters"),
    ):
        answer = send_list(client, pictured, **{"text": pasted, **wrong})
        assert answer.status_code == 422
        assert sentence in text(answer)


def test_a_list_that_is_right_is_previewed_from_any_file(client: Client, pictured: Scene) -> None:
    mac = SimpleUploadedFile("shots.csv", b"sep=;\rscene;prompt;;\rharbour;push in;;\r")
    unicode_text = SimpleUploadedFile("shots.txt", "scene\tprompt\r\nHARBOUR\tpush in\r\n".encode("utf-16"))
    for file in (mac, unicode_text):
        assert "Start 1 take" in text(send_list(client, pictured, file=file))


def test_cancel_and_retry(client: Client, owner: User, pictured: Scene) -> None:
    page = text(client.post(address(pictured, "new/"), matrix()))
    client.post(address(pictured), {name: hidden_value(page, name) for name in ("rows", "name", "key")})
    batch = Batch.objects.get()
    failed = batch.jobs.order_by("batch_row")[0]
    failed.move_to(Status.FAILED, error_code="INTERNAL", error_message="Runway had a bad day.", error_retryable=True)
    answer = client.post(address(pictured, f"{batch.pk}/cancel/"), follow=True)
    assert "3 cancelled before they were sent; nothing was charged for them." in text(answer)
    assert "Retry the failed take · 25 credits" in text(answer)
    assert "Runway had a bad day." in text(answer)
    answer = client.post(address(pictured, f"{batch.pk}/retry/"), follow=True)
    assert "1 started again" in text(answer)
    assert "4 of 4 finished" not in text(answer)


def test_final_of_the_chosen_takes(client: Client, owner: User, pictured: Scene) -> None:
    batch = Batch.objects.create(project=pictured.project, created_by=owner, name="Drafts")
    job = add_clip(pictured)
    image = pictured.assets.get(kind="image")
    job.parameters |= {"promptImage": f"asset:{image.pk}", "seed": 7}
    job.batch, job.batch_row = batch, 1
    job.save()
    job.asset.selected = True  # type: ignore[union-attr]
    job.asset.save()  # type: ignore[union-attr]
    assert "Re-render the chosen take" in text(client.get(address(pictured, f"{batch.pk}/")))
    page = text(client.post(address(pictured, f"{batch.pk}/final/"), {"model": "gen4.5"}))
    assert "Drafts, final" in page
    assert "seed 7" in page
    assert client.post(address(pictured, f"{batch.pk}/final/"), {"model": "none"}).status_code == 422


def test_viewers_cannot_start_or_change_batches(client: Client, owner: User, pictured: Scene) -> None:
    batch = Batch.objects.create(project=pictured.project, created_by=owner, name="Drafts")
    viewer = member(pictured, "viewer")
    page = text(viewer.get(address(pictured, f"{batch.pk}/")))
    assert "Cancel remaining" not in page
    assert "New batch" not in text(viewer.get(address(pictured)))
    other = factories.make_scene(factories.make_project(owner, "Other"))
    assert client.get(address(other, f"{batch.pk}/")).status_code == 404


def test_the_composer_offers_a_paid_take(client: Client, owner: User, pictured: Scene) -> None:
    image = pictured.assets.get(kind="image")
    press = {
        "promptImage": f"asset:{image.pk}", "image": str(image.pk), "prompt_text": "push in", "model": "gen4_turbo",
        "ratio": "1280:720", "duration": "5", "seed": "7", "takes": "1", "key": "k",
    }  # fmt: skip
    parameters = {"promptText": "push in", "ratio": "1280:720", "duration": 5, "seed": 7}
    request = {**parameters, "promptImage": f"asset:{image.pk}"}
    first, _ = actions.create_job(owner, pictured, kind="image_to_video", model="gen4_turbo", parameters=request)
    clip = new_assets.store_upload(pictured, "take-001.mp4", [media.clip()], only="video")
    finished = {"status": Status.COMPLETED, "asset": clip, "outputs": [outputs.output_entry(clip)]}
    GenerationJob.objects.filter(pk=first.pk).update(credits_charged=25, **finished)
    confirmation = client.post(url(pictured), press)
    assert confirmation.status_code == 409, text(confirmation)
    assert "Reuse it for 0 credits" in text(confirmation)
    assert "Generate another for about 25" in text(confirmation)
    assert GenerationJob.objects.count() == 1
    client.post(url(pictured), {**press, "reuse": "1"})
    served = GenerationJob.objects.get(take=2)
    assert (served.status, served.cached_from) == (Status.COMPLETED, first.pk)
    client.post(url(pictured), {**press, "reuse": "0", "key": "k2"})
    assert GenerationJob.objects.get(take=3).status == Status.QUEUED


def test_cells_are_read_by_the_type_of_their_field(pictured: Scene, owner: User) -> None:
    new_assets.store_upload(pictured, "second.jpg", [media.picture(640, 362)], only="image")
    sheet = "\n".join([
        "scene,kind,model,prompt,voice,referenceImages,ratio,contentModeration",
        "scene-1,text_to_speech,eleven_v3,Ahoy,Maya,,,",
        'scene-1,text_to_image,gen4_image,A,,"first.jpg, second.jpg",1280:720,"{""publicFigureThreshold"": ""low""}"',
    ])  # fmt: skip
    speech, picture = Planner(owner, pictured.project).plan(shotlist.rows_from_csv(sheet)).items
    assert speech.parameters["voice"] == {"type": "runway-preset", "presetId": "Maya"}
    kept = list(pictured.assets.order_by("created_at"))
    assert picture.parameters["referenceImages"] == [{"uri": f"asset:{each.pk}"} for each in kept]
    assert picture.parameters["contentModeration"] == {"publicFigureThreshold": "low"}
    with pytest.raises(Problem, match=r"Row 1: voice\.presetId must be one of Maya, Arjun"):
        Planner(owner, pictured.project).plan(shotlist.rows_from_csv(sheet.replace("Maya", "Nobody")))


def test_models_are_listed_as_in_the_composer(client: Client, pictured: Scene) -> None:
    client.post("/models/star/", {"model": "veo3.1", "starred": "1"})
    page = text(client.post(address(pictured, "new/"), matrix(models=["veo3.1", "gen4.5"], prompts="")))
    favorites = page[page.index("<legend>Favorites</legend>") : page.index("</fieldset>", page.index("Favorites"))]
    assert 'type="checkbox"' in favorites
    assert favorites.count("checked") == 1
    assert "credits for 4 s" in favorites
