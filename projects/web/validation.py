"""Pydantic's validation errors as sentences that name the field and the values that are allowed."""

from __future__ import annotations

from typing import Any

from projects.problems import FieldProblem

# by pydantic's type of error; the names in braces come from the error's own context
_SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text",
    "string_unicode": "must be valid text",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "string_too_long": "must have at most {max_length} characters",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
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
        return f"is wrong: {message}"
    # pydantic writes 'owner', 'editor' or 'viewer'
    expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    return _SENTENCES[kind].format_map(context | {"expected": expected})
