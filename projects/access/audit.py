"""Enters in the audit log who did what. Call it in the transaction of what was done, so that both happen or neither."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser, User

from projects.models import AuditEntry, Project

Action = AuditEntry.Action
_MAX_TARGET = 300


def enter(
    action: AuditEntry.Action,
    by: User | AnonymousUser | None,
    target: str = "",
    project: Project | None = None,
    **details: Any,
) -> None:
    """Add an entry: what was done, by whom (None: by a command or the studio itself), to what, and in which project."""
    AuditEntry.objects.create(
        action=action,
        user_id=by.pk if by else None,
        username=by.get_username() if by else "",
        project_id=project.slug if project else "",
        target=target[:_MAX_TARGET],
        details=details,
    )
