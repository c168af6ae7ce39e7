"""Exports through their calls, made by the real renderer in this process."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from film.actions import exports
from film.engine import overdue, stored_files
from film.engine.export import MAX_ATTEMPTS, make_export
from film.models import Export
from film.render.options import Options
from generation.engine import steps
from projects import actions
from projects.access.sign_in import ensure_owner
from projects.actions.assets import change_asset
from projects.disk import atomic
from projects.live import publish
from projects.models import Asset, Project
from projects.problems import Problem
from tests.db.test_projects_api import Caller
from tests.factories import make_job, make_project, make_scene, make_user, owner_of
from tests.film_media import read_codes, write_clip

pytestmark = pytest.mark.django_db(transaction=True)


def add_take(project: Project, number: int, tmp_path: Path, frames: int = 24) -> Asset:
    """Add a scene with a clip, whose pictures show its number."""
    path = write_clip(tmp_path / f"clip-{number}.mp4", number, frames)
    asset = actions.store_upload(make_scene(project), "clip.mp4", [path.read_bytes()])
    change_asset(asset, selected=True)
    return asset


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = make_project()
    for number in (1, 2):
        add_take(project, number, tmp_path)
    return project


@pytest.fixture
def caller(project: Project) -> Caller:
    return Caller(owner_of(project))


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(publish, "publish_messages", sent.extend)
    return sent


def ask(caller: Caller, project: Project, status: int = 202, **body: Any) -> Any:
    return caller("POST", f"/projects/{project.slug}/exports", {"profile": "h264-source", **body}, status=status)


def test_an_export_from_call_to_file(project: Project, caller: Caller, messages: list[dict[str, Any]]) -> None:
    answer = ask(caller, project)
    assert (answer["status"], answer["path"], answer["cutVersion"]) == ("queued", None, 1)
    make_export(answer["exportId"])
    done = caller("GET", f"/exports/{answer['exportId']}")
    assert (done["status"], done["progress"]) == ("completed", 1)
    assert done["path"] == f"exports/{project.slug}-h264-source-001.mp4"
    path = project.path / done["path"]
    assert path.stat().st_size == done["bytes"]
    assert [clip for clip, _ in read_codes(path)] == [1] * 24 + [2] * 24
    types = [message["type"] for message in messages if "exportId" in message["data"]]
    assert (types[0], types[-1]) == ("export_started", "export_completed")
    assert messages[-1]["data"]["url"] == done["url"]
    manifest = json.loads((path.parent / "metadata" / f"{path.stem}.json").read_text())
    assert [each["path"] for each in manifest["inputs"]] == ["scene-1/videos/clip.mp4", "scene-2/videos/clip.mp4"]
    assert manifest["file"]["sha256"] == done["sha256"]
    assert manifest["tools"]["ffmpeg"]
    # nothing else, and nothing half
    assert sorted(each.name for each in path.parent.iterdir()) == ["metadata", path.name]
    assert caller("GET", f"/projects/{project.slug}/exports")["exports"] == [done]


def test_the_file_is_served_in_ranges(project: Project, caller: Caller) -> None:
    answer = ask(caller, project, profile="preview-gif")
    early = caller("GET", f"/exports/{answer['exportId']}/file", status=409)
    assert early["code"] == "no_file"
    make_export(answer["exportId"])
    headers = {"authorization": f"Bearer {caller.token}", "range": "bytes=0-5"}
    response = Client().get(f"/api/exports/{answer['exportId']}/file", headers=headers)
    assert (response.status_code, response["Content-Type"]) == (206, "image/gif")


def test_the_same_film_with_the_same_settings_is_the_same_export(
    project: Project, caller: Caller, tmp_path: Path
) -> None:
    first = ask(caller, project)["exportId"]
    # on its way, also
    assert ask(caller, project)["exportId"] == first
    make_export(first)
    began = time.monotonic()
    again = ask(caller, project)
    assert time.monotonic() - began < 2
    assert (again["exportId"], again["status"]) == (first, "completed")
    assert ask(caller, project, loudness=-23)["exportId"] != first
    # a file that is gone is made again, under the next number
    (project.path / again["path"]).unlink()
    other = ask(caller, project)["exportId"]
    assert other != first
    add_take(project, 3, tmp_path)
    assert ask(caller, project)["exportId"] not in (first, other)


def test_an_export_shows_the_film_as_it_was_when_it_was_asked_for(project: Project, caller: Caller) -> None:
    answer = ask(caller, project)
    actions.trash_scene(project.scenes.get(number=2), owner_of(project))
    assert Export.objects.get().timeline.length == 48
    make_export(answer["exportId"])
    failed = caller("GET", f"/exports/{answer['exportId']}")
    assert failed["status"] == "failed"
    assert "clip.mp4 is missing" in failed["error"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"profile": "vhs"}, "profile"),
        ({"captions": "loud"}, "captions"),
        ({"loudness": -3}, "loudness"),
        ({"in": 48}, "in"),
        ({"in": 10, "out": 10}, "out"),
        ({"out": 49}, "out"),
        ({"slates": True}, "slates"),
        ({"timecode": "yes"}, "timecode"),
        ({"sceneId": "scene-9"}, "sceneId"),
        ({"sceneId": "scene-1", "out": 3}, "sceneId"),
    ],
)
def test_bad_input_is_one_clear_sentence(project: Project, caller: Caller, body: dict[str, Any], field: str) -> None:
    assert [error["field"] for error in ask(caller, project, 422, **body)["errors"]] == [field]


def test_a_scene_alone(project: Project, caller: Caller) -> None:
    answer = ask(caller, project, profile="preview-gif", sceneId="scene-2")
    assert (answer["options"]["in"], answer["options"]["out"]) == (24, 48)


def test_a_storyboard_has_prompts_and_notes(project: Project, caller: Caller) -> None:
    scene = project.scenes.get(number=1)
    asset = scene.assets.get()
    make_job(scene, asset=asset, status="completed", parameters={"promptText": "The tide turns"})
    cut = caller("GET", f"/projects/{project.slug}/cut")
    clips = [{"sceneId": "scene-1", "note": "hold longer"}, {"sceneId": "scene-2"}]
    changed = caller("PUT", f"/projects/{project.slug}/cut", {"version": cut["version"], "clips": clips})
    key = ask(caller, project, profile="storyboard-pdf")["exportId"]
    stored = Export.objects.get(pk=key).document["clips"]
    assert [(clip["prompt"], clip["note"]) for clip in stored] == [("The tide turns", "hold longer"), ("", "")]
    make_export(key)
    assert caller("GET", f"/exports/{key}")["status"] == "completed"
    film = ask(caller, project)["exportId"]
    clips[0]["note"] = "shorter"
    caller("PUT", f"/projects/{project.slug}/cut", {"version": changed["version"], "clips": clips})
    # another note is another storyboard, and the same film
    assert ask(caller, project, profile="storyboard-pdf")["exportId"] != key
    assert ask(caller, project)["exportId"] == film


def test_chosen_takes_are_one_zip(project: Project, caller: Caller) -> None:
    def read(status: int) -> bytes:
        headers = {"authorization": f"Bearer {caller.token}"}
        answer = Client().get(f"/api/projects/{project.slug}/selected-takes", headers=headers)
        assert answer.status_code == status
        return answer.getvalue() if status == 200 else answer.content

    with zipfile.ZipFile(io.BytesIO(read(200))) as archive:
        assert archive.namelist() == ["001-scene-1-clip.mp4", "002-scene-2-clip.mp4"]
        path = project.path / "scene-1/videos/clip.mp4"
        assert archive.read("001-scene-1-clip.mp4") == path.read_bytes()
    for asset in Asset.objects.all():
        change_asset(asset, selected=False)
    assert b"No take is chosen yet." in read(409)


def test_a_film_without_scenes_has_no_export() -> None:
    project = make_project()
    assert ask(Caller(owner_of(project)), project, 409)["code"] == "empty_cut"


def test_strangers_see_no_export(project: Project, caller: Caller) -> None:
    key = ask(caller, project)["exportId"]
    stranger = Caller(make_user())
    for method, what in (("GET", ""), ("POST", "/cancel"), ("POST", "/retry"), ("GET", "/file")):
        stranger(method, f"/exports/{key}{what}", status=404)
    caller("GET", "/exports/none", status=404)


def test_a_waiting_export_is_cancelled_at_once_and_tried_again(
    project: Project, caller: Caller, messages: list[dict[str, Any]]
) -> None:
    key = ask(caller, project)["exportId"]
    assert caller("POST", f"/exports/{key}/cancel")["status"] == "cancelled"
    assert messages[-1]["data"]["status"] == "cancelled"
    make_export(key)
    assert caller("GET", f"/exports/{key}")["status"] == "cancelled"
    assert caller("POST", f"/exports/{key}/cancel", status=409)["code"] == "export_ended"
    assert caller("POST", f"/exports/{key}/retry", status=202)["status"] == "queued"
    make_export(key)
    assert caller("GET", f"/exports/{key}")["status"] == "completed"
    assert caller("POST", f"/exports/{key}/retry", status=409)["code"] == "conflict"


def test_a_running_export_is_cancelled_within_a_second(project: Project, caller: Caller, tmp_path: Path) -> None:
    add_take(project, 3, tmp_path, 120)
    key = ask(caller, project, profile="h264-4k")["exportId"]
    began = threading.Event()
    maker = threading.Thread(target=make_export, args=(key, lambda part: began.set()))
    maker.start()
    assert began.wait(30)
    asked_at = time.monotonic()
    exports.cancel_export(Export.objects.get(pk=key))
    maker.join(10)
    assert time.monotonic() - asked_at < 3
    assert Export.objects.get(pk=key).status == "cancelled"
    assert not [path for path in (project.path / "exports").iterdir() if path.is_file()]


def test_a_cancel_is_heard_while_its_worker_gives_the_export_back(
    project: Project, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ask(caller, project)["exportId"]
    Export.objects.filter(pk=key).update(status="running")
    write = Export.write

    def stopping(export: Export, **values: Any) -> bool:
        changed = write(export, **values)
        # what the worker does between the two questions of the call
        Export.objects.filter(pk=key, status="running", cancel_requested_at=None).update(status="queued")
        return changed

    monkeypatch.setattr(Export, "write", stopping)
    assert caller("POST", f"/exports/{key}/cancel")["status"] == "cancelled"


def test_kill_9_loses_at_most_the_segments_in_work(
    project: Project, caller: Caller, tmp_path: Path, settings: Any
) -> None:
    for number in (3, 4, 5):
        add_take(project, number, tmp_path)
    key = ask(caller, project, profile="h264-1080p")["exportId"]
    program = (
        "import django, sys; django.setup()\n"
        "from film.engine.export import make_export\n"
        "make_export(sys.argv[1], lambda part: print(part, flush=True))"
    )
    database = settings.DATABASES["default"]["NAME"]
    server = os.environ.get("TEST_DATABASE_URL", "")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(settings.DATA_DIR),
        "PROJECTS_ROOT": str(settings.PROJECTS_ROOT),
        "DATABASE_URL": urlsplit(server)._replace(path=f"/{database}").geturl() if server else f"sqlite:///{database}",
    }
    command = [sys.executable, "-c", program, key]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as worker:
        assert worker.stdout
        # of the five pieces two are in work at the same time, so that one at least is kept
        for line in worker.stdout:
            if float(line) > 0.5:
                break
        worker.send_signal(signal.SIGKILL)
    kept = len(list(Path(settings.DATA_DIR).glob("segments/*/[0-9a-f]*.mp4")))
    assert kept
    # its claim needs not run out first
    assert [str(row.pk) for row in overdue.to_export()] == [key]
    assert [str(row.pk) for row in steps.overdue("export")] == [key]
    make_export(key)
    export = Export.objects.get(pk=key)
    assert (export.status, export.attempts) == ("completed", 2)
    assert export.segments_reused == kept
    assert len(read_codes(project.path / "exports" / export.file_name)) == 24 * 5


def test_what_ends_its_worker_again_and_again_fails(project: Project, caller: Caller) -> None:
    key = ask(caller, project)["exportId"]
    Export.objects.update(attempts=MAX_ATTEMPTS, status="running")
    make_export(key)
    assert "crashed several times" in caller("GET", f"/exports/{key}")["error"]


def test_a_claim_keeps_others_away_until_it_runs_out(project: Project, caller: Caller) -> None:
    key = ask(caller, project)["exportId"]
    now = timezone.now()
    Export.objects.update(claimed_by="other-machine:1:abc", claim_expires_at=now + timedelta(seconds=10))
    make_export(key)
    assert caller("GET", f"/exports/{key}")["status"] == "queued"
    assert overdue.to_export() == []
    Export.objects.update(claim_expires_at=now - timedelta(seconds=1))
    assert len(overdue.to_export()) == 1


def test_too_many_are_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MAX_UNFINISHED", 1)
    exports.create_export(project, None, "stills-png", Options())
    with pytest.raises(Problem, match="are waiting"):
        exports.create_export(project, None, "preview-gif", Options())


def test_captions_go_beside_the_film(project: Project, caller: Caller) -> None:
    cut = caller("GET", f"/projects/{project.slug}/cut")
    body = {name: cut[name] for name in ("version", "clips", "sounds")}
    body["clips"] = [{"sceneId": "scene-1", "out": 24}]
    caller("PUT", f"/projects/{project.slug}/cut", {**body, "captions": [{"start": 0, "end": 12, "text": "Hello"}]})
    key = ask(caller, project, captions="sidecar")["exportId"]
    make_export(key)
    path = project.path / f"exports/{project.slug}-h264-source-001.srt"
    assert path.read_text().startswith("1\n00:00:00,000")
    address = caller("GET", f"/exports/{key}")["captionsUrl"]
    response = caller.client.get(f"{address}?download=1")
    assert (response.status_code, response["Content-Length"]) == (200, str(path.stat().st_size))
    assert path.name in response["Content-Disposition"]
    assert caller("GET", f"/exports/{ask(caller, project)['exportId']}")["captionsUrl"] is None
    # paper has no times
    sheet = ask(caller, project, captions="sidecar", profile="contact-sheet-pdf")["exportId"]
    make_export(sheet)
    assert caller("GET", f"/exports/{sheet}")["captionsUrl"] is None
    assert not (project.path / f"exports/{project.slug}-contact-sheet-pdf-001.srt").exists()


@pytest.mark.parametrize("step", ["manifest", "captions", "film"])
def test_a_disk_that_becomes_full_while_it_is_stored_leaves_nothing(
    project: Project, caller: Caller, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    suffix = {"manifest": ".json", "captions": ".srt", "film": ".mp4"}[step]

    def full(write: Callable[..., None]) -> Callable[..., None]:
        def fill_up(*paths: Any) -> None:
            if any(isinstance(path, Path) and path.suffix == suffix for path in paths):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            write(*paths)

        return fill_up

    key = ask(caller, project, captions="sidecar")["exportId"]
    with monkeypatch.context() as patched:
        for name in ("write_atomically", "link_or_move"):
            patched.setattr(stored_files, name, full(getattr(stored_files, name)))
        make_export(key)
    failed = caller("GET", f"/exports/{key}")
    assert (failed["status"], "disk is full" in failed["error"]) == ("failed", True)
    assert not [path for path in (project.path / "exports").rglob("*") if path.is_file()]
    caller("POST", f"/exports/{key}/retry", status=202)
    make_export(key)
    assert caller("GET", f"/exports/{key}")["path"] == f"exports/{project.slug}-h264-source-001.mp4"


def test_two_workers_do_not_write_each_others_manifest(
    project: Project, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [ask(caller, project, timecode=burnt)["exportId"] for burnt in (False, True)]
    both, write = threading.Barrier(2), atomic.write_atomically

    def write_together(path: Path, content: bytes) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(1)
        write(path, content)

    monkeypatch.setattr(stored_files, "write_atomically", write_together)
    makers = [threading.Thread(target=make_export, args=(key,)) for key in keys]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(60)
    for key in keys:
        path = project.path / caller("GET", f"/exports/{key}")["path"]
        assert json.loads((path.parent / "metadata" / f"{path.stem}.json").read_bytes())["exportId"] == key


def test_the_command_makes_the_film_of_a_manifest_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(ensure_owner()[0])
    for number in (1, 2):
        add_take(project, number, tmp_path)
    call_command("film", project.slug, profile="h264-source")
    film = Path(capsys.readouterr().out.splitlines()[-1])
    manifest = film.parent / "metadata" / f"{film.stem}.json"
    content = film.read_bytes()
    film.unlink()
    # the cut is another one now
    project.scenes.get(number=1).assets.update(selected=False)
    caller = Caller(owner_of(project))
    caller("PUT", f"/projects/{project.slug}/cut", {"version": 1, "clips": [{"sceneId": "scene-2"}]})
    call_command("film", project.slug, manifest=manifest)
    printed = capsys.readouterr()
    assert Path(printed.out.splitlines()[-1]).read_bytes() == content
    assert "differ" not in printed.err
    outside = tmp_path / "outside.json"
    outside.write_text(manifest.read_text().replace("scene-1/videos", "../../videos"))
    for wrong, words in (
        (outside, "outside of the project"),
        (film.parent / "none.json", "was not read"),
        (film.parent.parent / "project.json", "manifest"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("film", project.slug, manifest=wrong)


def test_the_command_makes_a_film_without_a_studio(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(ensure_owner()[0])
    add_take(project, 1, tmp_path, 48)
    target = tmp_path / "out.mp4"
    call_command("film", project.slug, profile="h264-source", output=str(target))
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == str(target)
    assert "completed" in printed.err
    assert len(read_codes(target)) == 48
    with pytest.raises(CommandError, match="There is no project none"):
        call_command("film", "none")
    with pytest.raises(CommandError, match="profile must be one of"):
        call_command("film", project.slug, profile="vhs")
