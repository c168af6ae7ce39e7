"""A project as one file, and back: it may come from another studio."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from projects import mirror
from projects.actions.projects import claim_slug
from projects.disk.bundle_archive import extract_bundle
from projects.disk.layout import UPLOADS, scene_number
from projects.disk.links import move
from projects.disk.names import SLUG
from projects.disk.room import is_out_of_room
from projects.disk.zip_archive import files_below, zip_parts
from projects.mirror import foreign, rebuild
from projects.models import Project
from projects.problems import Problem, disk_full, wrong_field


@dataclass(frozen=True)
class Unbundled:
    """The project that a bundle has become, and a line for each thing that differs from it."""

    project: Project
    notes: list[str]


def bundle_parts(project: Project) -> Iterator[bytes]:
    """Yield the bytes of a project's bundle: its folder without the trash, with its documents up to date."""
    for scene in project.scenes.filter(trashed_at=None):
        with suppress(OSError, mirror.FolderIsNewer):
            mirror.write_scene(scene.pk)
    mirror.write_project(project.pk)
    return zip_parts(files_below(project.path))


def unbundle(owner: User, file: Path | IO[bytes], slug: str = "") -> Unbundled:
    """Make a project of a bundle; it becomes `owner`'s. All of it is there, or nothing.

    Where its id is taken it gets another one, which the notes tell. Raise Problem 409, 422 or 503.
    """
    if slug and not SLUG.fullmatch(slug):
        raise wrong_field(
            "slug", _("slug must be 1 to 63 lowercase letters, digits and hyphens, and not begin with a hyphen.")
        )
    uploads = Path(settings.PROJECTS_ROOT) / UPLOADS
    uploads.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix="bundle-", dir=uploads))
    try:
        folder = extract_bundle(file, temporary)
        if not _has_project(folder):
            message = _("The bundle has no project: neither project.json nor a folder of a scene.")
            raise Problem(message, code="invalid_bundle", status=422)
        return _import(owner, folder, slug or folder.name)
    except OSError as error:
        if is_out_of_room(error):
            raise disk_full() from error
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _has_project(folder: Path) -> bool:
    return any(path.name == mirror.PROJECT_FILE or scene_number(path.name) for path in folder.iterdir())


def _import(owner: User, folder: Path, wanted: str) -> Unbundled:
    slug = claim_slug(wanted)
    target = Path(settings.PROJECTS_ROOT) / slug
    notes = (
        [_("The id {wanted} is taken or cannot be used; the project is {slug}.").format(wanted=wanted, slug=slug)]
        if slug != wanted
        else []
    )
    try:
        foreign.adopt(folder, slug)
        move(folder, target)
        result = rebuild.rebuild(owner, [target])
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise Problem(" ".join(result.notes), code="invalid_bundle", status=422)
    except BaseException:
        # nobody knew of it
        shutil.rmtree(target, ignore_errors=True)
        raise
    return Unbundled(project, notes + result.notes)
