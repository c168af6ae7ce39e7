"""Files and folders on disk: whole or not there, never over another's, never outside. No Django."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from projects.disk.names import numbered
from projects.disk.names import project_slug as project_slug
from projects.disk.names import safe_file_name as safe_file_name

SCENE_FOLDERS = ("images", "audio", "videos", "metadata", "exports")
TRASH = ".trash"
_TEMPORARY = ".incoming-"
# file systems without hard links (exFAT, some network shares)
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


class TooLarge(Exception):
    """More bytes than the limit."""


def make_scene_folders(path: Path) -> None:
    missing = [path / name for name in SCENE_FOLDERS if not (path / name).is_dir()]
    for folder in missing:
        folder.mkdir(parents=True, exist_ok=True)
    if missing:
        sync_folder(path)
        sync_folder(path.parent)


def free_name(folder: Path, name: str, taken: Container[str] = ()) -> str:
    """`name`, or the first of `name-2`, `name-3` … that neither the folder nor `taken` has."""
    return next(free for free in numbered(name) if free not in taken and not os.path.lexists(folder / free))


def sync_folder(path: Path) -> None:
    """A rename survives a power cut only once its folder is on disk too."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Incoming:
    """A file on its way in: `with Incoming(folder, limit) as incoming: …write(…); incoming.keep(name)`.

    It stands under a temporary name that carries the writer's pid, and is locked while it is written: the lock
    dies with the writer, even where pids are used again. Whatever is not kept is removed.
    """

    def __init__(self, folder: Path, limit: int | None = None) -> None:
        self.folder = folder
        self.limit = limit
        self.size = 0
        self._digest = hashlib.sha256()
        self._kept = False

    def __enter__(self) -> Incoming:
        self.folder.mkdir(parents=True, exist_ok=True)
        while True:
            self.path = self.folder / f"{_TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}"
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # cleared between the two calls above, by somebody who took us for dead
            if os.fstat(descriptor).st_nlink:
                self._file = open(descriptor, "wb")  # noqa: PTH123 - a descriptor; closed in __exit__
                return self
            os.close(descriptor)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._kept:
            self.path.unlink(missing_ok=True)
        self._file.close()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.limit is not None and self.size > self.limit:
            raise TooLarge(f"more than {self.limit} bytes")
        self._digest.update(chunk)
        self._file.write(chunk)

    def flush(self) -> None:
        """Everything written is on disk; others may read `path` from here on."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def keep(self, name: str, folder: Path | None = None, taken: Container[str] = ()) -> Path:
        """Flushed, then renamed to `name` or the next free one, in this folder or in one beside it."""
        self.flush()
        kept = place(self.path, folder or self.folder, name, taken)
        self._kept = True
        return kept

    def replace(self, name: str) -> None:
        """Flushed, then renamed over whatever has that name: for files of ours alone. The caller flushes the folder."""
        self.flush()
        self.path.replace(self.folder / name)
        self._kept = True


def sidecar_name(file_name: str) -> str:
    """Of the record in `metadata/` that belongs to a generated file, by the name that the file came with."""
    return f"{Path(file_name).stem}.json"


def part_file(folder: Path, key: str) -> Path:
    """Where a download grows until it is whole: the same place at every try, so that it can go on from there."""
    return folder / f"{_TEMPORARY}part-{key}"


def write_atomically(path: Path, data: bytes) -> None:
    """A reader sees the old file or the new one, never half of one."""
    write_all_atomically(path.parent, {path.name: data})


def write_all_atomically(folder: Path, files: Mapping[str, bytes]) -> None:
    """Each by itself, in this order; a crash may leave the later ones as they were."""
    for name, data in files.items():
        with Incoming(folder) as incoming:
            incoming.write(data)
            incoming.replace(name)
    sync_folder(folder)


def place(source: Path, folder: Path, name: str, taken: Container[str] = ()) -> Path:
    """Rename a file into `folder` under a free name; never over a file that is there, nor one that comes just now."""
    target = give_name(source, folder, name, taken)
    source.unlink(missing_ok=True)
    return target


def give_name(source: Path, folder: Path, name: str, taken: Container[str] = ()) -> Path:
    """Like `place`, but `source` stays as a second name of the file, where the disk knows such."""
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        target = folder / free_name(folder, name, taken)
        try:
            # a link refuses to replace, which a rename does not
            os.link(source, target)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            source.rename(target)
        sync_folder(folder)
        return target


def link(source: Path, target: Path) -> None:
    """The same bytes under another name, ours alone: a copy where the file system has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with source.open("rb") as given, target.open("xb") as copy:
            shutil.copyfileobj(given, copy)
            copy.flush()
            os.fsync(copy.fileno())


def move_to_trash(path: Path, trash: Path) -> Path:
    """Nothing is deleted: a file or folder goes to `trash`, beside what is there already."""
    trash.mkdir(parents=True, exist_ok=True)
    target = path.rename(trash / free_name(trash, path.name))
    sync_folder(trash)
    sync_folder(path.parent)
    return target


def in_trash(trash: Path, name: str) -> list[Path]:
    """What may once have been `name`: under that name, or numbered because another lay there already."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    numbered = re.compile(rf"{re.escape(stem)}(-\d+)?{re.escape(ending)}")
    try:
        return [path for path in sorted(trash.iterdir()) if numbered.fullmatch(path.name) and not path.is_symlink()]
    except FileNotFoundError:
        return []


def move_back(path: Path, target: Path) -> None:
    """A folder out of the trash, never over what stands there: FileExistsError."""
    if os.path.lexists(target):
        raise FileExistsError(target)
    path.rename(target)
    sync_folder(target.parent)
    sync_folder(path.parent)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock file `path`, against other processes and other threads; it goes with its holder."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        # said aloud: a child forked in between has the descriptor too, and would go on holding the lock
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def clear_dead_temporaries(root: Path) -> int:
    """Remove what dead writers left under `root`; a live writer holds its lock. Returns how many."""
    return sum(_clear(path) for path in root.rglob(f"{_TEMPORARY}*"))


def _clear(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


@dataclass(frozen=True)
class FileNode:
    name: str
    bytes: int
    modified: float
    """Seconds since 1970."""


@dataclass(frozen=True)
class FolderNode:
    name: str
    bytes: int
    """Of everything below it."""
    folders: tuple[FolderNode, ...]
    files: tuple[FileNode, ...]


def tree(path: Path) -> FolderNode:
    """What stands on disk, by name; dot-names and links are left out, a folder that is not there is empty."""
    folders: list[FolderNode] = []
    files: list[FileNode] = []
    for entry in _entries(path):
        # it may go while we look
        with contextlib.suppress(FileNotFoundError):
            if entry.is_dir(follow_symlinks=False):
                folders.append(tree(path / entry.name))
            elif entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                files.append(FileNode(_shown(entry.name), status.st_size, status.st_mtime))
    size = sum(node.bytes for node in folders) + sum(file.bytes for file in files)
    return FolderNode(_shown(path.name), size, tuple(folders), tuple(files))


def _shown(name: str) -> str:
    """Bytes that are no UTF-8 become a sign for that: a page could not be sent with them."""
    return os.fsencode(name).decode(errors="replace")


def files_in(path: Path) -> list[Path]:
    """The files right in a folder, as `tree` lists them, under their true names."""
    return [path / entry.name for entry in _entries(path) if entry.is_file(follow_symlinks=False)]


def _entries(path: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
