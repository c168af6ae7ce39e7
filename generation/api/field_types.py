"""Types of the fields that several calls of this app accept or return."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Header
from pydantic import Field, Strict

from generation.money.prices import MAX_CEILING
from generation.runway import catalog
from projects.web.field_types import Flag, Text

Number = int | float
Day = Annotated[str, Field(json_schema_extra={"format": "date"}, description="in UTC, as Runway counts")]
# strict: a JSON number, whole or not, neither a text nor true; a union with int would name its branches in errors
Credits = Annotated[float, Strict(), Field(ge=0, le=9999999999, allow_inf_nan=False)]
MaxCredits = Annotated[
    float,
    Strict(),
    Field(
        ge=0.01,
        le=MAX_CEILING,
        allow_inf_nan=False,
        description="the most credits that one take may cost: reserved until Runway's bill where the price is not known"
        " yet, which a budget asks for; 422 where a known price is higher",
    ),
]
Parameters = dict[str, Any]
"""The fields of a model, by Runway's names."""

Confirmed = Annotated[
    Flag, Field(description="true sends what moderation refused before; otherwise that is 409, `refused_before`")
]
Warned = Annotated[
    Flag | None,
    Field(description="false: what moderation refused before is 409, `refused_before`; absent: only a warning"),
]
Reuse = Annotated[
    Flag,
    Field(
        description="true: if an equal request was paid for before, its file is used for 0 credits, and one on its way"
        " is waited for; false: never; absent: only if the request has a seed"
    ),
]
Kind = Annotated[Text, Field(json_schema_extra={"enum": list(catalog.kinds())})]
# the length of the column
IdempotencyKey = Annotated[str | None, Header(None, alias="Idempotency-Key", min_length=1, max_length=255)]
