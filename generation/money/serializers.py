"""Money as JSON: reports, entries, budgets, comparisons."""

from __future__ import annotations

from typing import Any

from generation.models import LedgerEntry, Reconciliation
from generation.money.budgets import State
from generation.money.report import Line, Report
from generation.money.totals import Sums
from generation.serializers import plain_number
from projects.iso_time import iso_time


def usage(found: Report) -> dict[str, Any]:
    scope = found.scope
    return {
        "since": scope.first.isoformat() if scope.first else None,
        "until": scope.last.isoformat() if scope.last else None,
        "total": _total(found),
        "byDay": [{"day": day.isoformat(), **_sums(sums)} for day, sums in found.days.items()],
        "byProject": [_project(line) for line in found.projects],
        "byScene": [_project(line) | {"sceneId": line.key} for line in found.scenes],
        "byModel": [{"model": line.name, **_sums(line.sums)} for line in found.models],
        "byPerson": [{"username": line.key or None, "name": line.name, **_sums(line.sums)} for line in found.persons],
        "refusals": [
            {"model": each.model, "count": each.count, "lastAt": iso_time(each.last_at)} for each in found.refusals
        ],
    }


def _total(found: Report) -> dict[str, Any]:
    each = found.per_second_used
    return _sums(found.total) | {
        "held": plain_number(found.held),
        "takesCompleted": found.takes.completed,
        "spentOnFailed": plain_number(found.takes.failed),
        "spentOnRejected": plain_number(found.takes.rejected),
        "secondsUsed": found.seconds_used,
        "creditsPerSecondUsed": None if each is None else round(float(each), 4),
    }


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        "spent": plain_number(sums.spent),
        "charged": plain_number(sums.charged),
        "refunded": plain_number(-sums.refunded),
    }


def _project(line: Line) -> dict[str, Any]:
    return {"projectId": line.project.slug if line.project else "", "name": line.name, **_sums(line.sums)}


def entry(found: LedgerEntry) -> dict[str, Any]:
    return {
        "entryId": found.pk,
        "at": iso_time(found.at),
        "kind": found.kind,
        "credits": plain_number(found.credits),
        "jobId": str(found.job_id) if found.job_id else None,
        "projectId": found.project.slug if found.project else None,
        "projectName": found.project_name,
        "sceneId": found.scene.folder_name if found.scene else None,
        "sceneName": found.scene_name,
        "model": found.model,
        "person": found.person_name,
        "reason": found.reason,
    }


def budget(state: State) -> dict[str, Any]:
    found = state.budget
    return {
        "budgetId": found.pk,
        "projectId": found.project.slug if found.project else None,
        "username": found.person.get_username() if found.person else None,
        "period": found.period,
        "credits": plain_number(found.credits),
        "spent": plain_number(state.spent),
        "held": plain_number(state.held),
        "left": plain_number(state.left),
        "setBy": found.set_by.get_username() if found.set_by else None,
        "changedAt": iso_time(found.changed_at),
    }


def reconciliation(found: Reconciliation) -> dict[str, Any]:
    return {
        "at": iso_time(found.at),
        "since": found.first_day.isoformat(),
        "until": found.last_day.isoformat(),
        "differences": found.differences,
        "agreeing": found.agreeing,
    }
