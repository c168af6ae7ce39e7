"""To the trash and back: rows, folders and files; and what cannot come back says why."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from film.mirror import cut_file
from projects import actions, mirror
from projects.access import permissions
from projects.actions import assets
from projects.mirror import trash, write
from projects.models import Asset, Project, Scene
from projects.problems import Problem
from tests.factories import make_project, make_scene, make_user, owner_of
from tests.media import clip, picture

pytestmark = pytest.mark.django_db(transaction=True)


def film(*names: str) -> list[Scene]:
    project = make_project()
    return [make_scene(project, name) for name in names]


def order(project: Project) -> list[str]:
    return list(project.scenes.filter(trashed_at=None).values_list("name", flat=True))


def upload(scene: Scene, name: str = "a.jpg", content: bytes | None = None) -> Asset:
    return actions.store_upload(scene, name, [content or picture()])


def test_a_scene_comes_back_to_its_place() -> None:
    one, two, three = film("one", "two", "three")
    asset = upload(two)
    actions.trash_scene(two)
    assert order(one.project) == ["one", "three"]
    assert not two.path.exists()
    actions.restore_scene(two)
    assert order(one.project) == ["one", "two", "three"]
    assert asset.path.is_file()
    assert '"position": 3' in (three.path / "metadata" / "scene.json").read_text()
    assert permissions.scene_for(owner_of(one.project), one.project.slug, "scene-2") == two


def test_a_scene_comes_back_to_a_film_that_became_shorter() -> None:
    one, two, three = film("one", "two", "three")
    for scene in (three, one, two):
        actions.trash_scene(scene)
    actions.restore_scene(three)
    assert order(one.project) == ["three"]


def test_a_project_comes_back_with_all_that_is_in_it() -> None:
    (scene,) = film("one")
    asset = upload(scene)
    actions.trash_project(scene.project)
    assert not scene.project.path.exists()
    actions.restore_project(scene.project)
    assert asset.path.is_file()
    assert permissions.project_for(owner_of(scene.project), scene.project.slug) == scene.project


def test_of_two_folders_in_the_trash_each_project_gets_its_own() -> None:
    owner = make_user()
    first, second = make_project(owner, "Film"), make_project(owner, "Film")
    assert (first.slug, second.slug) == ("film", "film-2")
    kept = upload(make_scene(second))
    (first.path.parent / ".trash" / "film-2").mkdir(parents=True)  # somebody's own
    actions.trash_project(second)
    actions.trash_project(first)
    actions.restore_project(first)
    assert not (first.path / "scene-1").exists()
    actions.restore_project(second)
    assert kept.path.is_file()


def test_twice_is_told() -> None:
    (scene,) = film("one")
    actions.trash_scene(scene)
    actions.restore_scene(scene)
    with pytest.raises(Problem, match="no such scene in the trash"):
        actions.restore_scene(scene)


@pytest.mark.parametrize("what", ["scene", "project"])
def test_an_emptied_trash_is_told_and_nothing_changes(what: str) -> None:
    (scene,) = film("one")
    row: Scene | Project = scene if what == "scene" else scene.project
    trash, restore = (
        (actions.trash_scene, actions.restore_scene)
        if what == "scene"
        else (actions.trash_project, actions.restore_project)
    )
    trash(row)  # type: ignore[arg-type]
    shutil.rmtree(row.path.parent / ".trash")
    with pytest.raises(Problem, match=f"folder of this {what} is no longer in the trash"):
        restore(row)  # type: ignore[arg-type]
    row.refresh_from_db()
    assert row.trashed_at is not None


def test_nothing_that_stands_in_its_place_is_touched() -> None:
    (scene,) = film("one")
    actions.trash_scene(scene)
    scene.path.mkdir()
    (scene.path / "mine.txt").touch()
    with pytest.raises(Problem, match="A folder scene-1 is now where the scene was"):
        actions.restore_scene(scene)
    assert [path.name for path in scene.path.iterdir()] == ["mine.txt"]


def test_what_was_never_moved_is_left_where_it_stands() -> None:
    (scene,) = film("one")
    Scene.objects.filter(pk=scene.pk).update(trashed_at=scene.created_at)  # as if the disk had refused
    actions.restore_scene(scene)
    assert order(scene.project) == ["one"]
    assert scene.path.is_dir()


def test_undo_before_the_folder_has_moved_keeps_it_in_place() -> None:
    """The move comes after the commit, and somebody may be quicker."""
    (scene,) = film("one")
    Scene.objects.filter(pk=scene.pk).update(trashed_at=scene.created_at)

    def late() -> None:
        trash.trash_scene(scene)
        connection.close()

    with trash.scene_held(scene):
        thread = threading.Thread(target=late)
        thread.start()
        Scene.objects.filter(pk=scene.pk).update(trashed_at=None)
    thread.join(10)
    assert scene.path.is_dir()


def deleting_first(project: Project, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return `call`, but the project is deleted right before the first one."""

    def delayed(*given: Any, **named: Any) -> Any:
        if not Project.objects.filter(pk=project.pk).exclude(trashed_at=None).exists():
            actions.trash_project(project)
            assert not project.path.exists()
        return call(*given, **named)

    return delayed


