"""Values as text: in a form's field, in a cell of a shot list, and on the command line."""

from __future__ import annotations

import re
from typing import Any

from generation.runway.catalog.base_field import Field
from generation.runway.catalog.fields import Boolean, Integer, Number

# bounded, so that no text becomes a number too large for JSON
INTEGER = re.compile(r"-?[0-9]{1,20}")
NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")
# spreadsheets write TRUE and FALSE
BOOLEANS = {"true": True, "false": False}


def parse_text(field: Field, text: str) -> Any:
    """Return the value that a text means for its field; None for an empty one.

    A text that is no number where one is needed stays a text, so that the catalog refuses it under the field's name.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        return None
    if isinstance(field, Boolean):
        return BOOLEANS.get(text.lower(), text)
    if isinstance(field, Integer | Number) and INTEGER.fullmatch(text):
        return int(text)
    if isinstance(field, Number) and NUMBER.fullmatch(text):
        return float(text)
    return text


def format_value(value: object) -> str:
    """Return the text of a value, as `parse_text()` reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
