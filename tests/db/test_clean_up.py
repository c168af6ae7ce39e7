"""The clean-up: what goes by which rule, what stays, and that nothing is forgotten."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from generation.models import GenerationJob, Mark
from projects import actions
from projects.actions.clean_up import remove
from projects.actions.clean_up.plan import make_plan
from projects.actions.clean_up.remove import clean_up, clean_up_daily
from projects.actions.clean_up.rules import save_rule
from projects.actions.trash_list import list_trash
from projects.models import Asset, AuditEntry, CleanUpRule, Project, Scene
from projects.problems import Problem
from tests import factories
from tests.empty_tables import empty_tables
from tests.factories import make_project, make_scene, make_user
from tests.media import clip, picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> User:
    return make_user("ada", is_staff=True)


@pytest.fixture
def scene(owner: User) -> Scene:
    return make_scene(make_project(owner, "Film"), "One")


def upload(scene: Scene, name: str, content: bytes) -> Asset:
    return actions.store_upload(scene, name, [content])


def rejected_take(scene: Scene, take: int, *, days: int = 40) -> Asset:
    """A take that was rejected so many days ago."""
    asset = upload(scene, f"take-{take:03d}.mp4", clip())
    job = factories.make_job(scene, take=take, status="completed", asset=asset, mark=Mark.REJECTED)
    then = timezone.now() - timedelta(days=days)
    GenerationJob.objects.filter(pk=job.pk).update(changed_at=then, finished_at=then)
    return asset


def trashed(asset: Asset, *, days: int = 40) -> Asset:
    actions.trash_asset(asset)
    Asset.objects.filter(pk=asset.pk).update(trashed_at=timezone.now() - timedelta(days=days))
    return asset


def files(project: Project) -> set[str]:
    media = {".mp4", ".jpg", ".bmp"}
    paths = (path for path in project.path.parent.rglob("*") if path.suffix in media)
    return {path.name for path in paths}


def pin(client: Client, asset: Asset) -> None:
    """Put a file into the cut, and take it out again: an earlier version has it."""
    address = f"/api/projects/{asset.scene.project.slug}/cut"
    cut = client.get(address).json()["data"]
    pinned = {"sceneId": asset.scene.folder_name, "assetId": str(asset.pk), "in": 0, "out": 10}
    for clips in ([pinned], []):
        body = {"version": cut["version"], "clips": clips}
        answer = client.put(address, body, content_type="application/json", HTTP_SEC_FETCH_SITE="same-origin")
        assert answer.status_code == 200, answer.content
        cut = answer.json()["data"]


def test_nothing_goes_without_a_rule(scene: Scene) -> None:
    rejected_take(scene, 1)
    trashed(upload(scene, "old.jpg", picture()))
    before = files(scene.project)
    clean_up_daily()
    assert clean_up().count == 0
    assert files(scene.project) == before


def test_old_rejected_takes_and_trash_go_and_their_story_stays(scene: Scene, owner: User) -> None:
    old, new = rejected_take(scene, 1), rejected_take(scene, 2, days=5)
    gone, kept = (
        trashed(upload(scene, "old.bmp", picture(kind="BMP"))),
        trashed(upload(scene, "b.jpg", picture()), days=5),
    )
    save_rule(None, owner, rejected_days=30, trash_days=30)
    plan = make_plan()
    assert {part.why: part.names for part in plan.parts} == {
        "rejected": [old.relative_path],
        "trash": [gone.relative_path],
    }
    assert plan.bytes == old.bytes + gone.bytes
    assert clean_up(by=owner).count == 2
    assert files(scene.project) == {new.file_name, kept.file_name}
    assert make_plan().count == 0
    job = GenerationJob.objects.get(take=1)
    assert job.asset_id == old.pk
    assert [entry.name for entry in list_trash(owner)] == [kept.file_name]
    entries = AuditEntry.objects.filter(action="cleaned_up").values_list("username", "target")
    assert ("ada", f"One, {old.file_name}") in entries
    with pytest.raises(Problem, match="no longer in the trash"):
        actions.restore_asset(Asset.objects.get(pk=gone.pk))


def test_what_was_removed_stays_so_after_an_import(scene: Scene, owner: User) -> None:
    rejected_take(scene, 1)
    save_rule(None, owner, rejected_days=30, trash_days=None)
    clean_up()
    empty_tables()
    call_command("import_project", "--all")
    asset = Asset.objects.get()
    assert asset.trashed_at
    assert asset.missing_since
    assert GenerationJob.objects.get().mark == Mark.REJECTED


def test_what_a_cut_a_chosen_take_or_a_job_uses_stays(scene: Scene, owner: User, client: Client) -> None:
    client.force_login(owner)
    in_cut, chosen = rejected_take(scene, 1), rejected_take(scene, 2)
    pin(client, in_cut)
    Asset.objects.filter(pk=chosen.pk).update(selected=True)
    frame, other = upload(scene, "frame.jpg", picture()), upload(scene, "other.bmp", picture(kind="BMP"))
    waiting = factories.make_job(scene, take=3, status="queued")
    waiting.input_rows.create(asset=frame, place="promptImage")
    GenerationJob.objects.get(asset=chosen).input_rows.create(asset=other, place="promptImage")
    # jobs keep their inputs from the trash, but not those of an earlier version
    Asset.objects.filter(pk__in=(frame.pk, other.pk)).update(trashed_at=timezone.now() - timedelta(days=50))
    save_rule(None, owner, rejected_days=1, trash_days=1)
    assert make_plan().count == 0
    before = files(scene.project)
    assert clean_up().count == 0
    assert files(scene.project) == before


def test_deleted_scenes_and_projects_lose_their_media_and_keep_their_documents(scene: Scene, owner: User) -> None:
    second = make_scene(scene.project, "Two")
    third = make_scene(make_project(owner, "Other"), "Three")
    for each in (second, third):
        upload(each, "a.jpg", picture())
    actions.trash_scene(second, owner)
    actions.trash_project(third.project, owner)
    then = timezone.now() - timedelta(days=31)
    Scene.objects.filter(pk=second.pk).update(trashed_at=then)
    Project.objects.filter(pk=third.project_id).update(trashed_at=then)
    save_rule(None, owner, rejected_days=None, trash_days=30)
    assert clean_up().count == 2
    assert files(scene.project) == set()
    trash = Path(scene.project.path.parent / ".trash")
    assert (trash / "other" / "scene-1" / "metadata" / "scene.json").is_file()
    assert (scene.project.path / ".trash" / "scene-2" / "metadata" / "scene.json").is_file()


def test_the_rule_of_a_project_counts_instead(scene: Scene, owner: User) -> None:
    trashed(upload(scene, "old.jpg", picture()))
    save_rule(None, owner, rejected_days=None, trash_days=30)
    save_rule(scene.project, owner, rejected_days=None, trash_days=None)
    assert make_plan().count == make_plan(scene.project).count == 0
    save_rule(scene.project, owner, rejected_days=None, trash_days=10)
    assert make_plan().count == 1


def test_rejected_takes_are_moved_where_the_setting_says(
    scene: Scene, owner: User, settings: Any, tmp_path: Path
) -> None:
    settings.REJECTED_ROOT = tmp_path / "rejected"
    take = rejected_take(scene, 1)
    content = take.path.read_bytes()
    save_rule(None, owner, rejected_days=30, trash_days=None)
    assert clean_up().count == 1
    moved = tmp_path / "rejected" / "film" / "scene-1" / take.file_name
    assert moved.read_bytes() == content


def test_a_file_that_another_one_replaced_is_not_removed(scene: Scene, owner: User) -> None:
    take = rejected_take(scene, 1)
    take.path.write_bytes(b"somebody's own")
    save_rule(None, owner, rejected_days=30, trash_days=None)
    clean_up()
    assert take.path.read_bytes() == b"somebody's own"


def test_the_studio_cleans_up_once_a_day_and_not_too_much_at_once(
    scene: Scene, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remove, "AT_ONCE", 2)
    for number in (1, 2, 3):
        trashed(upload(scene, f"{number}.jpg", picture()))
    save_rule(None, owner, rejected_days=None, trash_days=30)
    clean_up_daily()
    # there is a day to look at what will go
    assert Asset.objects.filter(missing_since=None).count() == 3
    CleanUpRule.objects.update(ran_at=timezone.now() - timedelta(days=2))
    clean_up_daily()
    assert Asset.objects.filter(missing_since=None).count() == 1
    clean_up_daily()
    assert Asset.objects.filter(missing_since=None).count() == 0
    trashed(upload(scene, "later.jpg", picture()))
    clean_up_daily()
    assert Asset.objects.filter(missing_since=None).count() == 1


def test_unused_segments_and_proxies_go(owner: User, settings: Any) -> None:
    folder = Path(settings.DATA_DIR) / "segments" / "ab"
    folder.mkdir(parents=True)
    old, new = folder / "abc.mp4", folder / "abd.mp4"
    for path in (old, new):
        path.write_bytes(b"1234")
    then = (timezone.now() - timedelta(days=9)).timestamp()
    os.utime(old, (then, then))
    save_rule(None, owner, rejected_days=None, trash_days=None, cache_days=7)
    plan = make_plan()
    assert [(file.name, file.bytes) for file in plan.cache] == [("segments/ab/abc.mp4", 4)]
    assert clean_up().bytes == 4
    assert new.exists()
    assert not old.exists()


def test_the_page_and_the_command(
    scene: Scene, owner: User, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.force_login(owner)
    trashed(upload(scene, "old.jpg", picture()))
    refused = client.post("/clean-up/", {"trash_days": "0"})
    assert refused.status_code == 422
    assert "Enter 1 to 3650 days, or nothing for never." in refused.content.decode()
    assert client.post("/clean-up/", {"trash_days": "30"}).status_code == 302
    assert "scene-1/images/old.jpg" in client.get("/clean-up/").content.decode()
    call_command("clean_up", "--dry-run")
    assert "Trash: film/scene-1/images/old.jpg" in capsys.readouterr().out
    assert client.post("/projects/film/clean-up/", {"trash_days": ""}).status_code == 302
    assert "old.jpg" not in client.get("/projects/film/clean-up/").content.decode()
    client.post("/projects/film/clean-up/", {"studio": "1"})
    call_command("clean_up")
    assert "Removed 1 file" in capsys.readouterr().out
    assert files(scene.project) == set()
