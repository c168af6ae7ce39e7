"""Usage as JSON: the report and the entries of the ledger."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from generation.api.usage_schemas import Entries, Usage
from generation.models import LedgerEntry, paging
from generation.money import report, serializers, usage_filter
from projects.web.authentication import Request
from projects.web.envelope import responses, success

router = Router(tags=["money"])


@router.get("/usage", response=responses(Usage), summary="Credits by day, project, scene, model and person")
def usage(
    request: Request,
    since: str | None = None,
    until: str | None = None,
    project: str | None = None,
    person: str | None = None,
    model: str | None = None,
) -> Any:
    """Of the caller's projects; staff see all. Both days are included; without them, all time."""
    scope = usage_filter.scope_of_call(
        request.user, project=project, person=person, model=model, since=since, until=until
    )
    return success(serializers.usage_dict(report.load_report(scope)))


@router.get("/usage/ledger", response=responses(Entries), summary="The ledger's entries, newest first")
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
    """List the entries; those of a job always add up to what the job says. As a file: `/usage/ledger.csv`."""
    scope = usage_filter.scope_of_call(
        request.user, project=project, person=person, model=model, since=since, until=until
    )
    ledger = LedgerEntry.objects.filter(scope.entries & scope.within("day")).select_related("project", "scene")
    # by the key alone: entries are only ever appended, so the key is the order of time
    page, next_cursor = paging.page(ledger, limit, cursor, order=["pk"])
    return success({"entries": [serializers.entry_dict(entry) for entry in page], "nextCursor": next_cursor})