@pytest.mark.parametrize(
    ("module", "name"),
    [(write, "make_folders"), (write, "scene_dict"), (write, "write_records"), (cut_file, "write_otio")],
)
def test_no_writer_brings_the_folder_of_a_deleted_project_back(
    module: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has looked at the rows already would stand in the way of the project's return."""
    (scene,) = film("one")
    upload(scene)
    Scene.objects.filter(pk=scene.pk).update(version=F("version") + 1)
    cut_file.note_change(scene.project_id)
    monkeypatch.setattr(module, name, deleting_first(scene.project, getattr(module, name)))
    mirror.write_scene(scene.pk)
    cut_file.write_cut(scene.project_id)
    assert not scene.project.path.exists()
    actions.restore_project(scene.project)
    assert scene.path.is_dir()


def test_an_upload_into_a_project_that_is_deleted_meanwhile() -> None:
    (scene,) = film("one")

    def chunks() -> Iterator[bytes]:
        content = picture()
        yield content[:-1]
        actions.trash_project(scene.project)
        yield content[-1:]

    with pytest.raises(Problem) as caught:
        actions.store_upload(scene, "a.jpg", chunks())
    assert caught.value.status == 404
    assert not scene.project.path.exists()
    assert not Asset.objects.exists()


def test_a_project_whose_folder_was_removed_by_hand_gets_another() -> None:
    (scene,) = film("one")
    shutil.rmtree(scene.project.path)
    upload(scene)
    assert (scene.path / "metadata" / "scene.json").is_file()
    assert (scene.project.path / "project.json").is_file()


def test_a_picture_comes_back_under_a_free_name() -> None:
    (scene,) = film("one")
    first, content = picture(), picture()
    one = upload(scene, "a.jpg", first)
    actions.trash_asset(one)
    two = upload(scene, "a.jpg", content)
    actions.trash_asset(two)
    actions.restore_asset(two)
    assert (two.path).read_bytes() == content
    actions.restore_asset(one)
    one.refresh_from_db()
    assert one.file_name == "a-2.jpg"
    assert one.path.read_bytes() == first


def test_the_chosen_take_is_chosen_again_unless_another_is() -> None:
    (scene,) = film("one")
    one, two = upload(scene, "one.mp4", clip()), upload(scene, "two.mp4", clip())
    actions.change_asset(one, selected=True)
    for other in (None, two):
        one.refresh_from_db()
        actions.trash_asset(one)
        if other:
            actions.change_asset(other, selected=True)
        actions.restore_asset(one)
        chosen = scene.assets.get(selected=True, trashed_at=None)
        assert chosen.pk == (other or one).pk


def test_a_file_that_is_gone_from_the_trash_is_told() -> None:
    (scene,) = film("one")
    asset = upload(scene)
    actions.trash_asset(asset)
    (scene.project.path / ".trash" / "scene-1" / "images" / "a.jpg").write_bytes(b"another")
    with pytest.raises(Problem, match=r"a\.jpg is no longer in the trash"):
        assets.restore_asset(asset)
    asset.refresh_from_db()
    assert asset.trashed_at is not None


def test_who_may_restore() -> None:
    (scene,) = film("one")
    slug = scene.project.slug
    owner, editor, viewer = owner_of(scene.project), make_user(), make_user()
    actions.add_member(owner_of(scene.project), scene.project, editor.username, "editor")
    actions.add_member(owner_of(scene.project), scene.project, viewer.username, "viewer")
    actions.trash_scene(scene)
    assert permissions.trashed_scene_for(editor, slug, "scene-1") == scene
    with pytest.raises(Problem, match="not change it"):
        permissions.trashed_scene_for(viewer, slug, "scene-1")
    actions.trash_project(scene.project)
    assert permissions.trashed_project_for(owner, slug) == scene.project
    for user in (editor, viewer, make_user()):
        with pytest.raises(Problem, match="no such project in the trash"):
            permissions.trashed_project_for(user, slug)
