"""The cut of a project, through its calls: automatic at first, then as people make it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from film import timelines
from film.document.cut import Clip
from film.document.cut import Cut as CutData
from film.models import CutRevision
from generation.models import GenerationJob, Mark
from generation.models.quality import QualityReport
from projects import actions
from projects.actions.assets import change_asset
from projects.models import Asset, Membership, Project, Scene
from tests.db.test_projects_api import Caller
from tests.factories import make_job, make_project, make_scene, make_user
from tests.media import clip, picture, sound
from tests.quality_media import save, tone

pytestmark = pytest.mark.django_db


def upload(scene: Scene, name: str, content: bytes) -> Asset:
    return actions.store_upload(scene, name, [content])


def take(scene: Scene, frames: int = 48, number: int = 1, **values: Any) -> Asset:
    """A clip at 24 frames a second, as the take of a job."""
    asset = upload(scene, f"take-{number}.mp4", clip(frames=frames, fps=24))
    Asset.objects.filter(pk=asset.pk).update(take=number, source="generated", selected=False)
    make_job(scene, asset=asset, take=number, status="completed", **values)
    return asset


class Cut:
    """The cut of a project for one person."""

    def __init__(self, project: Project, caller: Caller) -> None:
        self.caller = caller
        self.address = f"/projects/{project.slug}/cut"

    def get(self) -> Any:
        return self.caller("GET", self.address)

    def put(self, body: dict[str, Any], status: int = 200) -> Any:
        return self.caller("PUT", self.address, body, status=status)

    def post(self, what: str, body: object = None, status: int = 200) -> Any:
        return self.caller("POST", f"{self.address}/{what}", body, status=status)

    def wrong_fields(self, body: dict[str, Any]) -> dict[str, str]:
        return {error["field"]: error["message"] for error in self.put(body, 422)["errors"]}


@pytest.fixture
def project() -> Project:
    return make_project(name="Night train")


@pytest.fixture
def cut(project: Project) -> Cut:
    return Cut(project, Caller(Membership.objects.get(project=project).user))


def test_the_automatic_cut_is_the_best_of_each_scene(project: Project, cut: Cut) -> None:
    chosen, newest, still, card = (make_scene(project, name) for name in ("Chosen", "Newest", "Still", "Card"))
    first = take(chosen, 48)
    take(chosen, 72, 2)
    change_asset(first, selected=True)
    take(newest, 48)
    second = take(newest, 96, 2)
    frame = upload(still, "a.jpg", picture())
    make_job(card, parameters={"promptText": "a door opens"}, status="running")

    body = cut.get()

    assert (body["automatic"], body["rate"], body["width"], body["height"]) == (True, "24", 1920, 1080)
    assert (body["loudness"], body["fit"], body["warnings"]) == (-14, "fit", [])
    clips = body["clips"]
    assert [each["shows"] for each in clips] == [str(first.pk), str(second.pk), str(frame.pk), None]
    assert [each["kind"] for each in clips] == ["take", "take", "still", "card"]
    assert [(each["start"], each["in"], each["out"]) for each in clips] == [
        (0, 0, 48),
        (48, 0, 96),
        (144, 0, 72),
        (216, 0, 72),
    ]
    assert all(each["assetId"] is None for each in clips)
    assert body["length"] == 288


def test_a_take_that_failed_its_check_or_was_rejected_is_passed_over(project: Project, cut: Cut) -> None:
    scene = make_scene(project)
    good = take(scene, 24)
    take(scene, 36, 2, mark=Mark.REJECTED)
    failed = take(scene, 48, 3)
    QualityReport.objects.create(job=GenerationJob.objects.get(asset=failed), verdict="fail")
    assert cut.get()["clips"][0]["shows"] == str(good.pk)


def test_reading_the_cut_stores_nothing(project: Project, cut: Cut) -> None:
    make_scene(project)
    assert cut.get() == cut.get()
    assert not CutRevision.objects.exists()


def test_what_was_read_can_be_put_back_and_follows_its_scenes(project: Project, cut: Cut) -> None:
    scene = make_scene(project)
    make_scene(project, "Later")
    take(scene, 48)
    before = cut.get()
    after = cut.put(before)
    assert after == before | {"version": 2, "automatic": False}
    longer = take(scene, 96, 2)
    shown = cut.get()["clips"][0]
    # all of it was shown, so all of the longer take is
    assert (shown["shows"], shown["out"]) == (str(longer.pk), 96)


def test_a_pinned_and_trimmed_clip_stays_as_it_is(project: Project, cut: Cut) -> None:
    scene = make_scene(project)
    first = take(scene, 48)
    cut.put({"version": 1, "clips": [{"assetId": str(first.pk), "in": 10, "out": 30, "gainDb": -3, "note": "tight"}]})
    take(scene, 96, 2)
    body = cut.get()
    shown = body["clips"][0]
    assert (shown["sceneId"], shown["assetId"], shown["in"], shown["out"]) == ("scene-1", str(first.pk), 10, 30)
    assert (shown["gainDb"], shown["note"], body["length"]) == (-3, "tight", 20)


def test_dissolves_overlap_and_say_how_many_frames_there_are(project: Project, cut: Cut) -> None:
    one, two = take(make_scene(project), 48), take(make_scene(project), 24)
    clips: list[dict[str, Any]] = [
        {"assetId": str(one.pk)},
        {"assetId": str(two.pk), "transition": {"kind": "dissolve", "frames": 12}},
    ]
    body = cut.put({"version": 1, "clips": clips})
    assert [each["start"] for each in body["clips"]] == [0, 36]
    assert body["length"] == 60
    clips[1]["transition"] = {"kind": "dissolve", "frames": 25}
    wrong = cut.wrong_fields({"version": 2, "clips": clips})
    assert wrong == {
        "clips.1.transition.frames": "clips.1.transition.frames must be at most 24: there are no more frames."
    }


def test_every_wrong_field_is_named(project: Project, cut: Cut) -> None:
    asset = take(make_scene(project), 48)
    music = upload(make_scene(project), "a.wav", sound())
    elsewhere = take(make_scene(), 48)
    clips = [
        {"assetId": str(asset.pk), "out": 49},
        {"assetId": str(asset.pk), "in": 20, "out": 20},
        {"assetId": str(elsewhere.pk)},
        {"sceneId": "scene-9"},
        {"kind": "card"},
        {"kind": "gap"},
        {"assetId": str(music.pk)},
        {"sceneId": "scene-1", "in": 48},
    ]
    sounds = [
        {"lane": "music", "assetId": str(asset.pk), "start": 0, "out": 900},
        {"lane": "music", "assetId": str(music.pk), "start": 0, "out": 10, "fadeIn": 6, "fadeOut": 6},
        {"lane": "music", "assetId": "none", "start": 0, "out": 10},
    ]
    body = {"version": 1, "clips": clips, "sounds": sounds, "captions": [{"start": 5, "end": 5, "text": "a"}]}
    assert set(cut.wrong_fields(body)) == {
        "clips.0.out",
        "clips.1.in",
        "clips.2.assetId",
        "clips.3.sceneId",
        "clips.4.sceneId",
        "clips.5.out",
        "clips.6.assetId",
        "clips.7.in",
        "sounds.0.out",
        "sounds.1.fadeOut",
        "sounds.2.assetId",
        "captions.0.end",
    }
    assert set(cut.wrong_fields({"version": 1, "clips": [], "rate": "23.976", "width": 15, "loudness": 0})) == {
        "rate",
        "width",
        "loudness",
    }
    assert not CutRevision.objects.exists()


def test_of_two_people_the_later_one_is_told(project: Project, cut: Cut) -> None:
    make_scene(project)
    cut.put(cut.get())
    answer = cut.put({"version": 1, "clips": []}, 409)
    assert answer["code"] == "cut_changed"
    assert len(cut.get()["clips"]) == 1


def test_the_later_one_is_told_who_changed_what(project: Project, cut: Cut) -> None:
    scene = make_scene(project)
    take(scene)
    read = cut.get()
    assert cut.post("differences", read) == {"changedBy": None, "differences": []}
    mara = make_user("mara")
    Membership.objects.create(project=project, user=mara, role=Membership.Role.EDITOR)
    theirs = Cut(project, Caller(mara))
    theirs.put(read | {"titles": [{"start": 0, "end": 24, "text": "Night"}]})
    told = cut.post("differences", read)
    assert told["changedBy"] == "mara"
    assert told["differences"] == ["1 title is new."]
    # an undo is a change of whoever makes it
    cut.post("undo")
    name = Membership.objects.get(project=project, role=Membership.Role.OWNER).user.get_username()
    assert theirs.post("differences", theirs.get())["changedBy"] == name


def test_changes_are_undone_and_redone_in_order(project: Project, cut: Cut) -> None:
    make_scene(project)
    gap = {"kind": "gap", "out": 24}
    cut.put({"version": 1, "clips": [gap]})
    cut.put({"version": 2, "clips": [gap, gap]})
    assert len(cut.post("undo")["clips"]) == 1
    assert cut.post("undo")["automatic"] is True
    assert cut.post("undo", status=409)["code"] == "nothing_to_undo"
    assert len(cut.post("redo")["clips"]) == 1
    assert len(cut.post("redo")["clips"]) == 2
    assert cut.post("redo", status=409)["code"] == "nothing_to_redo"
    version = cut.post("undo")["version"]
    cut.put({"version": version, "clips": []})
    assert cut.post("redo", status=409)["code"] == "nothing_to_redo"


def test_versions_have_names_and_come_back(project: Project, cut: Cut) -> None:
    make_scene(project)
    first = cut.post("versions", {"name": "Rough cut"}, 201)
    cut.put(cut.get() | {"clips": []})
    second = cut.post("versions", {"name": "Empty"}, 201)
    again = cut.post("versions", {"name": "Empty, too"}, 201)
    names = [each["name"] for each in cut.caller("GET", f"{cut.address}/versions")["versions"]]
    assert names == ["Empty, too", "Empty", "Rough cut"]
    assert len({first["number"], second["number"], again["number"]}) == 3
    there = f"{cut.address}/versions"
    changes = cut.caller("GET", f"{there}/{first['number']}/differences")["differences"]
    assert any("is new" in each for each in changes)
    back = f"{there}/{second['number']}/differences?against={first['number']}"
    assert any("was removed" in each for each in cut.caller("GET", back)["differences"])
    assert cut.caller("GET", f"{there}/{second['number']}/differences")["differences"] == []
    assert cut.caller("GET", f"{there}/99/differences", status=404)["code"] == "not_found"
    assert cut.post(f"versions/{first['number']}/restore")["automatic"] is True
    assert cut.post(f"versions/{second['number']}/restore")["clips"] == []
    assert len(cut.post("undo")["clips"]) == 1
    cut.post("versions/99/restore", status=404)


def test_the_automatic_cut_keeps_the_settings(project: Project, cut: Cut) -> None:
    make_scene(project)
    cut.put({"version": 1, "clips": [], "rate": "25", "width": 1080, "height": 1920, "loudness": -23})
    body = cut.post("automatic")
    assert (body["automatic"], body["rate"], body["width"], body["loudness"]) == (True, "25", 1080, -23)
    assert body["clips"][0]["out"] == 75
    # the cut by hand is kept: after many more edits no undo would lead back to it
    kept = cut.caller("GET", f"{cut.address}/versions")["versions"]
    assert [(each["name"], each["automatic"]) for each in kept] == [("Before the automatic cut", False)]
    assert cut.post("undo")["automatic"] is False


def test_what_was_deleted_is_told_and_does_not_break_the_cut(project: Project, cut: Cut) -> None:
    one, two = make_scene(project, "One"), make_scene(project, "Two")
    asset, music = take(one, 48), upload(one, "a.wav", sound())
    body = cut.get()
    body["clips"][0]["assetId"] = str(asset.pk)
    body["sounds"] = [{"lane": "music", "assetId": str(music.pk), "start": 0, "out": 10}]
    cut.put(body)
    make_scene(project, "Three")
    Asset.objects.update(trashed_at="2026-01-01T00:00:00Z")
    actions.trash_scene(two)
    shown = cut.get()
    assert shown["warnings"] == [
        "Clip 1: its file was deleted.",
        "Clip 2: scene-2 was deleted.",
        "Not in the cut: Three.",
        "Sound 1: its file was deleted.",
    ]
    assert [each["kind"] for each in shown["clips"]] == ["card", "card"]


def test_who_may_only_look_changes_nothing(project: Project, cut: Cut) -> None:
    viewer = make_user()
    Membership.objects.create(project=project, user=viewer, role=Membership.Role.VIEWER)
    theirs = Cut(project, Caller(viewer))
    theirs.get()
    theirs.put({"version": 1, "clips": []}, 403)
    for call in ("automatic", "undo", "redo", "versions/1/restore"):
        theirs.post(call, status=403)
    theirs.post("versions", {"name": "a"}, 403)
    stranger = Cut(project, Caller(make_user()))
    stranger.put({"version": 1, "clips": []}, 404)


def test_the_number_of_queries_does_not_grow_with_the_film(
    project: Project, cut: Cut, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        take(make_scene(project), 12)
    with django_assert_max_num_queries(14):
        cut.get()


def test_a_silent_take_is_known_as_such(project: Project, tmp_path: Path) -> None:
    one, two = make_scene(project), make_scene(project)
    take(one, 24)
    save(tmp_path / "b.mp4", [Image.new("RGB", (64, 36))] * 24, sound=tone)
    asset = upload(two, "b.mp4", (tmp_path / "b.mp4").read_bytes())
    silent, heard = timelines.load_timeline(project).clips
    assert silent.medium is not None
    assert heard.medium is not None
    assert (silent.medium.has_sound, heard.medium.has_sound) == (False, True)
    pinned = CutData(clips=(Clip("a", asset=silent.medium.asset), Clip("b", asset=str(asset.pk))))
    media = [each.medium for each in timelines.resolve(project, pinned).clips]
    assert [medium.has_sound for medium in media if medium] == [False, True]
