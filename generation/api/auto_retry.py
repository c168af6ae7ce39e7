"""The automatic retry of a project, as JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from generation.actions import auto_retry
from generation.api.field_types import Credits, Number
from generation.models.auto_retry import AutoRetry
from generation.serializers import plain_number
from projects.access import permissions
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success
from projects.web.field_types import WholeNumber
from projects.web.request_body import RequestBody

router = Router(tags=["generation"])
ADDRESS = "/projects/{project_id}/auto-retry"


class AutoRetryIn(RequestBody):
    """The limits of the automatic retry."""

    takes: Annotated[WholeNumber, Field(ge=1, le=auto_retry.MAX_TAKES)] = Field(
        1, description="automatic retries of one take, at most"
    )
    credits: Credits = Field(description="for all automatic retries since it was switched on, at most")


class AutoRetryOut(BaseModel):
    """The automatic retry of a project."""

    takes: int
    credits: Number
    spent: Number = Field(description="since it was switched on, with the credits held for unfinished retries")
    username: str = Field(description="the person in whose name it is paid")
    active: bool = Field(description="false once this person may no longer spend credits on the project")


class MaybeAutoRetry(BaseModel):
    """The automatic retry; null while it is off."""

    autoRetry: AutoRetryOut | None = Field(description="null while it is off")


@router.get(ADDRESS, response=responses(MaybeAutoRetry), summary="The automatic retry of failed quality checks")
def get_auto_retry(request: Request, project_id: str) -> Any:
    """Null while it is off."""
    return success(_auto_retry(auto_retry.find_rule(permissions.project_for(request.user, project_id))))


@router.put(ADDRESS, response=responses(MaybeAutoRetry), summary="Switch the automatic retry on, or set its limits")
def put_auto_retry(request: Request, project_id: str, payload: AutoRetryIn) -> Any:
    """By anybody who may spend credits on the project; from then on it is paid in their name.

    A finished take whose verdict is `fail` for its content is made again as a new job, which has to pass the same
    checks of budgets and refusals as any other.
    """
    project = permissions.project_for(request.user, project_id, "spend")
    # by its text: a float of 0.1 is not 0.1 as a Decimal
    credits = Decimal(str(payload.credits))
    rule = auto_retry.enable(request.user, project, takes=payload.takes, credits=credits)
    return success(_auto_retry(rule), _("The automatic retry is on."))


@router.delete(ADDRESS, response=responses(Nothing), summary="Switch the automatic retry off")
def delete_auto_retry(request: Request, project_id: str) -> Any:
    """Retries that are on their way go on."""
    auto_retry.disable(request.user, permissions.project_for(request.user, project_id, "spend"))
    return success(message=_("The automatic retry is off."))


def _auto_retry(rule: AutoRetry | None) -> dict[str, Any]:
    if rule is None:
        return {"autoRetry": None}
    return {
        "autoRetry": {
            "takes": rule.takes,
            "credits": plain_number(rule.credits),
            "spent": plain_number(auto_retry.spent_credits(rule)),
            "username": rule.person.get_username(),
            "active": auto_retry.is_allowed(rule),
        }
    }
