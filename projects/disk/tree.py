"""What is on disk: a folder as a tree of names and sizes, and the files right in it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FileNode:
    """A file in the tree."""

    name: str
    bytes: int
    modified: float
    """Seconds since 1970."""


@dataclass(frozen=True)
class FolderNode:
    """A folder in the tree."""

    name: str
    bytes: int
    """The sum of everything below it."""
    folders: tuple[FolderNode, ...]
    files: tuple[FileNode, ...]


def read_tree(path: Path) -> FolderNode:
    """Return what is below `path`, sorted by name, without dot-names and links. A missing folder is an empty one."""
    folders: list[FolderNode] = []
    files: list[FileNode] = []
    for entry in _entries(path):
        # it may be deleted meanwhile
        with contextlib.suppress(FileNotFoundError):
            if entry.is_dir(follow_symlinks=False):
                folders.append(read_tree(path / entry.name))
            elif entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                files.append(FileNode(_printable(entry.name), status.st_size, status.st_mtime))
    size = sum(node.bytes for node in folders) + sum(file.bytes for file in files)
    return FolderNode(_printable(path.name), size, tuple(folders), tuple(files))


def list_files(path: Path) -> list[Path]:
    """Return the files right in a folder, sorted by name, without dot-names and links."""
    return [path / entry.name for entry in _entries(path) if entry.is_file(follow_symlinks=False)]


def list_folders(path: Path) -> list[Path]:
    """Return the folders right in a folder, sorted by name, without dot-names and links."""
    return [path / entry.name for entry in _entries(path) if entry.is_dir(follow_symlinks=False)]


def _entries(path: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _printable(name: str) -> str:
    # a page could not be sent with bytes that are no UTF-8: they become replacement characters
    return os.fsencode(name).decode(errors="replace")
