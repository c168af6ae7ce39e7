"""A database that was lost: everything that the API shows comes back from the folders."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import Client

from generation.engine import outputs
from generation.models import Batch, GenerationJob, JobEvent, LedgerEntry
from generation.models.quality import QualityReport, QualityThumbnail
from generation.models.status import Status
from projects import actions, mirror
from projects.disk import hashed_files
from projects.mirror import take_in_project
from projects.mirror.asset_rows import insert_assets
from projects.mirror.take_in import take_in as take_in_of_scene
from projects.models import Asset, Project, Scene
from tests import factories
from tests.empty_tables import empty_tables
from tests.every_answer import every_answer
from tests.factories import make_project, make_scene, make_user
from tests.media import clip, picture, sound

pytestmark = pytest.mark.django_db(transaction=True)

SAMPLES = Path(__file__).parent.parent / "samples"


class Person:
    """Somebody who calls the API."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def __call__(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        answer = self.client.generic(
            method, f"/api{path}", json.dumps(body or {}), "application/json", HTTP_SEC_FETCH_SITE="same-origin"
        )
        assert answer.status_code == status, answer.content
        return answer.json()["data"] if answer.content else None


def lose_the_database() -> None:
    empty_tables()


def upload(scene: Scene, name: str, content: bytes) -> Asset:
    return actions.store_upload(scene, name, [content])


def finished_take(scene: Scene, owner: User, take: int, **values: Any) -> GenerationJob:
    """A job that went its way, move by move, with its file, its events and its bill."""
    job = factories.make_job(
        scene,
        take=take,
        created_by=owner,
        parameters={"promptText": f"take {take}", "ratio": "1280:720", "duration": 5},
        credits_estimated=Decimal(25),
        **values,
    )
    job = GenerationJob.objects.with_related().get(pk=job.pk)
    asset = upload(scene, f"take-{take:03d}.mp4", clip())
    Asset.objects.filter(pk=asset.pk).update(take=take, source="generated")
    asset.refresh_from_db()
    task = f"task-{scene.pk}-{take}"
    job.move_to(Status.SUBMITTING)
    job.add_event(JobEvent.Kind.ANSWER, "Accepted.", {"taskId": task}, runway_task_id=task)
    job.move_to(Status.PENDING, runway_task_id=task)
    job.move_to(Status.RUNNING, progress=40)
    job.move_to(Status.DOWNLOADING, credits_charged=Decimal(25))
    entry = outputs.output_entry(asset)
    job.move_to(Status.COMPLETED, message="The clip is here.", asset=asset, outputs=[entry])
    return job


def report(job: GenerationJob) -> None:
    reason = {"code": "black", "level": "warn", "message": "Dark.", "at": 0.5, "thumbnail": True}
    made = QualityReport.objects.create(job=job, verdict="warn", reasons=[reason], facts={"codec": "h264"}, c2pa=False)
    QualityThumbnail.objects.create(report=made, number=0, jpeg=picture())
    GenerationJob.objects.with_related().get(pk=job.pk).annotate()


