"""The files of exports as they are served: to who may see the project, and by a link."""

from __future__ import annotations

from django.utils.translation import gettext as _

from film.models import Export
from film.render.profiles import profile_named
from projects.problems import Problem, conflict, not_found
from projects.web.files import ServedFile


def served_file(export: Export) -> ServedFile:
    """Return the file of an export as it is served. Raise Problem 409 while there is none."""
    if export.path is None:
        raise no_file(export)
    return ServedFile(export.path, export.file_name, profile_named(export.profile).mime_type, export.sha256)


def served_captions(export: Export) -> ServedFile:
    """Return the subtitles beside an export as they are served. Raise Problem 404 where it has none."""
    path = export.captions_path
    if path is None:
        raise not_found(_("caption file"))
    return ServedFile(path, path.name, "application/x-subrip", f"{export.sha256}-srt")


def no_file(export: Export) -> Problem:
    """Return the problem of who wants the file of an export that has not been made."""
    return conflict(_("This export is {status} and has no file.").format(status=export.status), "no_file")
