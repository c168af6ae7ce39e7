"""Hand the cut of a project over to an editing program, and take it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from film import timelines
from film.actions.cuts import save_cut
from film.document.differences import differences
from film.document.timeline import Timeline
from film.handover.formats import Format
from film.handover.package import package_parts
from film.handover.read import read
from film.handover.write import Handover, write
from film.timelines.media import ProjectMedia
from projects.models import Project

RELATIVE = gettext_noop("Media paths are relative to the project's folder: save the file there, or relink the media.")
_WITH_ADDRESSES = ("fcpxml", "fcp7")
MAX_NAME = 200


@dataclass(frozen=True)
class TakenBack:
    """What a file from an editor has changed."""

    format: Format
    version: int
    """Of the cut, now."""
    is_changed: bool
    differences: list[str]
    """Between the cut before and the one of the file."""
    report: list[str]
    """What of the file was not imported."""


def hand_over(project: Project, format: Format, *, root: Path | None = None, handles: int | None = None) -> Handover:
    """Return the cut as a file. `root` is the project's folder, where the file is for this machine."""
    handover = write(_film(project), format, str(root) if root else None, handles)
    if root or format not in _WITH_ADDRESSES:
        return handover
    return replace(handover, report=(*handover.report, _(RELATIVE)))


def hand_over_with_media(
    project: Project, format: Format, *, handles: int | None = None
) -> tuple[Handover, Iterator[bytes]]:
    """Return the cut as a file, and the parts of an archive with it and all its media."""
    film = _film(project)
    handover = write(film, format, handles=handles)
    return handover, package_parts(handover, film, project.path)


def take_back(project: Project, user: User | None, data: bytes, name: str = "", *, preview: bool = False) -> TakenBack:
    """Make a new version of the cut from a file that came back from an editor; with `preview` only say what it is.

    Raise Problem 422 for what cannot be read or names files that the project does not have, 409 where somebody has
    changed the cut meanwhile. Then nothing has changed.
    """
    film = _film(project)
    cut, version, _notes = timelines.current_cut(project)
    returned = read(data, cut, film, ProjectMedia(project, film.rate).all())
    changes: list[str] = []
    if returned.is_changed:
        changes = differences(film, timelines.resolve(project, returned.cut))
        if not preview:
            name = _("From {name}").format(name=name)[:MAX_NAME] if name else ""
            version = save_cut(project, user, returned.cut, version, name=name).version
    return TakenBack(returned.format, version, returned.is_changed, changes, list(returned.report))


def _film(project: Project) -> Timeline:
    return timelines.load_timeline(project, alternates=True)
