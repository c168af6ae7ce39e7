"""The scenes of a project's folder in order: while one becomes rows, the files of the next are hashed already."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from projects.disk.hashed_files import HashedFile, hashing_threads, start_hashing
from projects.disk.layout import FOLDER_BY_KIND, KIND_BY_FOLDER
from projects.mirror.parse import entries
from projects.mirror.scene_file import SCENE_FILE
from projects.text.json_input import load_kept_json


class SceneAhead(NamedTuple):
    """What was begun for a scene without rows: its scene.json, and the files that it names, with their hashes."""

    stored: dict[str, Any]
    paths: list[str]
    hashes: Iterator[HashedFile | OSError | None]


def read_ahead(
    folders: Iterable[tuple[int, Path]], known: Container[int]
) -> Iterator[tuple[int, Path, SceneAhead | None]]:
    """Yield the number and the folder of each scene, and what was begun for it; None for one of `known`.

    `known` are the numbers of scenes that have rows. Nothing is changed ahead: for a scene.json that cannot be read it
    is None, too, and the caller finds out.
    """
    with hashing_threads() as threads:
        begun: list[tuple[int, Path, SceneAhead | None]] = []
        for number, folder in folders:
            begun.append((number, folder, None if number in known else _begin(folder, threads)))
            if len(begun) > 1:
                yield begun.pop(0)
        yield from begun


def _begin(folder: Path, threads: ThreadPoolExecutor) -> SceneAhead | None:
    try:
        stored = load_kept_json((folder / "metadata" / SCENE_FILE).read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(stored, dict):
        return None
    paths = list(_paths(folder, stored))
    return SceneAhead(stored, paths, start_hashing(paths, threads))


def _paths(folder: Path, stored: dict[str, Any]) -> Iterator[str]:
    for entry in entries(stored, "assets", *FOLDER_BY_KIND.values()):
        match str(entry.get("path")).split("/"):
            case (_, kind, name) if kind in KIND_BY_FOLDER and name not in ("", ".", ".."):
                yield f"{folder}/{kind}/{name}"
