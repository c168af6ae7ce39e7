"""Who belongs to a project and which of its scenes are in the trash, in project.json and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from projects.mirror.parse import moment, objects
from projects.models import Membership, Project
from projects.text.iso_time import iso_time

_MAX_USERNAME = 150


def member_entries(project: Project) -> list[dict[str, Any]]:
    """Return the members by user name; there are no passwords in it."""
    members = project.memberships.select_related("user").order_by("pk")
    return [{"username": m.user.get_username(), "role": m.role, "maySpend": m.may_spend} for m in members]


def restore_members(project: Project, data: Mapping[str, Any], owner: User) -> None:
    """Make the memberships of a new project: those in its project.json, or `owner`'s where that names no owner.

    Somebody without an account gets one that has no password.
    """
    roles = [entry for entry in objects(data.get("members")) if entry.get("role") in Membership.Role.values]
    if sum(entry["role"] == Membership.Role.OWNER for entry in roles) != 1:
        roles = [{"username": owner.get_username(), "role": Membership.Role.OWNER, "maySpend": True}]
    for entry in roles:
        name = str(entry.get("username"))[:_MAX_USERNAME]
        Membership.objects.get_or_create(
            project=project,
            user=_person(name),
            defaults={"role": entry["role"], "may_spend": entry.get("maySpend") is True},
        )


def _person(name: str) -> User:
    person, is_new = User.objects.get_or_create(username=name)
    if is_new:
        # signs in by a link, or by a password that the owner sets
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return person


def trashed_entries(project: Project) -> list[dict[str, Any]]:
    """Return the scenes in the trash: since when, and by whom."""
    scenes = project.scenes.exclude(trashed_at=None).select_related("trashed_by").order_by("number")
    return [
        {
            "id": scene.folder_name,
            "trashedAt": iso_time(scene.trashed_at),
            "trashedBy": scene.trashed_by.get_username() if scene.trashed_by else None,
        }
        for scene in scenes
    ]


def restore_trashed(project: Project, data: Mapping[str, Any]) -> None:
    """Take over when the scenes of a new project went to the trash, and by whom."""
    for entry in objects(data.get("trashedScenes")):
        scenes = project.scenes.exclude(trashed_at=None).filter(number=str(entry.get("id")).partition("-")[2] or 0)
        person = User.objects.filter(username=str(entry.get("trashedBy") or "")).first()
        scenes.update(trashed_at=moment(entry.get("trashedAt")), trashed_by=person)
