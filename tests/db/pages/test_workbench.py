"""The page of a scene: marks, notes, comparing takes, what its address says, and its size."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from generation import actions
from generation.actions import compare
from generation.engine import durations
from generation.models import GenerationJob, JobInput, Mark
from generation.models.status import Status
from projects import mirror
from projects.mirror import rebuild
from projects.models import Asset, Scene
from tests import factories, media
from tests.db.pages.makers import HTMX, add_clip, add_job, add_picture, member, text, url

pytestmark = pytest.mark.django_db


def post(client: Client, job: GenerationJob, what: str, **data: str) -> str:
    response = client.post(f"/takes/{job.pk}/{what}/", data, headers=HTMX)
    assert response.status_code == 200, text(response)
    job.refresh_from_db()
    return text(response)


def test_marks_replace_each_other(client: Client, scene: Scene) -> None:
    first, second = add_clip(scene), add_clip(scene)
    assert 'data-mark="star" aria-pressed="true"' in post(client, first, "mark", do="star")
    post(client, first, "mark", do="choose")
    assert (first.mark, first.asset and first.asset.selected) == (Mark.STARRED, True)
    page = post(client, second, "mark", do="choose")
    assert f'id="tile-{first.pk}"' in page  # its tile no longer shows it as chosen
    first.refresh_from_db()
    assert first.asset
    assert not first.asset.selected
    post(client, second, "mark", do="reject")
    assert second.mark == Mark.REJECTED
    assert second.asset
    assert not second.asset.selected
    post(client, second, "mark", do="choose")
    assert second.mark == ""
    assert post(client, first, "mark", do="unreject")
    assert first.mark == Mark.STARRED
    post(client, first, "mark", do="unstar")
    assert first.mark == ""


def test_invalid_marks_are_refused(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.FAILED)
    assert client.post(f"/takes/{job.pk}/mark/", {"do": "choose"}, headers=HTMX).status_code == 409
    assert client.post(f"/takes/{job.pk}/mark/", {"do": "love"}, headers=HTMX).status_code == 422
    assert client.post(f"/takes/{job.pk}/note/", {"note": "x" * 4001}, headers=HTMX).status_code == 422
    assert client.post(f"/takes/{job.pk}/last-frame/", headers=HTMX).status_code == 404
    post(client, job, "mark", do="reject")
    assert job.mark == Mark.REJECTED


def test_marks_and_notes_by_the_api(client: Client, scene: Scene) -> None:
    job = add_clip(scene)

    def patch(expected: int, **body: object) -> dict[str, Any]:
        response = client.patch(f"/api/jobs/{job.pk}", json.dumps(body), content_type="application/json")
        assert response.status_code == expected, text(response)
        return dict(response.json().get("data", {}))

    job_data = patch(200, starred=True, note=" the gulls are right ")
    assert (job_data["starred"], job_data["rejected"], job_data["note"]) == (True, False, "the gulls are right")
    assert patch(200, note="")["note"] is None
    assert patch(200, rejected=True)["starred"] is False
    patch(422, starred=True, rejected=True)
    patch(422, note="x" * 4001)


def test_marks_and_notes_are_restored_from_scene_json(client: Client, scene: Scene) -> None:
    starred, rejected = add_job(scene, Status.FAILED), add_job(scene, Status.FAILED)
    post(client, starred, "mark", do="star")
    post(client, starred, "note", note="hold this\r\none")
    post(client, rejected, "mark", do="reject")
    mirror.write_scene(scene.pk)
    owner = starred.created_by
    assert owner
    scene.project.delete()
    rebuild.rebuild(owner)
    marks = GenerationJob.objects.order_by("take").values_list("mark", "note")
    assert list(marks) == [("starred", "hold this\none"), ("rejected", "")]


def test_a_mark_is_published_as_progress(client: Client, scene: Scene) -> None:
    """Other pages are told of the new version, and not a second time that the take is completed."""
    job = add_clip(scene)
    before = job.version
    post(client, job, "mark", do="star")
    assert job.version == before + 1
    assert job.status == Status.COMPLETED


def test_the_address_says_what_is_shown(client: Client, scene: Scene) -> None:
    first, second = add_clip(scene), add_clip(scene)
    failed = add_job(scene, Status.FAILED)
    post(client, first, "mark", do="star")
    post(client, failed, "mark", do="reject")

    def tiles(query: str) -> list[int]:
        page = text(client.get(url(scene, f"?{query}")))
        return [job.take for job in (first, second, failed) if f'id="tile-{job.pk}"' in page]

    assert tiles("") == [1, 2, 3]
    assert tiles("show=starred") == [1]
    assert tiles("show=kept") == [1, 2]
    assert tiles("show=chosen") == []
    assert tiles("show=nonsense&take=x&compare=-1&page=last") == [1, 2, 3]
    # the page opens with the newest take that has something to show
    assert f'id="take-{second.pk}"' in text(client.get(url(scene)))
    assert f'id="take-{failed.pk}"' in text(client.get(url(scene, "?take=3")))
    assert "No matching takes" in text(client.get(url(scene, "?show=chosen")))


def test_compare_two_takes(client: Client, scene: Scene) -> None:
    a, b = add_clip(scene), add_clip(scene)
    page = text(client.get(url(scene, "stage/?take=1&compare=2")))
    assert page.index(f'id="take-{a.pk}"') < page.index(f'id="take-{b.pk}"')
    assert "<ins>1</ins>" in page
    assert "Take 1 beside take 2" in page
    assert "Take 1 beside" not in text(client.get(url(scene, "stage/?take=1&compare=1")))


def test_differences_are_described_in_words(scene: Scene) -> None:
    fog, quay = add_picture(scene, "fog.jpg"), add_picture(scene, "quay.jpg")
    a = add_job(scene, model="gen4.5", first_frame=fog, credits_charged=Decimal(60))
    b = add_job(scene, first_frame=quay, credits_charged=Decimal(25))
    a.parameters = {"promptText": "the fog lifts slowly", "ratio": "960:960", "duration": 8, "seed": 7, "audio": True}
    b.parameters = {"promptText": "the fog lifts", "ratio": "1280:720", "duration": 5}
    differences = compare.compare(a, b)
    assert differences.sentences == [
        "Take 1 was made with gen4.5, take 2 with gen4_turbo.",
        "Take 1 begins with fog.jpg, take 2 with quay.jpg.",
        "Take 1 is 3 s longer: 8 s instead of 5 s.",
        "Take 1 has seed 7, take 2 a random seed.",
        "Ratio: 960:960 in take 1, 1280:720 in take 2.",
        "Sound: on in take 1, model default in take 2.",
        "Take 1 cost 35 credits more: 60 instead of 25.",
    ]
    assert [(piece.what, piece.text) for piece in differences.prompt] == [("same", "the fog lifts "), ("new", "slowly")]
    JobInput.objects.filter(job=b).update(asset=fog)
    b.parameters, b.model, b.credits_charged = a.parameters, a.model, a.credits_charged
    assert not compare.compare(a, b)


def test_the_typical_duration_needs_several_finished_takes(client: Client, scene: Scene) -> None:
    now = timezone.now()
    waiting = add_job(scene, Status.RUNNING)
    for number, seconds in enumerate((70, 500, 90)):
        assert durations.typical_seconds(waiting) is None, number
        add_job(scene, submitted_at=now, finished_at=now + timedelta(seconds=seconds))
    assert durations.typical_seconds(waiting) == 90
    assert "of about 1:30" in text(client.get(f"/takes/{waiting.pk}/"))
    waiting.parameters["duration"] = 8
    assert durations.typical_seconds(waiting) is None


def test_the_reason_for_waiting_is_described(client: Client, scene: Scene) -> None:
    soon = timezone.now() + timedelta(seconds=20)
    busy = add_job(scene, Status.QUEUED)
    busy.wait("runway_busy", "Runway is busy; it is tried again.", soon, failed_attempt=True)
    page = text(client.get(f"/takes/{busy.pk}/"))
    assert "Runway was busy: second try in" in page
    assert any(f"{seconds} s</time>" in page for seconds in (20, 19, 18, 17))
    queued = add_job(scene, Status.QUEUED)
    queued.wait("waiting_for_place", "Waits for a free place at Runway.")
    assert "Waiting for a free slot at Runway" in text(client.get(f"/takes/{queued.pk}/"))


def test_the_last_frame_is_stored_as_a_picture_of_the_scene(client: Client, scene: Scene) -> None:
    job = add_clip(scene)
    assert job.asset
    job.asset.path.write_bytes(media.clip(frames=9))
    for _ in range(2):
        assert 'title="take-001-last-frame.png · 64×36"' in post(client, job, "last-frame")
    assert scene.assets.filter(kind="image", source="generated").count() == 1
    assert member(scene, "viewer").post(f"/takes/{job.pk}/last-frame/").status_code == 403


def test_any_frame_is_stored_as_a_picture(client: Client, scene: Scene) -> None:
    job = add_clip(scene)
    assert job.asset is not None
    job.asset.path.parent.mkdir(parents=True, exist_ok=True)
    job.asset.path.write_bytes(media.clip(frames=24, fps=12))
    address = f"/takes/{job.pk}/last-frame/"
    assert 'title="take-001-at-0.50s.png · 64×36"' in text(client.post(address, {"seconds": "0.5"}, headers=HTMX))
    for wrong in ("99", "-1", "nan", "soon"):
        assert client.post(address, {"seconds": wrong}, headers=HTMX).status_code == 422
    assert scene.assets.filter(kind="image").count() == 1


def test_the_last_frame_goes_on_in_the_next_scene(client: Client, scene: Scene) -> None:
    job = add_clip(scene)
    assert job.asset
    job.asset.path.write_bytes(media.clip(frames=9))
    assert 'aria-label="Continue in a new scene"' in text(client.get(f"/takes/{job.pk}/"))
    following = factories.make_scene(scene.project, "Deck")
    factories.make_scene(scene.project, "Bridge")
    assert 'aria-label="Continue in the next scene: Deck"' in text(client.get(f"/takes/{job.pk}/"))
    for _ in range(2):
        response = client.post(f"/takes/{job.pk}/last-frame/", {"scene": following.folder_name})
    picture = following.assets.get()
    assert response["Location"] == f"{url(following)}?first={picture.pk}"
    assert picture.path.parent == following.path / "images"
    assert not scene.assets.filter(kind="image").exists()
    assert client.post(f"/takes/{job.pk}/last-frame/", {"scene": "scene-99"}).status_code == 404


def test_the_last_frame_goes_on_in_a_new_scene(client: Client, scene: Scene) -> None:
    job = add_clip(scene)
    assert job.asset
    assert client.post(f"/takes/{job.pk}/last-frame/", {"scene": "new"}).status_code == 404
    # the file is missing, and no scene is made for it
    assert scene.project.scenes.count() == 1
    job.asset.path.write_bytes(media.clip(frames=9))
    response = client.post(f"/takes/{job.pk}/last-frame/", {"scene": "new"})
    added = scene.project.scenes.last()
    assert added is not None
    assert response["Location"] == f"{url(added)}?first={added.assets.get().pk}"
    assert added.position == scene.position + 1


def test_a_viewer_sees_a_note_and_no_buttons(client: Client, scene: Scene) -> None:
    job = add_clip(scene)
    post(client, job, "note", note="keep this one")
    page = text(member(scene, "viewer").get(url(scene)))
    assert "keep this one" in page
    assert "data-mark" not in page
    assert "/note/" not in page
    hint = "Viewers can't write notes."
    assert hint in page.replace("&#x27;", "'")
    assert hint not in text(client.get(url(scene))).replace("&#x27;", "'")


def test_a_page_of_fifty_takes_is_small(client: Client, scene: Scene) -> None:
    """Measures only the HTML; styles and scripts are measured in the browser."""
    image = add_picture(scene)
    for _ in range(50):
        job = add_clip(scene)
        JobInput.objects.create(job=job, asset=image, place="promptImage")
    page = client.get(url(scene)).content
    assert page.count(b'class="tile ') == 48
    assert len(page) < 158_000


@pytest.mark.parametrize(
    ("kept", "shown"), [("below", "below"), ("away", "away"), ('"><script>', "side"), ("", "side")]
)
def test_the_composer_is_where_it_was_put(client: Client, scene: Scene, kept: str, shown: str) -> None:
    client.cookies["dock"] = kept
    assert f'data-dock="{shown}"' in text(client.get(url(scene)))


def test_files_that_were_removed_by_hand_are_shown_as_missing(client: Client, scene: Scene) -> None:
    job, picture = add_clip(scene), add_picture(scene)
    sound = add_picture(scene, "second.jpg")
    assert "missing on disk" not in text(client.get(url(scene)))
    Asset.objects.update(missing_since=timezone.now())
    Asset.objects.filter(pk=sound.pk).update(kind="audio")
    page = text(client.get(url(scene)))
    assert f"Put scene-1/videos/take-{job.take:03d}.mp4 back, or delete the take's file here." in page.replace(
        "&#x27;", "'"
    )
    assert f"{picture.file_name} is missing on disk" in page
    assert page.count("The file is missing on disk") == 2


def shown_take(client: Client, scene: Scene, query: str = "") -> str:
    (found,) = re.findall(r'id="stage"[^>]* data-take="(\d*)"', text(client.get(url(scene, query))))
    return str(found)


def test_a_scene_opens_with_its_chosen_take(client: Client, scene: Scene) -> None:
    first, second, third = (add_clip(scene) for _ in range(3))
    assert shown_take(client, scene) == "3"
    actions.annotate(third, rejected=True)
    assert shown_take(client, scene) == "2"
    actions.choose(first, True)
    assert shown_take(client, scene) == "1"
    assert shown_take(client, scene, f"?take={second.take}") == "2"
    add_job(scene, Status.RUNNING)
    assert shown_take(client, scene) == "4"


def test_a_moved_take_gives_the_composer_no_settings(client: Client, scene: Scene) -> None:
    add_job(scene, first_frame=add_picture(scene))
    elsewhere = factories.make_scene(scene.project, "Quay")
    values = {"promptText": "a storm", "ratio": "1280:720", "duration": 10}
    add_job(scene, first_frame=add_picture(elsewhere, "storm.jpg"), parameters=values)
    page = text(client.get(url(scene)))
    assert "push in 1</textarea>" in page
    assert "a storm</textarea>" not in page


def test_a_deleted_take_leaves_the_strip_and_comes_back(client: Client, scene: Scene) -> None:
    kept, deleted = add_clip(scene), add_clip(scene)
    assert "It is the chosen take of this scene" not in text(client.get(f"/takes/{deleted.pk}/"))
    actions.choose(deleted, True)
    assert "It is the chosen take of this scene" in text(client.get(f"/takes/{deleted.pk}/"))
    assert deleted.asset is not None
    response = client.post(url(scene, f"files/{deleted.asset.pk}/delete/"), headers=HTMX)
    assert "/restore/" in response["HX-Trigger"]
    page = text(client.get(url(scene)))
    assert f"tile-{deleted.pk}" not in page
    assert f"tile-{kept.pk}" in page
    sheet = text(client.get(f"/projects/{scene.project.slug}/takes/"))
    assert sheet.count("data-delete-url") == 1


def test_an_unconfirmed_take_says_what_that_means(client: Client, scene: Scene) -> None:
    job = factories.make_job(scene, status=Status.UNCONFIRMED)
    page = text(client.get(f"/takes/{job.pk}/"))
    assert "and may have charged for it." in page
    assert f'href="/takes/{job.pk}/unconfirmed/"' in page


def test_what_is_seldom_done_with_a_take_is_in_a_sheet_on_a_phone(client: Client, scene: Scene) -> None:
    job = add_clip(scene)
    page = text(client.get(f"/takes/{job.pk}/"))
    assert f'id="more-tools-{job.pk}" popover' in page
    assert f'popovertarget="more-tools-{job.pk}"' in page
