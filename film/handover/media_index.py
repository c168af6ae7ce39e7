"""Finds the medium that a file means: by the id of its asset, its hash, its path, or its name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from film.document.timeline import Medium
from film.handover.returned import Reference

# scene-1/videos/take-001.mp4
_PATH_PARTS = 3


class MediaIndex:
    """The media of a project by all that a file may call them."""

    def __init__(self, media: Iterable[Medium]) -> None:
        self._by_asset: dict[str, Medium] = {}
        self._by_hash: dict[str, Medium] = {}
        self._by_path: dict[str, Medium] = {}
        self._by_name: dict[str, Medium | None] = {}
        for medium in media:
            self._add(medium)

    def _add(self, medium: Medium) -> None:
        if medium.asset in self._by_asset:
            return
        self._by_asset[medium.asset] = medium
        if medium.sha256:
            self._by_hash.setdefault(medium.sha256, medium)
        self._by_path[_tail(medium.path)] = medium
        # of two files with one name neither is meant
        self._by_name[medium.name] = None if medium.name in self._by_name else medium

    def find(self, reference: Reference) -> Medium | None:
        """Return the medium, or None where the project has none that is meant."""
        by_id = self._by_asset.get(reference.asset) or self._by_hash.get(reference.sha256)
        return by_id or self._by_place(reference)

    def _by_place(self, reference: Reference) -> Medium | None:
        path = _path_of(reference.path)
        paths = [path, unquote(path), reference.name]
        names = [each.rpartition("/")[2] for each in paths]
        found = [self._by_path.get(_tail(each)) for each in paths] + [self._by_name.get(name) for name in names]
        return next((medium for medium in found if medium), None)

    def first(self, references: Iterable[Reference]) -> Medium | None:
        """Return the first medium that is known."""
        return next((medium for medium in map(self.find, references) if medium), None)


def _path_of(text: str) -> str:
    """Return the path in an address or path of any system, with `/`."""
    plain = text.replace("\\", "/")
    try:
        path = urlsplit(plain).path if "://" in plain or plain.startswith("file:") else plain
    except ValueError:
        path = plain
    return posixpath.normpath(path) if path else ""


def _tail(path: str) -> str:
    """Return the end of a path that names a file within its project."""
    return "/".join(path.split("/")[-_PATH_PARTS:])
