"""Folders of projects and scenes out of the trash."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from projects.disk.trash import move_out_of_trash
from projects.mirror import trash
from projects.problems import conflict


def restore_folder(path: Path, file: str, what: str) -> None:
    """Move a folder back to `path` unless it has never left. Problem 409 where it is gone or the place is taken.

    `file` is the file in the folder that tells its id; `what` is the word for people.
    """
    found = trash.folder_in_trash(path, file)
    if found is None and not path.is_dir():
        message = _("The folder of this {what} is no longer in the trash, so it cannot be restored.").format(what=what)
        raise conflict(message, "trash_emptied")
    try:
        if found is not None:
            move_out_of_trash(found, path)
    except FileExistsError:
        where = _("A folder {name} is now where the {what} was").format(name=path.name, what=what)
        raise conflict(
            _("{where}: move it elsewhere, then restore the {what} again.").format(where=where, what=what),
            "place_taken",
        ) from None
