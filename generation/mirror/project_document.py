"""generation.json in a project's folder: batches, budgets, prompts, and what is set for its jobs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from generation.mirror import prompt_entries
from generation.models import AutoRetry, Batch, Budget, Pause, PromptVariable
from projects.mirror.parse import moment, objects, skip_bad_entry
from projects.models import Project


class GenerationDocument:
    """A `projects.mirror.contributions.ProjectDocument` of what belongs to a project and to none of its scenes."""

    name = "generation.json"

    def document(self, project: Project) -> dict[str, Any] | None:
        """Return the rows as JSON; None for a project that has none of them."""
        variables = PromptVariable.objects.filter(project=project)
        data = {
            "batches": [_batch(batch) for batch in project.batches.select_related("created_by").order_by("created_at")],
            "budgets": [_budget(b) for b in project.budgets.select_related("person", "set_by").order_by("pk")],
            "paused": [_pause(pause) for pause in project.pauses.select_related("paused_by")],
            "autoRetry": [_rule(r) for r in AutoRetry.objects.filter(project=project).select_related("person")],
            "prompts": prompt_entries.entries_of(project),
            "variables": {variable.name: variable.text for variable in variables},
        }
        return data if any(data.values()) else None

    def restore(self, project: Project, data: Mapping[str, Any], notes: list[str]) -> None:
        """Make the rows, or bring those up to it that the jobs have made already."""
        parts = {
            "batches": _restore_batch,
            "budgets": _restore_budget,
            "paused": _restore_pause,
            "autoRetry": _restore_rule,
            "prompts": prompt_entries.restore,
        }
        for part, restore in parts.items():
            for entry in objects(data.get(part)):
                with skip_bad_entry(notes, _("{slug}: an entry of {part}").format(slug=project.slug, part=part)):
                    restore(project, entry)
        variables = data.get("variables")
        for name, text in variables.items() if isinstance(variables, dict) else []:
            with skip_bad_entry(notes, _("{slug}: a variable").format(slug=project.slug)):
                PromptVariable.objects.create(project=project, name=str(name)[:40], text=str(text))

    def adopted(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return batches, prompts and variables alone: the rest spends, or holds for people of another studio."""
        kept = {name: [_without_people(entry) for entry in objects(data.get(name))] for name in ("batches", "prompts")}
        return {"schema": data.get("schema", 1), **kept, "variables": data.get("variables")}


def _without_people(entry: dict[str, Any]) -> dict[str, Any]:
    people = {"person": None} if "person" in entry else {}
    keys = {"idempotencyKey": None} if "idempotencyKey" in entry else {}
    return entry | people | keys


def _name(user: User | None) -> str | None:
    return user.get_username() if user else None


def person_in(entry: Mapping[str, Any], key: str) -> User | None:
    """Return the person whose user name an entry has under this key; None where there is nobody of it."""
    return User.objects.filter(username=str(entry.get(key) or "")).first()


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "id": str(batch.pk),
        "name": batch.name,
        "person": _name(batch.created_by),
        "createdAt": batch.created_at.isoformat(),
        "idempotencyKey": batch.idempotency_key,
        "requestDigest": batch.request_digest,
    }


def _restore_batch(project: Project, entry: Mapping[str, Any]) -> None:
    values = {
        "project": project,
        "name": str(entry["name"])[:200],
        "created_by": person_in(entry, "person"),
        "created_at": moment(entry.get("createdAt")),
        "idempotency_key": entry.get("idempotencyKey"),
        "request_digest": str(entry.get("requestDigest") or "")[:64],
    }
    Batch.objects.update_or_create(pk=UUID(str(entry["id"])), project=project, defaults=values)


def _budget(budget: Budget) -> dict[str, Any]:
    return {
        "person": _name(budget.person),
        "period": budget.period,
        "credits": str(budget.credits),
        "setBy": _name(budget.set_by),
        "changedAt": budget.changed_at.isoformat(),
    }


def _restore_budget(project: Project, entry: Mapping[str, Any]) -> None:
    person, period = person_in(entry, "person"), Budget.Period(entry["period"])
    if entry.get("person") and person is None:
        # without its person it would be a budget of the whole project
        raise ValueError(f"nobody here is called {entry['person']}")
    Budget.objects.create(
        scope=f"{project.pk}/{person.pk if person else '-'}/{period}",
        project=project,
        person=person,
        period=period,
        credits=Decimal(entry["credits"]),
        set_by=person_in(entry, "setBy"),
        changed_at=moment(entry.get("changedAt")),
    )


def _pause(pause: Pause) -> dict[str, Any]:
    return {"pausedBy": _name(pause.paused_by), "since": pause.since.isoformat()}


def _restore_pause(project: Project, entry: Mapping[str, Any]) -> None:
    values = {"paused_by": person_in(entry, "pausedBy"), "since": moment(entry.get("since"))}
    Pause.objects.get_or_create(scope=project.slug, defaults={"project": project, **values})


def _rule(rule: AutoRetry) -> dict[str, Any]:
    return {
        "person": _name(rule.person),
        "takes": rule.takes,
        "credits": str(rule.credits),
        "since": rule.since.isoformat(),
    }


def _restore_rule(project: Project, entry: Mapping[str, Any]) -> None:
    AutoRetry.objects.create(
        project=project,
        person=User.objects.get(username=str(entry["person"])),
        takes=int(entry["takes"]),
        credits=Decimal(entry["credits"]),
        since=moment(entry.get("since")),
    )
