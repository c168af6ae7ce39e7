"""cut.otio in a project's folder, which follows the cut and its scenes."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from film import mirror as film_mirror
from film.actions import cuts
from film.document.cut import Clip, Cut
from film.mirror import cut_file
from projects import actions, mirror
from projects.models import Project
from tests.db.test_projects_api import Caller
from tests.factories import make_project, make_scene, owner_of
from tests.media import clip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project() -> Project:
    return make_project(name="Night train")


def read(project: Project) -> Any:
    return json.loads((project.path / film_mirror.CUT_FILE).read_bytes())


def media(project: Project) -> list[str]:
    """The address of what each clip of the picture track plays."""
    clips = [each for each in read(project)["tracks"]["children"][0]["children"] if each["OTIO_SCHEMA"] == "Clip.2"]
    return [each["media_references"][each["active_media_reference_key"]]["target_url"] for each in clips]


def test_the_sweep_writes_the_automatic_cut_when_a_scene_gets_a_file(project: Project) -> None:
    scene = make_scene(project)
    mirror.write_behind()
    assert media(project) == []
    actions.store_upload(scene, "a.mp4", [clip()])
    mirror.write_behind()
    assert media(project) == ["scene-1/videos/a.mp4"]


def test_whatever_changes_the_film_is_in_its_file(project: Project) -> None:
    call = Caller(owner_of(project))
    address = f"/projects/{project.slug}"
    scene = make_scene(project, "One")
    first = actions.store_upload(scene, "a.mp4", [clip()])
    actions.store_upload(scene, "b.mp4", [clip(frames=30)])
    make_scene(project, "Two")

    def after(method: str, path: str, body: object = None) -> str:
        call(method, address + path, body)
        mirror.write_behind()
        return json.dumps(read(project))

    assert '"name": "Day train"' in after("PATCH", "", {"name": "Day train"})
    assert "Uno" in after("PATCH", "/folders/scene-1", {"name": "Uno"})
    text = after("PATCH", "/folders/scene-2", {"position": 1})
    assert text.index("Two") < text.index("Uno")
    assert media(project) == ["scene-1/videos/b.mp4"]
    after("PATCH", f"/folders/scene-1/assets/{first.pk}", {"selected": True})
    assert media(project) == ["scene-1/videos/a.mp4"]
    assert "a.mp4" not in after("DELETE", f"/folders/scene-1/assets/{first.pk}")
    assert "Two" not in after("DELETE", "/folders/scene-2")


def test_a_change_of_the_cut_is_written_at_once(project: Project) -> None:
    scene = make_scene(project)
    asset = actions.store_upload(scene, "a.mp4", [clip()])
    cuts.save_cut(project, None, Cut(clips=(Clip("a", asset=str(asset.pk)), Clip("b", asset=str(asset.pk)))), 1)
    assert len(media(project)) == 2
    cuts.undo(project)
    assert len(media(project)) == 1


def test_a_long_cut_is_written_by_the_sweep_and_not_by_who_changes_it(project: Project) -> None:
    scene = make_scene(project)
    asset = str(actions.store_upload(scene, "a.mp4", [clip()]).pk)
    clips = tuple(Clip(str(number), asset=asset) for number in range(cut_file.LONG))
    mirror.write_behind()
    cuts.save_cut(project, None, Cut(clips=clips), 1)
    cuts.undo(project)
    cuts.redo(project)
    assert len(media(project)) == 1
    film_mirror.write_behind()
    assert len(media(project)) == len(clips)
    kept = json.loads((project.path / film_mirror.CUT_DOCUMENT).read_bytes())
    assert (kept["version"], len(kept["states"][-1]["cut"]["clips"])) == (4, len(clips))


def test_the_sweep_makes_no_folder_anew_that_is_gone(project: Project) -> None:
    cuts.save_cut(project, None, Cut(), 1)
    shutil.rmtree(project.path)
    film_mirror.note_change(project.pk)
    film_mirror.write_behind()
    assert not project.path.exists()


def test_a_file_that_says_the_same_keeps_its_time(project: Project) -> None:
    make_scene(project)
    mirror.write_behind()
    path = project.path / film_mirror.CUT_FILE
    before = path.stat().st_mtime_ns
    film_mirror.note_change(project.pk)
    assert film_mirror.write_behind() == 1
    assert path.stat().st_mtime_ns == before
    assert film_mirror.write_behind() == 0


def test_a_file_that_cannot_be_written_is_written_later(project: Project) -> None:
    make_scene(project)
    path = project.path / film_mirror.CUT_FILE
    path.unlink(missing_ok=True)
    path.mkdir()
    assert film_mirror.write_behind() == 0
    path.rmdir()
    assert film_mirror.write_behind() == 1
    assert path.is_file()


def test_a_project_in_the_trash_is_left_alone(project: Project) -> None:
    make_scene(project)
    film_mirror.note_change(project.pk)
    actions.trash_project(project)
    assert film_mirror.write_behind() == 0
