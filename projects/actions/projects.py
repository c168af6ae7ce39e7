"""What a person can do with projects. Each action has its own transaction; the caller asks who may."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import mirror
from projects.access import audit
from projects.actions.restore import restore_folder
from projects.disk.names import checked_name, project_slug
from projects.mirror import contributions, trash
from projects.mirror.locks import project_files_locked
from projects.models import Membership, Project
from projects.models.locks import locked_in_trash, locked_project
from projects.problems import conflict


def create_project(owner: User, name: str) -> Project:
    """Create a project with its folder; a second one of the same name gets another slug."""
    name = checked_name(name)
    # the folder before the row: two people who create the same name at once get two folders
    slug = claim_slug(name)
    try:
        with transaction.atomic():
            project = Project.objects.create(slug=slug, name=name)
            Membership.objects.create(project=project, user=owner, role=Membership.Role.OWNER, may_spend=True)
            mirror.changed_project(project)
    except BaseException:
        # still empty: nobody knew of it
        (Path(settings.PROJECTS_ROOT) / slug).rmdir()
        raise
    return project


def claim_slug(name: str) -> str:
    """Return a free slug and make its folder, which only one of two requests can. A crash leaves an empty folder."""
    root = Path(settings.PROJECTS_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    while True:
        # rows in the trash count, too, since a slug is never used again
        slug = project_slug(name, lambda slug: (root / slug).exists() or Project.objects.filter(slug=slug).exists())
        try:
            (root / slug).mkdir()
        except FileExistsError:
            continue
        return slug


def rename_project(project: Project, name: str) -> None:
    """Rename a project; its slug and folder stay."""
    project.name = checked_name(name)
    with transaction.atomic():
        project.save(update_fields=["name"])
        mirror.changed_project(project)


def trash_project(project: Project, by: User | None = None) -> None:
    """Move a project to the trash; `by` is who did it. Problem 409 while a job of it is unfinished.

    The folder moves after the commit, or at the next start.
    """
    with transaction.atomic():
        project = locked_project(project)
        if contributions.jobs().is_busy(project):
            raise conflict(
                _("This project has unfinished takes: wait for them, or cancel them first."), "unfinished_jobs"
            )
        project.trashed_at, project.trashed_by = timezone.now(), by
        project.save(update_fields=["trashed_at", "trashed_by"])
        audit.enter(audit.Action.DELETED, by, project.name, project)

        # an inner function: Django 5.2 cannot log a failing functools.partial
        def move() -> None:
            trash.trash_project(project)

        transaction.on_commit(move, robust=True)


def restore_project(project: Project, by: User | None = None) -> None:
    """Restore a project from the trash with its folder. Problem 409 where that is impossible; nothing changes then."""
    # the folder before the row: after a crash in between it goes back to the trash at the next start
    # the lock first: a transaction that waits for a lock file would hold up every writer
    with project_files_locked(), transaction.atomic():
        project = locked_in_trash(project)
        restore_folder(project.path, mirror.PROJECT_FILE, "project")
        Project.objects.filter(pk=project.pk).update(trashed_at=None)
        audit.enter(audit.Action.RESTORED, by, project.name, project)
    # after the lock is released: writing project.json needs it
    mirror.changed_project(project)
