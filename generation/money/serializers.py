"""Money as JSON: reports, ledger entries, budgets, reconciliations."""

from __future__ import annotations

from typing import Any

from generation.models import LedgerEntry, Reconciliation
from generation.money.budgets import BudgetUsage
from generation.money.report import Report, SpendRow
from generation.money.totals import CreditTotals
from generation.serializers import plain_number
from projects.text.iso_time import iso_time


def usage_dict(report: Report) -> dict[str, Any]:
    """Return the API's usage report."""
    scope = report.scope
    return {
        "since": scope.first.isoformat() if scope.first else None,
        "until": scope.last.isoformat() if scope.last else None,
        "total": _total(report),
        "byDay": [{"day": day.isoformat(), **_totals(totals)} for day, totals in report.days.items()],
        "byProject": [_project(row) for row in report.projects],
        "byScene": [_project(row) | {"sceneId": row.key} for row in report.scenes],
        "byModel": [{"model": row.name, **_totals(row.totals)} for row in report.models],
        "byPerson": [{"username": row.key or None, "name": row.name, **_totals(row.totals)} for row in report.people],
        "refusals": [
            {"model": refusals.model, "count": refusals.count, "lastAt": iso_time(refusals.last_at)}
            for refusals in report.refusals
        ],
    }


def _total(report: Report) -> dict[str, Any]:
    per_second = report.per_second_used
    return _totals(report.total) | {
        "held": plain_number(report.held),
        "takesCompleted": report.takes.completed,
        "spentOnFailed": plain_number(report.takes.failed),
        "spentOnRejected": plain_number(report.takes.rejected),
        "secondsUsed": report.seconds_used,
        # a quotient, which may have any number of decimals
        "creditsPerSecondUsed": None if per_second is None else round(float(per_second), 4),
    }


def _totals(totals: CreditTotals) -> dict[str, Any]:
    return {
        "spent": plain_number(totals.spent),
        "charged": plain_number(totals.charged),
        "refunded": plain_number(-totals.refunded),
    }


def _project(row: SpendRow) -> dict[str, Any]:
    return {"projectId": row.project.slug if row.project else "", "name": row.name, **_totals(row.totals)}


def entry_dict(entry: LedgerEntry) -> dict[str, Any]:
    """Return the API's ledger entry."""
    return {
        "entryId": entry.pk,
        "at": iso_time(entry.at),
        "kind": entry.kind,
        "credits": plain_number(entry.credits),
        "jobId": str(entry.job_id) if entry.job_id else None,
        "projectId": entry.project.slug if entry.project else None,
        "projectName": entry.project_name,
        "sceneId": entry.scene.folder_name if entry.scene else None,
        "sceneName": entry.scene_name,
        "model": entry.model,
        "person": entry.person_name,
        "reason": entry.reason,
    }


def budget_dict(usage: BudgetUsage) -> dict[str, Any]:
    """Return the API's budget, with what is used of it."""
    budget = usage.budget
    return {
        "budgetId": budget.pk,
        "projectId": budget.project.slug if budget.project else None,
        "username": budget.person.get_username() if budget.person else None,
        "period": budget.period,
        "credits": plain_number(budget.credits),
        "spent": plain_number(usage.spent),
        "held": plain_number(usage.held),
        "left": plain_number(usage.left),
        "setBy": budget.set_by.get_username() if budget.set_by else None,
        "changedAt": iso_time(budget.changed_at),
    }


def reconciliation_dict(reconciliation: Reconciliation) -> dict[str, Any]:
    """Return the API's comparison with Runway."""
    return {
        "at": iso_time(reconciliation.at),
        "since": reconciliation.first_day.isoformat(),
        "until": reconciliation.last_day.isoformat(),
        "differences": reconciliation.differences,
        "agreeing": reconciliation.agreeing,
    }
