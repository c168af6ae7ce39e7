"""The accounts of the studio as JSON, for staff: to disable one when somebody leaves the house.

There is no list: every GET answers the same after a lost database, and accounts are on no disk. The page has it.
"""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router
from pydantic import BaseModel, Field

from projects.actions import people
from projects.web.authentication import Request
from projects.web.envelope import responses, success
from projects.web.field_types import Flag
from projects.web.request_body import RequestBody

router = Router(tags=["people"])
PERSON = "/people/{username}"


class PersonChange(RequestBody):
    """Whether an account is to be enabled."""

    active: Flag = Field(description="false signs the person out everywhere and ends their API tokens for good")


class Person(BaseModel):
    """An account of the studio."""

    username: str
    active: bool
    role: Literal["administrator", "staff", "member"]
    projects: int = Field(description="films that the person belongs to")
    ownedProjects: int
    secondFactor: bool
    identities: list[str] = Field(description="names of the OpenID Connect providers that sign the person in")


@router.patch(PERSON, response=responses(Person), summary="Disable or enable an account")
def change_person(request: Request, username: str, payload: PersonChange) -> Any:
    """For staff; an account of staff only by an administrator. Sockets end within ten seconds."""
    user = people.set_active(request.user, username, active=payload.active)
    return success(_person_dict(*people.describe([user])))


def _person_dict(person: people.Person) -> dict[str, Any]:
    return {
        "username": person.user.username,
        "active": person.user.is_active,
        "role": person.role,
        "projects": person.films,
        "ownedProjects": person.owned,
        "secondFactor": person.has_second_factor,
        "identities": person.identities,
    }
