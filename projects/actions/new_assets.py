"""How a file becomes an asset of a scene: one that a person gives, and one that was generated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from projects.actions.assets import discard_assets, is_whole, taken_names
from projects.disk import decoding
from projects.disk.atomic import IncomingFile, TooLarge
from projects.disk.convertible import MAX_BYTES as MAX_CONVERTIBLE_BYTES
from projects.disk.convertible import Convertible, convertible
from projects.disk.layout import FOLDER_BY_KIND, ORIGINALS
from projects.disk.links import link_to_free_name
from projects.disk.media import Media
from projects.disk.media_errors import damaged_media, unsupported_media
from projects.disk.names import media_suffix, plain_text, safe_file_name, uploaded_name
from projects.disk.room import is_out_of_room
from projects.disk.sniff import HEAD_BYTES, sniff
from projects.live import publish
from projects.mirror.asset_rows import Original, add_asset
from projects.mirror.write import make_folders
from projects.models import Asset, Scene
from projects.models.locks import locked_scene
from projects.problems import FieldProblem, Problem, disk_full, not_found

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
        make_folders(scene)
        return _store(scene, file_name, iter(chunks), only, source)
    except Problem as problem:
        if problem.status not in (413, 415, 422):
            raise
        status = 422 if only and problem.status == 415 else problem.status
        fields = [FieldProblem(field, problem.message)]
        raise Problem(problem.message, code=problem.code, status=status, fields=fields) from problem
    except OSError as error:
        if is_out_of_room(error):
            raise disk_full() from error
        if not scene.path.is_dir():
            # moved to the trash while the file came
            raise not_found(_("scene")) from error
        raise


def store_uploads(scene: Scene, files: Sequence[UploadedFile[bytes]], *, only: str | None = None) -> list[Asset]:
    """Store the files of one form, all or none, as `store_upload` stores each."""
    stored: list[Asset] = []
    for file in files:
        try:
            stored.append(store_upload(scene, file.name or "", file.chunks(), only=only))
        except Problem as problem:
            discard_assets(stored)
            if len(files) == 1:
                raise
            name = plain_text(file.name or "") or _("File {count}").format(count=len(stored) + 1)
            raise problem.about(name) from problem
    return stored


def _store(scene: Scene, file_name: str, chunks: Iterator[bytes], only: str | None, source: Asset.Source) -> Asset:
    head = _head(chunks)
    format, converted = sniff(head), convertible(head)
    if not head:
        raise damaged_media(_("The file is empty (0 bytes): choose another one."))
    if format is None and converted is None:
        raise unsupported_media(_("This file is not a picture, sound or video that Dailies can use."))
    kind = format.kind if format else "image"
    if only and kind != only:
        raise unsupported_media(_("This file is not a {kinds}.").format(kinds=_KINDS[only]))
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
    return Problem(
        _("The {kinds} is larger than {megabytes} MB: make it smaller.").format(kinds=_KINDS[kind], megabytes=size),
        code="too_large",
        status=413,
    )


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
        kept = incoming.keep(name, scene.path / FOLDER_BY_KIND[details.kind], taken_names(scene, details.kind))
        publish.publish_storyboard_change(scene.project, scene)
        # what has no ending is no file of a person's: a data URI, an address, a frame
        original_name = uploaded_name(file_name) if media_suffix(file_name) else ""
        original = _keep_original(kept, *converted) if converted else None
        return add_asset(scene, kept.name, details, source, original_name=original_name, original=original)


def _keep_original(kept: Path, original: IncomingFile, suffix: str) -> Original:
    """Give the picture as it came the name of what was made of it."""
    folder = kept.parent / ORIGINALS
    return Original(original.keep(f"{kept.stem}{suffix}", folder).name, original.sha256)


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
        taken = taken_names(scene, details.kind)
        # an earlier attempt may have placed it, and ended before its row was committed
        if not is_whole(videos / file_name, details, taken):
            file_name = link_to_free_name(temporary, videos, file_name, taken).name
        return add_asset(scene, file_name, details, Asset.Source.GENERATED, take)
