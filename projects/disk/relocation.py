"""Files that move to other folders together: each is in both places until it is known whether the move stays."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from projects.disk.flush import sync_folder
from projects.disk.links import link_to_free_name, move


class Relocation:
    """A move of several files that is finished or undone as a whole.

    A crash in between leaves a file more, and never one less.
    """

    def __init__(self) -> None:
        """Begin a move without files."""
        self._links: list[tuple[Path, Path]] = []
        self._outdated: list[Path] = []

    def link(self, source: Path, folder: Path, name: str, taken: Container[str] = ()) -> Path:
        """Give a file its name in `folder`, `name` or the next free one, and return the new path.

        Raise FileNotFoundError without `source`.
        """
        target = link_to_free_name(source, folder, name, taken)
        self._links.append((source, target))
        return target

    def remove_later(self, path: Path) -> None:
        """Remove a file too when the move is finished, such as a record that is written anew."""
        self._outdated.append(path)

    def finish(self) -> None:
        """Remove the old names."""
        paths = [source for source, _ in self._links] + self._outdated
        for path in paths:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in paths if path.parent.is_dir()}:
            sync_folder(folder)

    def undo(self) -> None:
        """Remove the new names; a file that could only be renamed gets its old one back."""
        for source, target in reversed(self._links):
            if source.exists():
                target.unlink(missing_ok=True)
            else:
                move(target, source)
