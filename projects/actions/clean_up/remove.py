"""Do what the rules say: files go, rows and records stay, so that what a take was and cost is not forgotten."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import mirror
from projects.access import audit
from projects.actions.assets import is_whole
from projects.actions.clean_up.plan import Part, Why, all_parts, in_use, old_cache_files, parts_of
from projects.actions.originals import is_original
from projects.disk.layout import ORIGINALS, TRASH
from projects.disk.trash import find_in_trash, move_to_trash
from projects.live import publish
from projects.mirror.scene_file import PROJECT_FILE, SCENE_FILE
from projects.mirror.trash import folder_in_trash
from projects.models import Asset, CleanUpRule, Project, Scene
from projects.models.locks import lock_scenes

logger = logging.getLogger("dailies.mirror")

# the sweep has other things to do: the rest follows in its next round
AT_ONCE = 100
INTERVAL = timedelta(days=1)


@dataclass
class Removed:
    """How many files went, and how many bytes."""

    count: int = 0
    bytes: int = 0

    def add(self, count: int, size: int) -> None:
        """Count more of them."""
        self.count += count
        self.bytes += size


def clean_up(project: Project | None = None, by: User | None = None, limit: int | None = None) -> Removed:
    """Remove what goes of one project, or of all and from the caches; at most `limit` files."""
    removed = Removed()
    for part in parts_of(project) if project else all_parts():
        if limit is None or removed.count < limit:
            _remove_part(part, by, removed, limit and limit - removed.count)
    if project is None and (limit is None or removed.count < limit):
        _remove_caches(by, removed, limit and limit - removed.count)
    return removed


def clean_up_daily() -> None:
    """Do a part of it, if a rule is on and the last time is a day ago; the sweep calls it every few seconds."""
    rules = list(CleanUpRule.objects.all())
    studio = next((rule for rule in rules if rule.project_id is None), None)
    if studio is None or not any(rule.is_on for rule in rules):
        return
    now = timezone.now()
    # a time ahead of now is from before a clock was set back
    if studio.ran_at and studio.ran_at <= now < studio.ran_at + INTERVAL:
        return
    if clean_up(limit=AT_ONCE).count < AT_ONCE:
        CleanUpRule.objects.filter(pk=studio.pk).update(ran_at=now)


def _remove_part(part: Part, by: User | None, removed: Removed, limit: int | None) -> None:
    by_scene: defaultdict[int, list[Asset]] = defaultdict(list)
    for asset in part.assets[:limit]:
        by_scene[asset.scene_id].append(asset)
    for assets in by_scene.values():
        try:
            count, size = _remove_of_scene(assets, part.why, by)
        except OSError as error:
            # the rows are as they were: the next run tries again
            logger.warning("clean-up %s: %s", assets[0].scene.path, error)
            continue
        removed.add(count, size)


def _remove_of_scene(assets: Sequence[Asset], why: Why, by: User | None) -> tuple[int, int]:
    """Remove the files of these rows, which are of one scene, and return their number and size."""
    # outside of the transaction, which blocks other writers: to know a file in the trash it is read
    places = {asset.pk: list(_places(asset)) for asset in assets}
    scene = assets[0].scene
    with transaction.atomic():
        lock_scenes([scene.pk])
        # again, with the scene locked: somebody may have chosen or restored one, or put it into the cut
        kept = in_use(scene.project)
        columns = ("trashed_at", "selected", "missing_since")
        before = {asset.pk: tuple(getattr(asset, name) for name in columns) for asset in assets}
        rows = Asset.objects.filter(pk__in=before).select_related("scene__project")
        going = [
            row
            for row in rows
            if before[row.pk] == tuple(getattr(row, name) for name in columns) and row.pk not in kept
        ]
        if not going or _trashed_at(going[0].scene) != _trashed_at(scene):
            return 0, 0
        size = _forget(going, why, by)
        for row in going:
            for path in places[row.pk]:
                _take_away(path, row, why)
    publish.publish_storyboard_change(scene.project, scene)
    return len(going), size


def _trashed_at(scene: Scene) -> tuple[datetime | None, datetime | None]:
    return scene.trashed_at, scene.project.trashed_at


def _forget(rows: Sequence[Asset], why: Why, by: User | None) -> int:
    """Note on the rows that their files are gone, and in the audit log who did it; return the size of the files."""
    now, scene = timezone.now(), rows[0].scene
    keys = [row.pk for row in rows]
    Asset.objects.filter(pk__in=keys).update(missing_since=now)
    if why == "rejected":
        Asset.objects.filter(pk__in=keys).update(trashed_at=now, trashed_by=by)
    mirror.changed(scene)
    size = sum(row.bytes for row in rows)
    names = ", ".join(row.file_name for row in rows)
    audit.enter(audit.Action.CLEANED_UP, by, f"{scene.name}, {names}", scene.project, reason=why, bytes=size)
    return size


def _take_away(path: Path, asset: Asset, why: Why) -> None:
    """Remove a file, or move a rejected one to the folder that the studio has for them."""
    if why == "rejected" and settings.REJECTED_ROOT:
        folder = Path(settings.REJECTED_ROOT) / asset.scene.project.slug / asset.scene.folder_name
        move_to_trash(path, folder)
    else:
        path.unlink(missing_ok=True)


def _places(asset: Asset) -> Iterator[Path]:
    """Yield where the file of a row is, in its place or in the trash, and the picture that it was made of."""
    folder = _scene_folder(asset)
    if folder and not asset.trashed_at:
        originals = folder / asset.folder_name / ORIGINALS
        yield from islice(_of_row(asset, [folder / asset.folder_name / asset.file_name]), 1)
        yield from _originals(asset, [originals / asset.original_file])
    project = _project_folder(asset.scene.project)
    if not asset.trashed_at or project is None:
        return
    trash = project / TRASH / asset.scene.folder_name / asset.folder_name
    yield from islice(_of_row(asset, find_in_trash(trash, asset.file_name)), 1)
    yield from _originals(asset, find_in_trash(trash / ORIGINALS, asset.original_file or "-"))


def _of_row(asset: Asset, paths: Sequence[Path]) -> Iterator[Path]:
    """Yield those that have the content of the row: names are used again, and people put files in place of others."""
    return (path for path in paths if not path.is_symlink() and is_whole(path, asset))


def _originals(asset: Asset, paths: Sequence[Path]) -> Iterator[Path]:
    if asset.original_file:
        yield from islice((path for path in paths if is_original(path, asset)), 1)


def _project_folder(project: Project) -> Path | None:
    return project.path if project.path.is_dir() else folder_in_trash(project.path, PROJECT_FILE)


def _scene_folder(asset: Asset) -> Path | None:
    project = _project_folder(asset.scene.project)
    folder = project / asset.scene.folder_name if project else None
    if folder is None or (folder.is_dir() and not asset.scene.trashed_at):
        return folder
    return folder_in_trash(folder, f"metadata/{SCENE_FILE}")


def _remove_caches(by: User | None, removed: Removed, limit: int | None) -> None:
    gone = Removed()
    for file in islice(old_cache_files(remove=True), limit):
        gone.add(1, file.bytes)
    if gone.count:
        audit.enter(
            audit.Action.CLEANED_UP, by, _("{count} segments and proxies").format(count=gone.count), bytes=gone.bytes
        )
        removed.add(gone.count, gone.bytes)
