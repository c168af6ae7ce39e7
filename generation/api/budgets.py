"""Budgets as JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from generation.api.field_types import Credits, Number
from generation.money import budget_settings, serializers
from generation.money.budgets import usage_of, usages
from projects.access import permissions
from projects.api.schemas import Time
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success
from projects.web.field_types import Text
from projects.web.request_body import RequestBody

router = Router(tags=["money"])


class BudgetIn(RequestBody):
    """The budget to set."""

    projectId: Text | None = Field(None, description="for this project; absent: for all projects, set by staff")
    username: Text | None = Field(None, description="for this person; absent: for everybody")
    period: Literal["day", "month", "total"] = "total"
    credits: Credits


class BudgetOut(BaseModel):
    """A budget, and how much of it is used."""

    budgetId: int
    projectId: str | None
    username: str | None
    period: Literal["day", "month", "total"]
    credits: Number
    spent: Number
    held: Number
    left: Number
    setBy: str | None
    changedAt: Time


class Budgets(BaseModel):
    """The budgets that the caller may see."""

    budgets: list[BudgetOut]


@router.get("/budgets", response=responses(Budgets), summary="Budgets, and what is left of them")
def all_budgets(request: Request) -> Any:
    """Those of the caller's projects, of the studio, and their own; staff see all."""
    visible = usages(list(budget_settings.visible_to(request.user)))
    return success({"budgets": [serializers.budget_dict(usage) for usage in visible]})


@router.put("/budgets", response=responses(BudgetOut), summary="Set a budget")
def put_budget(request: Request, payload: BudgetIn) -> Any:
    """Set a budget. A request that would exceed it fails with 409, `budget_exceeded`.

    Held credits count as spent.
    The owner sets budgets of a project and of its members on it; staff set those of a person and of the whole studio.
    """
    project = permissions.project_for(request.user, payload.projectId, "own") if payload.projectId else None
    budget = budget_settings.set_budget(
        request.user,
        project=project,
        username=payload.username,
        period=payload.period,
        # by its text: a float of 0.1 is not 0.1 as a Decimal
        credits=Decimal(str(payload.credits)),
    )
    return success(serializers.budget_dict(usage_of(budget)), _("The budget is set."))


@router.delete("/budgets/{budget_id}", response=responses(Nothing), summary="Remove a budget")
def delete_budget(request: Request, budget_id: str) -> Any:
    """As allowed as setting it."""
    # the id is a text, so that a malformed one gets the same 404 as one that does not exist
    budget_settings.remove_budget(request.user, budget_settings.get_budget(request.user, budget_id))
    return success(message=_("The budget is removed."))
