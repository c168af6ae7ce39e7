"""Size, time and hash of many files, each opened once and read once, by several threads."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import NamedTuple

# to read and to hash leave Python to other threads; handing a single small file over costs as much as to hash it
_THREADS = min(os.cpu_count() or 1, 4)
_FILES_AT_ONCE = 64
_READ_BYTES = 1024 * 1024
# a link might lead out of the folder, and to open a pipe would wait for its writer
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class HashedFile(NamedTuple):
    """What was read of a file."""

    bytes: int
    time: int
    """When it was last written, in nanoseconds."""
    sha256: str


@contextmanager
def hashing_threads() -> Iterator[ThreadPoolExecutor]:
    """Give threads for `start_hashing()`; what they have not begun at the end is left."""
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="hash")
    try:
        yield threads
    finally:
        threads.shutdown(cancel_futures=True)


def start_hashing(paths: Sequence[str], threads: ThreadPoolExecutor) -> Iterator[HashedFile | OSError | None]:
    """Let the threads begin at once, and return what each file is, as `hash_files()` does."""
    parts = [paths[at : at + _FILES_AT_ONCE] for at in range(0, len(paths), _FILES_AT_ONCE)]
    return chain.from_iterable(threads.map(_hash_part, parts))


def hash_files(paths: Sequence[str]) -> Iterator[HashedFile | OSError | None]:
    """Yield what each file is, in order; None for what is no file or a link, the error of what cannot be read."""
    if len(paths) <= _FILES_AT_ONCE:
        yield from _hash_part(paths)
        return
    with hashing_threads() as threads:
        yield from start_hashing(paths, threads)


def _hash_part(paths: Sequence[str]) -> list[HashedFile | OSError | None]:
    return [_try_to_hash(path) for path in paths]


def _try_to_hash(path: str) -> HashedFile | OSError | None:
    try:
        return _hash_file(path)
    except ValueError:
        # no file can have such a name
        return None
    except OSError as error:
        # of a link ELOOP, of a device ENXIO
        return None if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO) else error


def _hash_file(path: str) -> HashedFile | None:
    file = os.open(path, _FLAGS)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            return None
        digest = hashlib.sha256()
        while content := os.read(file, min(status.st_size, _READ_BYTES) or 1):
            digest.update(content)
    finally:
        os.close(file)
    return HashedFile(status.st_size, status.st_mtime_ns, digest.hexdigest())
