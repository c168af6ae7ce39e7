"""Projects and scenes by the ids and names that people write: in a command, and in a shot list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from projects.disk.name_matching import NameIndex
from projects.models import Project, Scene
from projects.problems import wrong_field

T = TypeVar("T", Project, Scene)


class ByName(Generic[T]):
    """Finds projects, or scenes of one project. An id counts before a name, an exact spelling before any other."""

    def __init__(self, what: str, rows: Iterable[tuple[str, T]]) -> None:
        """Take pairs of an id and its row; `what` is the noun for messages, and the field that is wrong."""
        rows = list(rows)
        self._what = what
        self._id_of = {row.pk: row_id for row_id, row in rows}
        self._ids: NameIndex[T] = NameIndex(rows)
        self._names: NameIndex[T] = NameIndex((row.name, row) for _, row in rows)

    def find(self, name: str) -> T | None:
        """Return what is called so; None when nothing is. Raise Problem 422 when several are."""
        exact = self._ids.exact(name) or self._names.exact(name)
        matches = exact or list({row.pk: row for row in self._ids.find(name) + self._names.find(name)}.values())
        if len(matches) > 1:
            ids = ", ".join(self._id_of[row.pk] for row in matches)
            raise wrong_field(
                self._what,
                _("{what} must be one of {ids}: they are all called {name}.").format(
                    what=self._what, ids=ids, name=name
                ),
            )
        return matches[0] if matches else None


def projects_by_name(projects: Iterable[Project]) -> ByName[Project]:
    """Index projects by their ids (`my-film`) and names."""
    return ByName("project", ((project.slug, project) for project in projects))


def scenes_by_name(scenes: Iterable[Scene]) -> ByName[Scene]:
    """Index the scenes of a project by their ids (`scene-1`) and names."""
    return ByName("scene", ((scene.folder_name, scene) for scene in scenes))
