"""What a person can do with the files of a scene, and how a generated file is added."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from projects import mirror
from projects.actions.originals import restore_original, trash_original
from projects.disk import decoding
from projects.disk.atomic import IncomingFile, TooLarge
from projects.disk.convertible import MAX_BYTES as MAX_CONVERTIBLE_BYTES
from projects.disk.convertible import Convertible, convertible
from projects.disk.layout import FOLDER_BY_KIND, ORIGINALS, TRASH
from projects.disk.links import link_to_free_name, move_to_free_name
from projects.disk.media import Media, sha256_of
from projects.disk.media_errors import damaged_media, unsupported_media
from projects.disk.names import media_suffix, plain_text, safe_file_name, uploaded_name
from projects.disk.room import is_out_of_room
from projects.disk.sniff import HEAD_BYTES, sniff
from projects.disk.trash import find_in_trash, move_to_trash
from projects.live import publish
from projects.mirror import contributions
from projects.mirror.asset_rows import Original, add_asset
from projects.models import Asset, Scene
from projects.models.locks import locked_in_trash, locked_scene
from projects.problems import FieldProblem, Problem, conflict, disk_full, wrong_field

_KINDS = {"image": "picture", "audio": "sound", "video": "video"}


def max_bytes(kind: str) -> int:
    """Return the largest size of a file of a kind, in bytes."""
    limits = {"image": settings.MAX_IMAGE_BYTES, "audio": settings.MAX_AUDIO_BYTES, "video": settings.MAX_VIDEO_BYTES}
    return limits[kind]


def store_upload(
    scene: Scene,
    file_name: str,
    chunks: Iterable[bytes],
    *,
    only: str | None = None,
    field: str = "file",
    source: Asset.Source = Asset.Source.UPLOADED,
) -> Asset:
    """Store a file, judged by its content; nothing is kept of one that is refused.

    Problem 413 too large, 415 wrong kind, 422 empty or damaged, 503 disk full. With `only` (a kind) the file is one
    field among others, and whatever is wrong with its content is 422 on `field`.
    """
    try:
        return _store(scene, file_name, iter(chunks), only, source)
    except Problem as problem:
        if problem.status not in (413, 415, 422):
            raise
        status = 422 if only and problem.status == 415 else problem.status
        fields = [FieldProblem(field, problem.message)]
        raise Problem(problem.message, code=problem.code, status=status, fields=fields) from problem
    except OSError as error:
        if not is_out_of_room(error):
            raise
        raise disk_full() from error


def store_uploads(scene: Scene, files: Sequence[UploadedFile[bytes]], *, only: str | None = None) -> list[Asset]:
    """Store the files of one form, all or none, as `store_upload` stores each."""
    stored: list[Asset] = []
    for file in files:
        try:
            stored.append(store_upload(scene, file.name or "", file.chunks(), only=only))
        except Problem as problem:
            for asset in stored:
                trash_asset(asset)
            if len(files) == 1:
                raise
            name = plain_text(file.name or "") or f"File {len(stored) + 1}"
            raise problem.about(name) from problem
    return stored


def _store(scene: Scene, file_name: str, chunks: Iterator[bytes], only: str | None, source: Asset.Source) -> Asset:
    head = _head(chunks)
    format, converted = sniff(head), convertible(head)
    if not head:
        raise damaged_media("The file is empty (0 bytes): choose another one.")
    if format is None and converted is None:
        raise unsupported_media("This file is not a picture, sound or video that Dailies can use.")
    kind = format.kind if format else "image"
    if only and kind != only:
        raise unsupported_media(f"This file is not a {_KINDS[only]}.")
    limit = max_bytes(kind) if format else MAX_CONVERTIBLE_BYTES
    with IncomingFile(scene.path / FOLDER_BY_KIND[kind], limit) as incoming:
        try:
            incoming.write(head)
            for chunk in chunks:
                incoming.write(chunk)
        except TooLarge:
            raise _too_large(kind, limit) from None
        incoming.flush()
        if converted and not format:
            return _store_converted(scene, incoming, converted, file_name, source)
        details = decoding.inspect(incoming.path, incoming.sha256)
        if details.bytes > max_bytes(details.kind):
            raise _too_large(details.kind, max_bytes(details.kind))
        return _keep(scene, incoming, details, file_name, source)


def _store_converted(
    scene: Scene, original: IncomingFile, format: Convertible, file_name: str, source: Asset.Source
) -> Asset:
    """Store what is made of a picture, and the picture as it came beside it."""
    picture = decoding.convert(original.path, max_bytes("image"))
    with IncomingFile(original.folder) as incoming:
        incoming.write(picture)
        incoming.flush()
        details = decoding.inspect(incoming.path, incoming.sha256)
        return _keep(scene, incoming, details, file_name, source, (original, format.suffix))


def _head(chunks: Iterator[bytes]) -> bytes:
    head = bytearray()
    for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    return bytes(head)


def _too_large(kind: str, limit: int) -> Problem:
    size = limit // (1024 * 1024)
    return Problem(f"The {_KINDS[kind]} is larger than {size} MB: make it smaller.", code="too_large", status=413)


def _keep(
    scene: Scene,
    incoming: IncomingFile,
    details: Media,
    file_name: str,
    source: Asset.Source,
    converted: tuple[IncomingFile, str] | None = None,
) -> Asset:
    """Name a file and make its row; `converted` is the picture that it was made of, and the ending of its name."""
    name = safe_file_name(file_name, details.suffix)
    with transaction.atomic():
        scene = locked_scene(scene)
        # the file first: a crash before the commit leaves a whole file without a row, which `rebuild` adds
        kept = incoming.keep(name, scene.path / FOLDER_BY_KIND[details.kind], _taken(scene, details.kind))
        publish.publish_storyboard_change(scene.project, scene)
        # what has no ending is no file of a person's: a data URI, an address, a frame
        original_name = uploaded_name(file_name) if media_suffix(file_name) else ""
        original = _keep_original(kept, *converted) if converted else None
        return add_asset(scene, kept.name, details, source, original_name=original_name, original=original)


def _keep_original(kept: Path, original: IncomingFile, suffix: str) -> Original:
    """Give the picture as it came the name of what was made of it."""
    folder = kept.parent / ORIGINALS
    return Original(original.keep(f"{kept.stem}{suffix}", folder).name, original.sha256)


def _taken(scene: Scene, kind: str) -> set[str]:
    """Names of rows, whether their files exist or not."""
    return set(scene.assets.filter(kind=kind, trashed_at=None).values_list("file_name", flat=True))


def add_generated(scene: Scene, temporary: Path, details: Media, file_name: str, take: int) -> Asset:
    """Give a checked and flushed file its name and make its row; a second call returns the same asset.

    `temporary` stays until its owner removes it after the commit: after a crash it proves that the file is whole and
    need not be downloaded again. A scene that was deleted in the meantime gets the file too: it is paid for, and
    follows the scene to the trash.
    """
    with transaction.atomic():
        scene = Scene.objects.select_for_update(no_key=True, of=("self",)).select_related("project").get(pk=scene.pk)
        known = scene.assets.filter(
            kind=details.kind, take=take, sha256=details.sha256, source=Asset.Source.GENERATED
        ).first()
        if known is not None:
            return known
        videos = scene.path / FOLDER_BY_KIND[details.kind]
        taken = _taken(scene, details.kind)
        # an earlier attempt may have placed it, and ended before its row was committed
        if not _is_whole(videos / file_name, details, taken):
            file_name = link_to_free_name(temporary, videos, file_name, taken).name
        return add_asset(scene, file_name, details, Asset.Source.GENERATED, take)


def _is_whole(path: Path, details: Media | Asset, taken: Container[str] = ()) -> bool:
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
        raise wrong_field("selected", "selected is for videos only.")
    if selected:
        asset.scene.assets.exclude(pk=asset.pk).update(selected=False, selected_automatically=False)
    asset.selected = selected
    # whoever chooses what was chosen automatically confirms it
    asset.selected_automatically = selected and automatically
    asset.save(update_fields=["selected", "selected_automatically"])


def _rename(scene: Scene, asset: Asset, name: str) -> None:
    if name == asset.file_name:
        return
    try:
        # a crash before the commit leaves the file under its new name; `rebuild` recognizes it by its hash
        placed = move_to_free_name(asset.path, asset.path.parent, name, _taken(scene, asset.kind))
    except FileNotFoundError:
        raise file_missing(asset) from None
    asset.file_name = placed.name
    asset.save(update_fields=["file_name"])


def trash_asset(asset: Asset, by: User | None = None) -> None:
    """Move a file to `.trash/scene-N/…` in the project's folder; `by` is who did it.

    Raise Problem 409 while an unfinished job needs it.
    """
    with transaction.atomic():
        scene = locked_scene(asset.scene)
        if contributions.jobs().is_busy(asset):
            raise conflict("An unfinished take needs this file: wait for it, or cancel it first.", "unfinished_jobs")
        asset.trashed_at, asset.trashed_by = timezone.now(), by
        # `selected` stays, for when the file is restored
        asset.save(update_fields=["trashed_at", "trashed_by"])
        mirror.changed(scene)
        publish.publish_storyboard_change(scene.project, scene)
        # last, so that a file that cannot be moved rolls the rest back; one that is gone needs no move
        if asset.path.is_file():
            trash = scene.project.path / TRASH / scene.folder_name / asset.folder_name
            move_to_trash(asset.path, trash)
            trash_original(asset, trash)


def restore_asset(asset: Asset) -> None:
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
        mirror.changed(scene)
        publish.publish_storyboard_change(scene.project, scene)


def _bring_back(scene: Scene, asset: Asset) -> Path:
    """Find the file by its content, since names are used again; one that never left its place stays there."""
    taken = _taken(scene, asset.kind)
    if _is_whole(asset.path, asset, taken):
        return asset.path
    trash = scene.project.path / TRASH / scene.folder_name / asset.folder_name
    in_trash = next((path for path in find_in_trash(trash, asset.file_name) if _is_whole(path, asset)), None)
    if in_trash is None:
        raise conflict(f"{asset.file_name} is no longer in the trash, so it cannot be restored.", "trash_emptied")
    restore_original(asset, trash)
    return move_to_free_name(in_trash, asset.path.parent, asset.file_name, taken)


def file_missing(asset: Asset) -> Problem:
    """Return the Problem 404 for a row whose file is gone."""
    message = f"The file {asset.relative_path} is missing on disk: put it back, or delete its entry."
    return Problem(message, code="file_missing", status=404)
