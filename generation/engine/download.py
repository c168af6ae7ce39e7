"""Download a file from Runway's store: streamed, resumed where it broke off, hashed on the way, and flushed."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.utils.translation import gettext as _

from generation.engine.part_file import PartFile
from generation.runway.client import Client
from generation.runway.output_stream import OutputInterrupted, OutputRefused, OutputStream
from projects.disk.flush import flush_file
from projects.disk.refusals import is_refusal

logger = logging.getLogger("dailies.runway")

# below 128 kB, from which on the C library asks the system for the memory of each chunk anew
CHUNK_BYTES = 96 * 1024
MAX_FILE_BYTES = 4 * 1024**3
# a download that is slower after the first half minute is broken off
MIN_BYTES_PER_SECOND = 8 * 1024
GRACE_SECONDS = 30.0
FLUSH_SECONDS = 0.1
# the store has nothing after the bytes that we have, so the file may be complete
RANGE_NOT_SATISFIABLE = 416
# request time-out, too early, too many requests. For any other 4xx a new link is requested: stores answer an expired
# one with 400, 401, 403, 404 or 410
TEMPORARY = (408, 425, 429)


class LinkExpired(Exception):
    """The link is not valid any more: the task has to be read again."""


class LinkUnusable(Exception):
    """The link can never be opened; the message is the reason, without a period."""


class ClipChanged(LinkExpired):
    """The bytes so far are of another file."""


class TooLarge(Exception):
    """The file is larger than any clip; its bytes are of no use."""


class Interrupted(Exception):
    """The connection broke off; the bytes so far are kept, and the next attempt continues after them."""


def download(client: Client, url: str, part: PartFile) -> str:
    """Complete `part` from a link and return the SHA-256 of the whole file.

    Raise LinkExpired, LinkUnusable, Interrupted, TooLarge, or OSError of the disk.
    """
    file = part.file
    digest = hashlib.file_digest(file, "sha256")
    start = file.tell()
    if part.is_complete:
        return digest.hexdigest()
    started_at = time.monotonic()
    with _open(client, url, start) as stream:
        if stream.status == 200 and start:
            digest, start = _start_over(file)
        if stream.status != RANGE_NOT_SATISFIABLE:
            with _flushing(file):
                _receive(stream, file, digest, start)
    file.flush()
    flush_file(file.fileno(), part.path)
    _log(part, start, time.monotonic() - started_at)
    return digest.hexdigest()


def _start_over(file: BinaryIO) -> tuple[hashlib._Hash, int]:
    """Truncate the file, for a store that does not resume but sends everything again."""
    file.seek(0)
    file.truncate()
    return hashlib.sha256(), 0


@contextmanager
def _open(client: Client, url: str, start: int) -> Iterator[OutputStream]:
    try:
        with client.stream_output(url, start) as stream:
            _check_status(stream, start)
            yield stream
    except OutputInterrupted as error:
        raise Interrupted(str(error)) from error
    except OutputRefused as error:
        raise LinkUnusable(str(error)) from error


def _check_status(stream: OutputStream, start: int) -> None:
    status = stream.status
    if status < 300 and stream.is_page:
        raise Interrupted(_("the link returned a page instead of a file"))
    if status == 200 or (status == 206 and _begins_at(stream.content_range, start)):
        return
    if status == 206:
        raise ClipChanged(_("the link returned another part of the clip"))
    if status == RANGE_NOT_SATISFIABLE:
        if stream.content_range == f"bytes */{start}":
            return
        # there are more bytes here than in the store
        raise ClipChanged(_("the clip has changed at Runway"))
    if 400 <= status < 500 and status not in TEMPORARY:
        raise LinkExpired(_("the link returned {status}").format(status=status))
    raise Interrupted(_("the link returned {status}").format(status=status))


def _begins_at(content_range: str, start: int) -> bool:
    """Return whether a part of the file begins where it was asked for; a store that does not say is believed at 0."""
    return content_range.startswith(f"bytes {start}-") or (not content_range and start == 0)


def _receive(stream: OutputStream, file: BinaryIO, digest: hashlib._Hash, start: int) -> None:
    received, started_at = 0, time.monotonic()
    while chunk := stream.read(CHUNK_BYTES):
        file.write(chunk)
        digest.update(chunk)
        received += len(chunk)
        _check_pace(start + received, received, time.monotonic() - started_at)


def _check_pace(size: int, received: int, seconds: float) -> None:
    if size > MAX_FILE_BYTES:
        raise TooLarge(_("it has more than {megabytes} MB").format(megabytes=MAX_FILE_BYTES // 2**20))
    if seconds > GRACE_SECONDS and received < MIN_BYTES_PER_SECOND * seconds:
        raise Interrupted(
            _("the download is too slow: {received} bytes in {seconds:.0f} s").format(
                received=received, seconds=seconds
            )
        )


@contextmanager
def _flushing(file: BinaryIO) -> Iterator[None]:
    """Flush to the disk on the way: half a gigabyte at the end would hold up every other process that flushes."""
    ended = threading.Event()
    failures: list[OSError] = []

    def flush() -> None:
        while not ended.wait(FLUSH_SECONDS):
            try:
                os.fdatasync(file.fileno())
            except OSError as error:
                failures.append(error)
                return

    thread = threading.Thread(target=flush, name="flush", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    # the system reports that a write was lost only once
    for error in failures:
        if not is_refusal(error):
            raise error


def _log(part: PartFile, start: int, seconds: float) -> None:
    size = part.file.tell()
    rate = (size - start) / max(seconds, 0.001) / 1e6
    logger.info(
        "download file=%s bytes=%d resumed_at=%d seconds=%.2f MB/s=%.1f", part.path.name, size, start, seconds, rate
    )