@pytest.fixture
def film() -> Project:
    """A film with everything that people make."""
    owner, editor = make_user("ada", is_staff=True), make_user("ben")
    make_user("eve")
    project = make_project(owner, "A film")
    call = Person(owner)
    one, two, three = (make_scene(project, name) for name in ("Opening", "Märchen", "Gone"))
    call("PATCH", "/projects/a-film/folders/scene-2", {"position": 1, "color": "blue", "reviewStatus": "approved"})
    call("POST", "/projects/a-film/members", {"username": "ben", "role": "editor", "maySpend": True}, 201)
    call("POST", "/projects/a-film/members", {"username": "eve"}, 201)
    upload(one, "Frame.jpg", picture())
    upload(one, "tone.wav", sound())
    upload(two, "photo.bmp", picture(kind="BMP"))
    deleted = upload(one, "deleted.jpg", picture())
    call("DELETE", f"/projects/a-film/folders/scene-1/assets/{deleted.pk}")
    batch = Batch.objects.create(project=project, created_by=editor, name="Night shots")
    first, second = finished_take(one, owner, 1), finished_take(one, editor, 2, batch=batch, batch_row=4)
    refused = factories.make_job(one, take=3, created_by=editor, credits_estimated=Decimal(5), retry_of=first)
    refused = GenerationJob.objects.with_related().get(pk=refused.pk)
    refused.move_to(Status.SUBMITTING)
    refused.fail("SAFETY.INPUT.TEXT", "Refused.", retryable=False, refused_digest="a" * 64)
    report(first)
    call("PATCH", f"/jobs/{first.pk}", {"starred": True, "note": "The one."})
    call("PATCH", f"/jobs/{second.pk}", {"rejected": True})
    asset = GenerationJob.objects.get(pk=second.pk).asset_id
    call("PATCH", f"/projects/a-film/folders/scene-1/assets/{asset}", {"selected": True})
    lost = finished_take(two, owner, 1)
    lost_asset = GenerationJob.objects.get(pk=lost.pk).asset_id
    call("DELETE", f"/projects/a-film/folders/scene-2/assets/{lost_asset}")
    call("PUT", "/budgets", {"projectId": "a-film", "period": "month", "credits": 500})
    call("PUT", "/budgets", {"projectId": "a-film", "username": "ben", "credits": 80.5})
    call("PUT", "/projects/a-film/auto-retry", {"takes": 2, "credits": 50})
    call("PATCH", "/projects/a-film/variables", {"variables": {"hero": "a fox"}})
    call("POST", "/prompts", {"name": "Night", "text": "a {hero} at night", "projectId": "a-film"}, 201)
    call("POST", "/prompts", {"name": "Night", "text": "a {hero} at dawn", "projectId": "a-film"}, 201)
    cut = call("GET", "/projects/a-film/cut")
    cut = call("PUT", "/projects/a-film/cut", {"version": cut["version"], "clips": cut["clips"][:1]})
    call("POST", "/projects/a-film/cut/versions", {"name": "Rough"}, 201)
    call("PUT", "/projects/a-film/cut", {"version": cut["version"], "clips": []})
    call("POST", "/projects/a-film/cut/undo")
    call("DELETE", f"/projects/a-film/folders/{three.folder_name}")
    call("PATCH", "/projects/a-film", {"name": "A film, again"})
    return project


def test_every_answer_is_the_same_after_the_database_was_lost(film: Project, settings: Any) -> None:
    settings.STUDIO_OWNER = "ada"
    before = {name: every_answer(User.objects.get(username=name)) for name in ("ada", "ben", "eve")}
    assert len(before["ada"]) > 40
    events = list(JobEvent.objects.order_by("pk").values_list("job", "at", "kind", "message", "data", "runway_task_id"))
    ledger = list(LedgerEntry.objects.order_by("pk").values_list("job", "at", "day", "kind", "credits", "reason"))
    files = {path: path.read_bytes() for path in film.path.rglob("*.json")}
    lose_the_database()
    assert not User.objects.exists()
    call_command("import_project", "--all")
    after = {name: every_answer(User.objects.get(username=name)) for name in ("ada", "ben", "eve")}
    for name in before:
        assert set(after[name]) == set(before[name])
        for path, answer in before[name].items():
            assert after[name][path] == answer, (name, path)
    restored = JobEvent.objects.values_list("job", "at", "kind", "message", "data", "runway_task_id")
    assert sorted(restored, key=str) == sorted(events, key=str)
    entries = LedgerEntry.objects.values_list("job", "at", "day", "kind", "credits", "reason")
    assert sorted(entries, key=str) == sorted(ledger, key=str)
    # what the files say was right already
    assert {path: path.read_bytes() for path in film.path.rglob("*.json")} == files
    assert not User.objects.get(username="ben").has_usable_password()


def test_a_second_import_makes_nothing_more(film: Project, capsys: pytest.CaptureFixture[str]) -> None:
    lose_the_database()
    call_command("import_project", "a-film")
    assert "New: 1 project, 3 scenes" in capsys.readouterr().out
    counts = [model.objects.count() for model in (Asset, GenerationJob, JobEvent, LedgerEntry, Batch)]
    call_command("import_project", "a-film")
    assert "New: 0 projects, 0 scenes, 0 files, 0 takes." in capsys.readouterr().out
    assert [model.objects.count() for model in (Asset, GenerationJob, JobEvent, LedgerEntry, Batch)] == counts


