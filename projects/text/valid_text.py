"""What a valid text is: the one check for all that people, programs, files and Runway give.

A text may be stored, sent and shown everywhere only without NUL, which PostgreSQL refuses, and without half of a
surrogate pair, which is not UTF-8. JSON can carry both as an escape.
"""

from __future__ import annotations

import json
import re
from typing import Any

from projects.problems import Problem, wrong_field
from projects.translation import gettext as _

_INVALID = re.compile("[\0\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def fault_of(text: str) -> str:
    """Return what is wrong with a text, as the end of a sentence about it; empty for a valid one."""
    if "\0" in text:
        return _("must not contain NUL characters")
    # quick for long texts, such as data URIs
    if not text.isascii() and _INVALID.search(text):
        return _("must be valid text, but has half of a surrogate pair")
    return ""


def check_text(field: str, text: str) -> None:
    """Raise Problem 422 that names the field, unless the text is valid."""
    if fault := fault_of(text):
        raise invalid_text(field, fault)


def invalid_text(field: str, fault: str) -> Problem:
    """Return Problem 422 for a field with a fault that `fault_of()` names."""
    # the name itself may be what is wrong
    name = replace_invalid(field)
    return wrong_field(name, f"{name} {fault}.")


def replace_invalid(text: str) -> str:
    """Return a text in which U+FFFD stands for each invalid character: what was given already is kept."""
    return _INVALID.sub(REPLACEMENT, text) if fault_of(text) else text


def replace_in_json(value: Any) -> Any:
    """Return a JSON value whose texts and names are valid: those of Runway, of our files, and of rows."""
    if isinstance(value, str):
        return replace_invalid(value)
    if isinstance(value, dict):
        return {replace_in_json(name): replace_in_json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [replace_in_json(inner) for inner in value]
    return value


def valid_json(value: Any) -> Any:
    """Return what `replace_in_json()` does; at once for a long value of which nothing is to be replaced."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        # an expression of the database, or what its column refuses
        return replace_in_json(value)
    return replace_in_json(value) if "\\u0000" in text or fault_of(text) else value
