"""The saved prompts of a project as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from generation.models import PromptVersion, SavedPrompt
from projects.mirror.parse import moment, objects
from projects.models import Project


def entries_of(project: Project) -> list[dict[str, Any]]:
    """Return the prompts with their versions, without those that were deleted."""
    prompts = SavedPrompt.objects.filter(project=project, deleted_at=None).select_related("created_by")
    return [
        {
            "id": str(prompt.pk),
            "name": prompt.name,
            "person": prompt.created_by.get_username() if prompt.created_by else None,
            "createdAt": prompt.created_at.isoformat(),
            "versions": [_version(version) for version in prompt.versions.select_related("created_by")],
        }
        for prompt in prompts.prefetch_related("versions")
    ]


def _version(version: PromptVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "text": version.text,
        "person": version.created_by.get_username() if version.created_by else None,
        "createdAt": version.created_at.isoformat(),
    }


def restore(project: Project, entry: Mapping[str, Any]) -> None:
    """Make a prompt with its versions, in the caller's savepoint."""
    prompt = SavedPrompt.objects.create(
        id=UUID(str(entry["id"])),
        project=project,
        name=str(entry["name"])[:200],
        created_by=_person(entry),
        created_at=moment(entry.get("createdAt")),
    )
    PromptVersion.objects.bulk_create(
        PromptVersion(
            prompt=prompt,
            number=int(version["number"]),
            text=str(version["text"]),
            created_by=_person(version),
            created_at=moment(version.get("createdAt")),
        )
        for version in objects(entry.get("versions"))
    )


def _person(entry: Mapping[str, Any]) -> User | None:
    return User.objects.filter(username=str(entry.get("person") or "")).first()
