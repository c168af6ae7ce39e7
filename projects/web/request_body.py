"""The body of a JSON call: what it refuses, and how its numbers are read."""

from __future__ import annotations

from typing import Any, Self

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja.parser import Parser
from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from projects.text.json_input import load_json
from projects.text.near_names import near_names
from projects.text.valid_text import check_text


class RequestBody(BaseModel):
    """The base of every object in a request: a field that it does not have is refused.

    A misspelt field that was dropped would leave a default in its place, which may be paid for.
    """

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="wrap")
    @classmethod
    def _name_known_fields(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Say of each unknown field which ones there are: pydantic's own error does not know them."""
        try:
            return handler(data)
        except ValidationError as error:
            details = [_with_known_fields(each, list(cls.model_fields)) for each in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(error.title, details) from None


def _with_known_fields(error: ErrorDetails, known: list[str]) -> InitErrorDetails:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        kind, context = "unknown_field", {"sentence": unknown_field(str(error["loc"][-1]), known)}
    # the sentence of an inner object's unknown field is kept
    of_ours = kind == "unknown_field"
    return InitErrorDetails(
        type=PydanticCustomError("unknown_field", "{sentence}", context) if of_ours else kind,
        loc=error["loc"],
        input=error["input"],
        ctx=context,
    )


def unknown_field(name: str, known: list[str]) -> str:
    """Return what is wrong with a field that a request does not have, as the end of a sentence about it."""
    near = near_names(name, known, parts=True)
    hint = (
        _("you may mean {near}").format(near=" or ".join(near))
        if near
        else _("its fields are {known}").format(known=", ".join(known))
    )
    return _("is not a field of this request; {hint}").format(hint=hint)


class JsonParser(Parser):
    """Read bodies as `text/json_input.py` reads JSON, and refuse whatever is not valid text in a form or query."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value of the body. Raise ValueError for what is not JSON, Problem for what is out of bounds."""
        return load_json(request.body)

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        """Return the values of a query or form by name. Raise Problem 422 for one that is not valid."""
        check_form(data)
        return super().parse_querydict(data, list_fields, request)


def check_form(data: MultiValueDict[str, Any]) -> None:
    """Raise Problem 422 for a name or text of a query or form that is not valid. Files in it are passed over."""
    for name, values in data.lists():
        for text in (name, *values):
            if isinstance(text, str):
                check_text(name, text)
