"""Files of an export that has not ended stay where they lie: it reads them there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from film.actions import exports
from film.render.options import Options
from generation.actions.move_to_scene import Place, move_to_scene
from projects import actions
from projects.actions.assets import change_asset, trash_asset
from projects.models import Asset, Project
from projects.problems import Problem
from tests.factories import make_project, make_scene, owner_of
from tests.media import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project() -> Project:
    project = make_project()
    scene = make_scene(project)
    for name in ("older.jpg", "shown.jpg"):
        actions.store_upload(scene, name, [picture()])
    make_scene(project)
    return project


def asset_named(name: str) -> Asset:
    return Asset.objects.select_related("scene__project").get(file_name=name)


def rename(asset: Asset) -> None:
    change_asset(asset, file_name="other.jpg")


def move(asset: Asset) -> None:
    move_to_scene(owner_of(asset.scene.project), asset, Place(asset.scene.project.scenes.get(number=2)))


@pytest.mark.parametrize("change", [trash_asset, rename, move])
def test_a_file_stays_until_the_export_has_ended(project: Project, change: Callable[[Asset], None]) -> None:
    export = exports.create_export(project, None, "stills-png", Options())
    with pytest.raises(Problem, match="An export that has not ended needs this file") as refused:
        change(asset_named("shown.jpg"))
    assert (refused.value.status, refused.value.code) == (409, "unfinished_exports")
    shown = asset_named("shown.jpg")
    assert shown.path.is_file()
    assert shown.trashed_at is None
    # the film does not show this one
    change(asset_named("older.jpg"))
    exports.cancel_export(export)
    if change is not rename:
        change(shown)
