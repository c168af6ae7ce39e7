"""A clip from Runway's store to the disk: streamed, resumed where it broke off, hashed on the way, flushed."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import requests
import urllib3

from generation.runway.client import Client
from projects.net.errors import AddressRefused, AddressUnreachable

logger = logging.getLogger("dailies.runway")

CHUNK_BYTES = 1024 * 1024
MAX_CLIP_BYTES = 4 * 1024**3
# slower than this after the first half minute is as good as dead
LEAST_BYTES_PER_SECOND = 8 * 1024
GRACE_SECONDS = 30.0
FLUSH_SECONDS = 0.1
OPEN_TRIES, LOCK_TRIES, LOCK_SECONDS = 10, 20, 0.05
# 416: there is nothing behind what we have, so we may have all of it
WHOLE = 416


class LinkExpired(Exception):
    """The link does not hold (any more): ask for the task again."""


class ClipChanged(LinkExpired):
    """What has come so far is of another clip."""


class TooLarge(Exception):
    """More than any clip has; what has come is of no use."""


class Interrupted(Exception):
    """The way broke off; what has come is kept and the next try goes on from there."""


class Part:
    """The growing file of a clip, ours while this is open: locked, and the one that stands under its name.

    One who holds it without a claim any more hangs; it is left with a file that nobody sees. `whole`: the clip was
    checked and had its name already when its writer died, so there is nothing to fetch.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.whole = False

    def __enter__(self) -> Part:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(OPEN_TRIES):
            if self._open():
                return self
        raise OSError(errno.EBUSY, "others take it away again and again", str(self.path))

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def drop(self) -> None:
        """Nothing of it is of any use; where the name is another's by now, that one is left alone."""
        if self._stands():
            self.path.unlink(missing_ok=True)

    def _open(self) -> bool:
        self.file = open(self.path, "r+b", opener=_created)  # noqa: SIM115 - closed in __exit__
        if not _locked(self.file):
            self.path.unlink(missing_ok=True)
        elif self._stands():
            self.whole = os.fstat(self.file.fileno()).st_nlink > 1
            return True
        self.file.close()
        return False

    def _stands(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self.file.fileno()), self.path.stat())
        except FileNotFoundError:
            return False


def _created(path: str, _: int) -> int:
    """Made where it is missing, and never emptied."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)


def _locked(file: BinaryIO) -> bool:
    """Those who clear up hold it for a moment, the hanging for ever."""
    for _ in range(LOCK_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOCK_SECONDS)
        else:
            return True
    return False


def download(client: Client, url: str, part: Part) -> str:
    """Bring `part` to the whole clip; its sha256. LinkExpired, Interrupted, TooLarge, OSError of the disk."""
    file = part.file
    digest = hashlib.file_digest(file, "sha256")
    start = file.tell()
    if part.whole:
        return digest.hexdigest()
    began = time.monotonic()
    with _opened(client, url, start) as answer:
        if answer.status_code == 200 and start:
            digest, start = _from_the_beginning(file)
        if answer.status_code != WHOLE:
            with _flushed_meanwhile(file):
                _receive(answer, file, digest, start)
    file.flush()
    os.fsync(file.fileno())
    size, seconds, name = file.tell(), time.monotonic() - began, part.path.name
    rate = (size - start) / max(seconds, 0.001) / 1e6
    logger.info("download file=%s bytes=%d resumed_at=%d seconds=%.2f MB/s=%.1f", name, size, start, seconds, rate)
    return digest.hexdigest()


def _from_the_beginning(file: BinaryIO) -> tuple[hashlib._Hash, int]:
    """The store does not resume: it sends everything again."""
    file.seek(0)
    file.truncate()
    return hashlib.sha256(), 0


@contextmanager
def _opened(client: Client, url: str, start: int) -> Iterator[requests.Response]:
    try:
        with client.stream_output(url, start) as answer:
            _check_status(answer, start)
            yield answer
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise Interrupted(f"the connection broke off ({type(error).__name__})") from error
    except (AddressRefused, AddressUnreachable) as error:
        raise Interrupted(str(error)) from error


def _check_status(answer: requests.Response, start: int) -> None:
    status = answer.status_code
    if status in (200, 206):
        return
    if status == WHOLE and answer.headers.get("Content-Range") == f"bytes */{start}":
        return
    if status == WHOLE:
        # more is here than the store has: what is here is not this clip
        raise ClipChanged("the clip has changed at Runway")
    if status in (401, 403, 404, 410):
        raise LinkExpired(f"the link answers {status}")
    raise Interrupted(f"the link answers {status}")


def _receive(answer: requests.Response, file: BinaryIO, digest: hashlib._Hash, start: int) -> None:
    received, began = 0, time.monotonic()
    # as it comes: to wait for a full chunk of a clip that trickles would be to wait for ever
    while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=True):
        file.write(chunk)
        digest.update(chunk)
        received += len(chunk)
        _check_pace(start + received, received, time.monotonic() - began)


@contextmanager
def _flushed_meanwhile(file: BinaryIO) -> Iterator[None]:
    """Half a gigabyte flushed at the end would hold up whoever else flushes; so it is done on the way."""
    ended = threading.Event()

    def flush() -> None:
        while not ended.wait(FLUSH_SECONDS):
            os.fdatasync(file.fileno())

    flusher = threading.Thread(target=flush, name="flush", daemon=True)
    flusher.start()
    try:
        yield
    finally:
        ended.set()
        flusher.join()


def _check_pace(size: int, received: int, seconds: float) -> None:
    if size > MAX_CLIP_BYTES:
        raise TooLarge(f"more than {MAX_CLIP_BYTES // 2**20} MB came, and no end")
    if seconds > GRACE_SECONDS and received < LEAST_BYTES_PER_SECOND * seconds:
        raise Interrupted(f"the download is too slow: {received} bytes in {seconds:.0f} s")
