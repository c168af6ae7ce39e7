"""Usage and budgets, as JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from ninja import Query, Router

from generation.actions import reconciliation
from generation.api import usage_schemas
from generation.models import LedgerEntry, Reconciliation
from generation.money import budgets, report, serializers, usage_filter
from projects.access import permissions
from projects.problems import forbidden, wrong_field
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success

router = Router(tags=["money"])

LARGEST_ID = 2**63 - 1


@router.get(
    "/usage", response=responses(usage_schemas.Usage), summary="Credits by day, project, scene, model and person"
)
def usage(
    request: Request,
    since: str | None = None,
    until: str | None = None,
    project: str | None = None,
    person: str | None = None,
    model: str | None = None,
) -> Any:
    """Of the projects that one is in; staff see all. Both days are counted; without them, all time."""
    scope = usage_filter.of_call(request.user, project=project, person=person, model=model, since=since, until=until)
    return success(serializers.usage(report.read(scope)))


@router.get("/usage/ledger", response=responses(usage_schemas.Entries), summary="The ledger's entries, newest first")
def entries(
    request: Request,
    since: str | None = None,
    until: str | None = None,
    project: str | None = None,
    person: str | None = None,
    model: str | None = None,
    limit: Annotated[int, Query(100, ge=1, le=1000)] = 100,
    cursor: str | None = None,
) -> Any:
    """The sum of a job's entries is what the job says, whatever has happened to it. As a file: /usage/ledger.csv"""
    scope = usage_filter.of_call(request.user, project=project, person=person, model=model, since=since, until=until)
    found = LedgerEntry.objects.filter(scope.entries & scope.within("day")).select_related("project", "scene")
    if cursor is not None:
        found = found.filter(pk__lt=_number(cursor))
    page = list(found.order_by("-pk")[: limit + 1])
    following = str(page[limit - 1].pk) if len(page) > limit else None
    return success({"entries": [serializers.entry(each) for each in page[:limit]], "nextCursor": following})


def _number(cursor: str) -> int:
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 20 and int(cursor) <= LARGEST_ID:
        return int(cursor)
    raise wrong_field("cursor", "cursor must be the nextCursor of an earlier answer.")


@router.get(
    "/usage/reconciliation",
    response=responses(usage_schemas.MaybeReconciliation),
    summary="The last comparison with Runway",
)
def last_reconciliation(request: Request) -> Any:
    """For staff, since it speaks of the whole account. Null when nobody has compared yet."""
    _staff_only(request)
    found = Reconciliation.objects.first()
    return success({"reconciliation": serializers.reconciliation(found) if found else None})


@router.post(
    "/usage/reconciliation",
    response=responses(usage_schemas.MaybeReconciliation),
    summary="Compare with what Runway counts",
)
def reconcile(request: Request, payload: usage_schemas.ReconcileIn) -> Any:
    """By day and model, with the jobs whose cost may be what differs. Runway's numbers may come some minutes late."""
    _staff_only(request)
    found = reconciliation.reconcile(request.user, payload.days)
    words = f"{len(found.differences)} differ, {found.agreeing} agree."
    return success({"reconciliation": serializers.reconciliation(found)}, words)


def _staff_only(request: Request) -> None:
    if not request.user.is_staff:
        raise forbidden("What Runway counts is the whole studio's: its staff compare it.")


@router.get("/budgets", response=responses(usage_schemas.Budgets), summary="Budgets, and what is left of them")
def all_budgets(request: Request) -> Any:
    """Those of one's projects, of the studio, and one's own; staff see all."""
    found = budgets.states(list(budgets.seen_by(request.user)))
    return success({"budgets": [serializers.budget(state) for state in found]})


@router.put("/budgets", response=responses(usage_schemas.BudgetOut), summary="Set a budget")
def put_budget(request: Request, payload: usage_schemas.BudgetIn) -> Any:
    """What would pass it is refused with 409, `budget_exceeded`: what is held for takes on their way counts too.

    A project's, and its members' on it, are set by the project's owner; a person's and the whole studio's by staff.
    """
    project = permissions.project_for(request.user, payload.projectId, "own") if payload.projectId else None
    budget = budgets.put(
        request.user,
        project=project,
        username=payload.username,
        period=payload.period,
        credits=Decimal(str(payload.credits)),
    )
    return success(serializers.budget(budgets.state(budget)), "The budget is set.")


@router.delete("/budgets/{budget_id}", response=responses(Nothing), summary="Take a budget away")
def delete_budget(request: Request, budget_id: str) -> Any:
    budgets.remove(request.user, budgets.find(request.user, budget_id))
    return success(message="The budget is gone.")
