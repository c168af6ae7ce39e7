"""A clip from Runway's store to the disk: streamed, resumed where it broke off, hashed on the way, flushed."""

from __future__ import annotations

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

from generation.runway.client import Client
from projects import fetch

logger = logging.getLogger("dailies.runway")

CHUNK_BYTES = 1024 * 1024
MAX_CLIP_BYTES = 4 * 1024**3
# slower than this after the first half minute is as good as dead
LEAST_BYTES_PER_SECOND = 8 * 1024
GRACE_SECONDS = 30.0
FLUSH_SECONDS = 0.1


class LinkExpired(Exception):
    """The link does not hold (any more): ask for the task again."""


class ClipChanged(LinkExpired):
    """What has come so far is of another clip."""


class TooLarge(Exception):
    """More than any clip has; what has come is of no use."""


class Interrupted(Exception):
    """The way broke off; what has come is kept and the next try goes on from there."""


def download(client: Client, url: str, part: Path) -> str:
    """Bring `part` to the whole clip; its sha256. LinkExpired, Interrupted, OSError of the disk."""
    part.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(part, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as file:  # noqa: PTH123 - created, never truncated
        # says to those who clear up that the writer lives
        fcntl.flock(file, fcntl.LOCK_EX)
        digest = hashlib.file_digest(file, "sha256")
        start = file.tell()
        began = time.monotonic()
        with _opened(client, url, start) as answer:
            if answer.status_code == 200 and start:
                digest, start = _from_the_beginning(file)
            with _flushed_meanwhile(file):
                _receive(answer, file, digest, start)
        file.flush()
        os.fsync(file.fileno())
        size, seconds = file.tell(), time.monotonic() - began
    rate = (size - start) / max(seconds, 0.001) / 1e6
    logger.info("download file=%s bytes=%d resumed_at=%d seconds=%.2f MB/s=%.1f", part.name, size, start, seconds, rate)
    return digest.hexdigest()


def _from_the_beginning(file: BinaryIO) -> tuple[hashlib._Hash, int]:
    """The store does not resume: it sends everything again."""
    file.seek(0)
    file.truncate()
    return hashlib.sha256(), 0


@contextmanager
def _opened(client: Client, url: str, start: int) -> Iterator[requests.Response]:
    try:
        with client.output(url, start) as answer:
            _check_status(answer.status_code)
            yield answer
    except requests.RequestException as error:
        raise Interrupted(f"the connection broke off ({type(error).__name__})") from error
    except (fetch.AddressRefused, fetch.AddressUnreachable) as error:
        raise Interrupted(str(error)) from error


def _check_status(status: int) -> None:
    if status in (200, 206):
        return
    if status == 416:
        # more is here than the store has: what is here is not this clip
        raise ClipChanged("the clip has changed at Runway")
    if status in (401, 403, 404, 410):
        raise LinkExpired(f"the link answers {status}")
    raise Interrupted(f"the link answers {status}")


def _receive(answer: requests.Response, file: BinaryIO, digest: hashlib._Hash, start: int) -> None:
    received, began = 0, time.monotonic()
    for chunk in answer.iter_content(CHUNK_BYTES):
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
