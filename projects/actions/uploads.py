"""Uploads in parts, which go on where a connection was cut: begin, append, and the last part stores the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.actions.new_assets import max_bytes, store_upload
from projects.disk.names import MAX_UPLOADED_NAME
from projects.disk.room import is_out_of_room
from projects.disk.upload_parts import PartBusy, UploadPart, remove_old_parts
from projects.models import Scene, Upload
from projects.problems import Problem, conflict, disk_full, not_found, too_many, wrong_field

LIFE = timedelta(days=1)
"""So long an upload may be continued."""
MAX_PART_BYTES = 8 * 2**20
MAX_OPEN = 200
MAX_OPEN_BYTES = 4 * 2**30
"""What one person may have begun and not finished, in all scenes."""
KINDS = ("image", "audio", "video")


def begin_upload(
    user: User, scene: Scene, file_name: str, size: int, *, only: str = "", fingerprint: str = ""
) -> Upload:
    """Begin an upload of `size` bytes, or return the one that this person began with the same fingerprint.

    Raise Problem 422 for a size of 0, 413 for one that no kind of file may have, 429 over what one may have begun.
    """
    remove_expired()
    if only and only not in KINDS:
        raise wrong_field("kind", _("kind must be one of {kinds}.").format(kinds=", ".join(KINDS)))
    if size < 1:
        raise wrong_field("bytes", _("bytes must be at least 1: the file is empty."))
    limit = max(map(max_bytes, KINDS))
    if size > limit:
        raise Problem(
            _("The file is larger than {megabytes} MB: make it smaller.").format(megabytes=limit // 2**20),
            code="too_large",
            status=413,
        )
    mine = Upload.objects.filter(created_by=user, asset=None)
    known = mine.filter(scene=scene, fingerprint=fingerprint, bytes=size).first() if fingerprint else None
    if known:
        return known
    _check_room(user, size)
    return Upload.objects.create(
        scene=scene,
        created_by=user,
        file_name=file_name[:MAX_UPLOADED_NAME],
        bytes=size,
        only=only,
        fingerprint=fingerprint,
        expires_at=timezone.now() + LIFE,
    )


def _check_room(user: User, size: int) -> None:
    begun = Upload.objects.filter(created_by=user, asset=None).aggregate(count=Count("pk"), bytes=Sum("bytes"))
    if begun["count"] >= MAX_OPEN or (begun["bytes"] or 0) + size > MAX_OPEN_BYTES:
        raise too_many(_("You have begun too many uploads. Finish or cancel one of them first."))


def find_upload(user: User, scene: Scene, upload_id: UUID | str) -> Upload:
    """Return an upload of this person. Raise Problem 404."""
    mine = scene.uploads.filter(created_by=user, expires_at__gt=timezone.now())
    # an id that is no UUID belongs to nothing
    with suppress(ValidationError):
        if found := mine.filter(pk=upload_id).first():
            return found
    raise not_found(_("upload: it was finished or cancelled a while ago, or has expired"))


def received(upload: Upload) -> int:
    """Return how many bytes have arrived."""
    return upload.bytes if upload.asset_id else _part(upload).size


def append(upload: Upload, offset: int, content: bytes) -> Upload:
    """Append a part that begins at `offset`; the last one stores the file, and sets `asset`.

    Raise Problem 409 where the upload goes on elsewhere, 413 for more than was announced, and what `store_upload`
    raises; a file that is refused is dropped.
    """
    if len(content) > MAX_PART_BYTES:
        raise Problem(
            _("A part may have {megabytes} MB at most.").format(megabytes=MAX_PART_BYTES // 2**20),
            code="too_large",
            status=413,
        )
    part = _part(upload)
    with _locked(part):
        upload.refresh_from_db()
        if upload.asset_id:
            return upload
        if offset != part.size:
            raise conflict(
                _("This upload goes on at {size}, not at {offset}.").format(size=part.size, offset=offset),
                "wrong_offset",
            )
        if offset + len(content) > upload.bytes:
            raise Problem(
                _("This upload has {bytes} bytes, not more.").format(bytes=upload.bytes), code="too_large", status=413
            )
        _write(part, content)
        if part.size == upload.bytes:
            _store(upload, part)
    return upload


def cancel_upload(upload: Upload) -> None:
    """Drop an upload and what has arrived of it."""
    # before it loses its key
    part = _part(upload)
    upload.delete()
    part.remove()


def remove_expired() -> None:
    """Drop the uploads that were not continued in time."""
    expired = list(Upload.objects.filter(expires_at__lte=timezone.now())[:100])
    for upload in expired:
        cancel_upload(upload)
    if expired:
        # and those whose scene was deleted with its rows
        remove_old_parts(Path(settings.PROJECTS_ROOT), 2 * LIFE.total_seconds())


def _part(upload: Upload) -> UploadPart:
    return UploadPart(Path(settings.PROJECTS_ROOT), str(upload.pk))


@contextmanager
def _locked(part: UploadPart) -> Iterator[None]:
    try:
        with part.locked():
            yield
    except PartBusy:
        raise conflict(_("Another request is sending this upload."), "busy") from None


def _write(part: UploadPart, content: bytes) -> None:
    try:
        part.append(content)
    except OSError as error:
        if not is_out_of_room(error):
            raise
        raise disk_full() from error


def _store(upload: Upload, part: UploadPart) -> None:
    try:
        asset = store_upload(upload.scene, upload.file_name, part.chunks(), only=upload.only or None)
    except Problem as problem:
        # what is refused for its content would be refused again; a full disk may be emptied
        if problem.status in (413, 415, 422):
            cancel_upload(upload)
        raise
    # the row stays, so that whoever did not get the answer can ask
    upload.asset = asset
    upload.save(update_fields=["asset"])
    part.remove()