def test_rows_stored_at_once_are_as_django_stores_them() -> None:
    scene = make_scene(make_project(name="Film"))
    moments = [datetime(2026, 1, 1, tzinfo=UTC), datetime.fromisoformat("2026-01-01T12:00:00.123456+05:30")]
    columns = {"kind": "image", "mime_type": "image/jpeg", "bytes": 5, "sha256": "a" * 64, "source": "found"}
    for number, moment in enumerate(moments):
        Asset.objects.create(scene=scene, file_name=f"{number}.jpg", created_at=moment, **columns)
        key = uuid.uuid4()
        insert_assets(scene, [{**columns, "id": key, "file_name": f"{number}-at-once.jpg", "created_at": moment}])
        one, other = Asset.objects.filter(created_at=moment).order_by("file_name").values()
        assert {name for name, value in one.items() if dict(other)[name] != value} == {"id", "file_name"}
        assert Asset.objects.get(pk=key).file_name == f"{number}-at-once.jpg"


def test_what_was_never_sent_is_not_sent_after_an_import() -> None:
    scene = make_scene(make_project(name="Film"))
    waiting = factories.make_job(scene, take=1, status="queued", credits_estimated=Decimal(5))
    cut_off = factories.make_job(scene, take=2, status="submitting", credits_estimated=Decimal(5))
    with transaction.atomic():
        mirror.changed(scene)
    lose_the_database()
    call_command("import_project", "--all")
    states = dict(GenerationJob.objects.values_list("pk", "status"))
    assert states == {waiting.pk: "cancelled", cut_off.pk: "unconfirmed"}
    held = sum(
        entry.credits for entry in LedgerEntry.objects.filter(job=waiting.pk, kind__in=("reservation", "release"))
    )
    assert held == 0


def test_folders_of_the_versions_before_are_read(projects_root: Path) -> None:
    shutil.copytree(SAMPLES / "folders-0.2" / "old-film", projects_root / "old-film")
    call_command("import_project", "old-film")
    project = Project.objects.get()
    assert project.name == "Old film"
    job = GenerationJob.objects.get()
    assert (job.status, job.take, job.note, job.credits_charged) == ("completed", 1, "good", Decimal(25))
    assert job.asset is not None
    assert Asset.objects.get(kind="image").original_name == "Photo-1.jpg"


def test_folder_and_backup_of_the_version_before_give_the_same_answers(projects_root: Path) -> None:
    """tests/samples/ has what version 0.2.0 itself wrote: a folder, and its database as a backup has it."""
    shutil.copytree(SAMPLES / "folders-0.2" / "old-film", projects_root / "old-film")
    call_command("import_project", "old-film")
    imported = json.loads(json.dumps(every_answer(User.objects.get()), default=str))
    command = [sys.executable, "-m", "tests.upgraded", str(SAMPLES / "backup-0.2.zip")]
    env = {**os.environ, "TEST_DATABASE_URL": ""}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)
    assert done.returncode == 0, done.stderr
    restored = json.loads(done.stdout)
    assert len(restored) > 20
    for path, answer in imported.items():
        # the folders of 0.2.0 have no ledger: its entries are made again, now
        assert restored[path] == answer or path.startswith("/api/usage"), path


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("nothing", "nothing is not a folder"),
        ("empty", "empty is not a project: it has neither project.json nor a folder of a scene"),
        ("Capital", "Capital cannot be the id of a project"),
        ("link", "is not a folder"),
        ("later", "later/project.json was written by a later version of Dailies \\(format 99\\). Update Dailies first"),
        ("../outside", "Copy it there first"),
    ],
)
def test_a_folder_that_is_no_project_is_told_in_one_sentence(folder: str, message: str, projects_root: Path) -> None:
    for name in ("empty", "Capital/scene-1", "later", "../outside/scene-1"):
        (projects_root / name).mkdir(parents=True, exist_ok=True)
    (projects_root / "link").symlink_to(projects_root / "later")
    (projects_root / "later" / "project.json").write_text('{"schema": 99, "id": "later"}')
    path = folder if "/" not in folder else str(projects_root / folder)
    with pytest.raises(CommandError, match=message):
        call_command("import_project", path if folder != "link" else str(projects_root / "link"))
    assert not Project.objects.exists()


