"""Pydantic's validation errors as sentences that name the field and the values that are allowed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.problems import FieldProblem

# by pydantic's type of error; the names in braces come from the error's own context
_SENTENCES = {
    "missing": gettext_noop("is missing"),
    "string_type": gettext_noop("must be text"),
    "string_unicode": gettext_noop("must be valid text"),
    "string_too_short": gettext_noop("must not be empty"),
    "int_type": gettext_noop("must be a whole number"),
    "int_parsing": gettext_noop("must be a whole number"),
    "int_from_float": gettext_noop("must be a whole number"),
    "float_type": gettext_noop("must be a number"),
    "bool_type": gettext_noop("must be true or false"),
    "bool_parsing": gettext_noop("must be true or false"),
    "list_type": gettext_noop("must be a list"),
    "model_type": gettext_noop("must be a JSON object"),
    "model_attributes_type": gettext_noop("must be a JSON object"),
    "dict_type": gettext_noop("must be a JSON object"),
    "string_too_long": gettext_noop("must have at most {max_length} characters"),
    "literal_error": gettext_noop("must be one of {expected}"),
    "enum": gettext_noop("must be one of {expected}"),
    "greater_than_equal": gettext_noop("must be at least {ge}"),
    "less_than_equal": gettext_noop("must be at most {le}"),
    "value_error": "{error}",
    "unknown_field": "{sentence}",
}


def field_problem(error: dict[str, Any]) -> FieldProblem:
    """Return one of pydantic's errors as a FieldProblem; a nested field is named `clips.3.out`."""
    source, *path = error["loc"]
    # of a body pydantic names our own parameter first: `("body", "payload", "name")`
    field = ".".join(str(part) for part in (path[1:] if source == "body" else path)) or "body"
    return FieldProblem(field, f"{field} {_sentence(error['type'], error.get('ctx', {}), error['msg'])}.")


def _sentence(kind: str, context: dict[str, Any], message: str) -> str:
    if kind not in _SENTENCES:
        return _("is wrong: {message}").format(message=message)
    # pydantic writes 'owner', 'editor' or 'viewer'
    expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    return _(_SENTENCES[kind]).format_map(context | {"expected": expected})
