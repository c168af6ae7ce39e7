"""The finished films of a project: which files are in each. The app above, which makes them, registers itself here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from projects.problems import not_found
from projects.text.iso_time import iso_time


@dataclass(frozen=True)
class Medium:
    """A file that is in a film, as it was when the film was made."""

    asset: str
    path: str
    """In the project's folder."""
    sha256: str


@dataclass(frozen=True)
class Film:
    """A finished export, `path` in the project's folder."""

    id: str
    path: str
    sha256: str
    finished_at: Any
    media: Sequence[Medium]

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.path.rpartition("/")[2]

    def as_dict(self) -> dict[str, Any]:
        """Return what the sheet says of it."""
        times = {"finishedAt": iso_time(self.finished_at)}
        return {"exportId": self.id, "path": self.path, "sha256": self.sha256, **times}


_sources: list[str] = []


def register(dotted_path: str) -> None:
    """Register the function that returns the films of a project, by its id, newest first.

    It is named by its path, since it needs tables, which are still loading when apps register themselves.
    """
    if dotted_path not in _sources:
        _sources.append(dotted_path)


def films_of(project_pk: int) -> list[Film]:
    """Return the finished films of a project, newest first."""
    return [film for path in _sources for film in _source(path)(project_pk)]


def film_named(films: Sequence[Film], key: str) -> Film:
    """Return the film with this id. Raise Problem 404 where there is none."""
    for film in films:
        if film.id == key:
            return film
    raise not_found(_("film"))


def _source(path: str) -> Callable[[int], Sequence[Film]]:
    return cast(Callable[[int], Sequence[Film]], import_string(path))
