"""The comparison of the ledger with what Runway counts, as JSON."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from generation.actions import reconciliation
from generation.api.field_types import Day, Number
from generation.models import Reconciliation
from generation.money import serializers
from projects.api.schemas import Time
from projects.problems import forbidden
from projects.web.authentication import Request
from projects.web.envelope import responses, success
from projects.web.field_types import WholeNumber
from projects.web.request_body import RequestBody

router = Router(tags=["money"])
ADDRESS = "/usage/reconciliation"


class ReconcileIn(RequestBody):
    """How many days to compare."""

    days: Annotated[WholeNumber, Field(ge=1, le=90)] = Field(30, description="up to today")


class Suspect(BaseModel):
    """A job whose cost may explain a difference."""

    jobId: str
    why: str


class Difference(BaseModel):
    """A day and model of which Runway counts other credits than the studio."""

    day: Day
    model: str
    ours: Number
    runway: Number
    difference: Number = Field(description="what Runway counts and the studio does not")
    suspects: list[Suspect]


class ReconciliationOut(BaseModel):
    """A comparison with Runway."""

    at: Time
    since: Day
    until: Day
    differences: list[Difference]
    agreeing: int = Field(description="how many days and models agree")


class MaybeReconciliation(BaseModel):
    """The last comparison; null if nobody has compared yet."""

    reconciliation: ReconciliationOut | None


@router.get(ADDRESS, response=responses(MaybeReconciliation), summary="The last comparison with Runway")
def last_reconciliation(request: Request) -> Any:
    """For staff, since it is about the whole account. Null if nobody has compared yet."""
    _require_staff(request)
    last = Reconciliation.objects.first()
    return success({"reconciliation": serializers.reconciliation_dict(last) if last else None})


@router.post(ADDRESS, response=responses(MaybeReconciliation), summary="Compare with what Runway counts")
def reconcile(request: Request, payload: ReconcileIn) -> Any:
    """By day and model, with the jobs whose cost may explain a difference. Runway's numbers may lag by some minutes."""
    _require_staff(request)
    comparison = reconciliation.reconcile(request.user, payload.days)
    message = _("{count} differ, {agreeing} agree.").format(
        count=len(comparison.differences), agreeing=comparison.agreeing
    )
    return success({"reconciliation": serializers.reconciliation_dict(comparison)}, message)


def _require_staff(request: Request) -> None:
    if not request.user.is_staff:
        raise forbidden(_("Only staff can compare with Runway, since its numbers are those of the whole studio."))
