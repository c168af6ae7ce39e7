"""What a person can do with the files that a scene has."""

from __future__ import annotations

from collections.abc import Container, Iterable
from contextlib import suppress
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import mirror
from projects.access import audit
from projects.actions.file_uses import check_unneeded
from projects.actions.originals import restore_original, trash_original
from projects.disk.layout import TRASH
from projects.disk.links import move_to_free_name
from projects.disk.media import Media, sha256_of
from projects.disk.names import safe_file_name
from projects.disk.trash import find_in_trash, move_to_trash
from projects.live import publish
from projects.mirror import contributions
from projects.models import Asset, Scene
from projects.models.locks import locked_in_trash, locked_scene
from projects.problems import Problem, conflict, wrong_field


def taken_names(scene: Scene, kind: str) -> set[str]:
    """Return the names of the scene's rows of a kind, whether their files exist or not."""
    return set(scene.assets.filter(kind=kind, trashed_at=None).values_list("file_name", flat=True))


def is_whole(path: Path, details: Media | Asset, taken: Container[str] = ()) -> bool:
    """Return whether the file at `path` has this content and belongs to no other row."""
    if path.name in taken or not path.is_file() or path.stat().st_size != details.bytes:
        return False
    return sha256_of(path) == details.sha256


def change_asset(asset: Asset, *, file_name: str | None = None, selected: bool | None = None) -> None:
    """Rename a file, or select it as the take of its scene; the suffix stays that of the content."""
    with transaction.atomic():
        scene = locked_scene(asset.scene)
        if selected is not None:
            _select(asset, selected)
        if file_name is not None:
            _rename(scene, asset, safe_file_name(file_name, Path(asset.file_name).suffix))
        mirror.changed(scene)
        publish.publish_storyboard_change(scene.project, scene)


def choose_first(asset: Asset) -> bool:
    """Choose a take automatically for its scene, unless one is chosen already; return whether it was chosen."""
    with transaction.atomic():
        scene = locked_scene(asset.scene)
        if scene.assets.filter(selected=True, trashed_at=None).exists():
            return False
        _select(asset, True, automatically=True)
        mirror.changed(scene)
    return True


def _select(asset: Asset, selected: bool, *, automatically: bool = False) -> None:
    if asset.kind != Asset.Kind.VIDEO:
        raise wrong_field("selected", _("selected is for videos only."))
    if selected:
        asset.scene.assets.exclude(pk=asset.pk).update(selected=False, selected_automatically=False)
    asset.selected = selected
    # whoever chooses what was chosen automatically confirms it
    asset.selected_automatically = selected and automatically
    asset.save(update_fields=["selected", "selected_automatically"])


def _rename(scene: Scene, asset: Asset, name: str) -> None:
    if name == asset.file_name:
        return
    check_unneeded(asset)
    try:
        # a crash before the commit leaves the file under its new name; `rebuild` recognizes it by its hash
        placed = move_to_free_name(asset.path, asset.path.parent, name, taken_names(scene, asset.kind))
    except FileNotFoundError:
        raise file_missing(asset) from None
    asset.file_name = placed.name
    asset.save(update_fields=["file_name"])


def trash_asset(asset: Asset, by: User | None = None) -> None:
    """Move a file to `.trash/scene-N/…` in the project's folder; `by` is who did it.

    Raise Problem 409 while an unfinished job or export needs it.
    """
    with transaction.atomic():
        scene = locked_scene(asset.scene)
        if contributions.jobs().is_busy(asset):
            raise conflict(_("An unfinished take needs this file: wait for it, or cancel it first."), "unfinished_jobs")
        check_unneeded(asset)
        asset.trashed_at, asset.trashed_by = timezone.now(), by
        # `selected` stays, for when the file is restored
        asset.save(update_fields=["trashed_at", "trashed_by"])
        audit.enter(audit.Action.DELETED, by, f"{scene.name}, {asset.file_name}", scene.project)
        mirror.changed(scene)
        publish.publish_storyboard_change(scene.project, scene)
        # last, so that a file that cannot be moved rolls the rest back; one that is gone needs no move
        if asset.path.is_file():
            trash = scene.project.path / TRASH / scene.folder_name / asset.folder_name
            move_to_trash(asset.path, trash)
            trash_original(asset, trash)


def discard_assets(assets: Iterable[Asset]) -> None:
    """Move files that were stored for a refused request to the trash; one that other work needs by now stays."""
    for asset in assets:
        with suppress(Problem):
            trash_asset(asset)


def restore_asset(asset: Asset, by: User | None = None) -> None:
    """Restore a file from the trash under its name or the next free one.

    It is selected as it was, unless another one is by now. Problem 409 when its file is no longer in the trash.
    """
    with transaction.atomic():
        scene = locked_scene(asset.scene)
        asset = locked_in_trash(asset)
        asset.file_name = _bring_back(scene, asset).name
        asset.trashed_at = None
        asset.selected = asset.selected and not scene.assets.filter(selected=True, trashed_at=None).exists()
        asset.selected_automatically = asset.selected and asset.selected_automatically
        columns = ["file_name", "original_file", "trashed_at", "selected", "selected_automatically"]
        asset.save(update_fields=columns)
        audit.enter(audit.Action.RESTORED, by, f"{scene.name}, {asset.file_name}", scene.project)
        mirror.changed(scene)
        publish.publish_storyboard_change(scene.project, scene)


def _bring_back(scene: Scene, asset: Asset) -> Path:
    """Find the file by its content, since names are used again; one that never left its place stays there."""
    taken = taken_names(scene, asset.kind)
    if is_whole(asset.path, asset, taken):
        return asset.path
    trash = scene.project.path / TRASH / scene.folder_name / asset.folder_name
    in_trash = next((path for path in find_in_trash(trash, asset.file_name) if is_whole(path, asset)), None)
    if in_trash is None:
        raise conflict(
            _("{file_name} is no longer in the trash, so it cannot be restored.").format(file_name=asset.file_name),
            "trash_emptied",
        )
    restore_original(asset, trash)
    return move_to_free_name(in_trash, asset.path.parent, asset.file_name, taken)


def file_missing(asset: Asset) -> Problem:
    """Return the Problem 404 for a row whose file is gone."""
    message = _("The file {relative_path} is missing on disk: put it back, or delete its entry.").format(
        relative_path=asset.relative_path
    )
    return Problem(message, code="file_missing", status=404)