def test_a_scene_of_a_later_version_changes_nothing(projects_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = projects_root / "film" / "scene-1" / "metadata"
    metadata.mkdir(parents=True)
    (metadata / "scene.json").write_text('{"schema": 99, "id": "scene-1", "projectId": "film"}')
    call_command("import_project", "--all")
    assert "film was left out: scene-1/metadata/scene.json was written by a later version" in capsys.readouterr().out
    assert not Project.objects.exists()


def test_files_of_the_next_scene_are_read_while_one_becomes_rows(
    film: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_database()
    read, order = threading.Event(), []
    hash_part, take_in = hashed_files._hash_part, take_in_of_scene

    def note_reading(paths: Sequence[str]) -> list[Any]:
        hashes = hash_part(paths)
        if any("/scene-2/" in path for path in paths):
            read.set()
        return hashes

    def wait_for_the_next(scene: Scene, *arguments: Any) -> Any:
        # also with the whole scene 1 still to be stored
        assert read.wait(10)
        order.append(scene.number)
        return take_in(scene, *arguments)

    monkeypatch.setattr(hashed_files, "_hash_part", note_reading)
    monkeypatch.setattr(take_in_project, "take_in", wait_for_the_next)
    call_command("import_project", "a-film")
    assert order[:2] == [1, 2]
    assert Asset.objects.filter(scene__number=2).exists()


def test_what_is_read_ahead_of_a_refused_scene_stays_as_it_is(projects_root: Path) -> None:
    later, broken = (projects_root / f"film/scene-{number}/metadata/scene.json" for number in (1, 2))
    for path in (later, broken):
        path.parent.mkdir(parents=True)
    later.write_text(json.dumps({"schema": 99, "id": "scene-1", "projectId": "film"}))
    broken.write_text("not JSON")
    call_command("import_project", "--all")
    assert broken.read_text() == "not JSON"
    assert not Project.objects.exists()


def test_a_scene_of_another_studio_is_a_scene_with_its_takes(film: Project) -> None:
    copied = film.path.parent / "other" / "scene-9"
    shutil.copytree(film.path / "scene-1", copied)
    lose_the_database()
    shutil.move(film.path, film.path.parent.parent / "away")
    call_command("import_project", "other")
    scene = Scene.objects.get()
    assert (scene.number, scene.name, scene.jobs.count()) == (9, "Opening", 3)
    job = scene.jobs.get(take=1)
    assert job.asset is not None
    assert (job.asset.scene, job.outputs[0]["path"], job.note) == (scene, "scene-9/videos/take-001.mp4", "The one.")


def test_names_of_other_systems(projects_root: Path) -> None:
    images = projects_root / "film" / "scene-1" / "images"
    images.mkdir(parents=True)
    for name in ("Gro\u0308ße.jpg", "A.jpg", "a.jpg", "dots...jpg", "trailing.jpg."):
        (images / name).write_bytes(picture())
    call_command("import_project", "film")
    names = set(Asset.objects.values_list("file_name", flat=True))
    assert names == {"Gro\u0308ße.jpg", "A.jpg", "a.jpg", "dots...jpg", "trailing.jpg."}


def test_two_folders_of_one_scene_are_two_scenes(film: Project) -> None:
    shutil.copytree(film.path / "scene-1", film.path / "scene-9")
    lose_the_database()
    call_command("import_project", "a-film")
    first, second = Scene.objects.filter(number__in=(1, 9)).order_by("number")
    names = [
        sorted(scene.assets.filter(trashed_at=None).values_list("file_name", flat=True)) for scene in (first, second)
    ]
    assert names[0] == names[1] == ["Frame.jpg", "take-001.mp4", "take-002.mp4", "tone.wav"]
    assert set(first.assets.values_list("pk")).isdisjoint(second.assets.values_list("pk"))
    assert first.jobs.count() == 3


def test_links_that_lead_out_are_not_followed(film: Project) -> None:
    outside = film.path.parent.parent / "outside"
    shutil.copytree(film.path / "scene-1", outside)
    frame = film.path / "scene-1" / "images" / "Frame.jpg"
    frame.unlink()
    frame.symlink_to(outside / "images" / "Frame.jpg")
    (film.path / "scene-8").symlink_to(outside)
    lose_the_database()
    call_command("import_project", "a-film")
    assert not Scene.objects.filter(number=8).exists()
    assert not Asset.objects.filter(file_name="Frame.jpg").exists()
