"""Values as text: in a form's field, in a cell of a shot list, and on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from generation.runway.catalog.base_field import Field
from generation.runway.catalog.fields import Boolean, Choice, Integer, Number
from projects.disk.name_matching import same_name

# bounded, so that no text becomes a number too large for JSON
INTEGER = re.compile(r"-?[0-9]{1,20}")
NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")
# spreadsheets and pandas write 5.0, where the comma is the decimal point 5,0; 5,000 may be five thousand
NO_FRACTION = re.compile(r"\.0{0,20}|,0{1,2}")
DECIMAL_COMMA = re.compile(r"(-?[0-9]{1,20}),(?!000$)([0-9]{1,20})")
# spreadsheets write the words of their language: German, French, Spanish, Italian, Portuguese, Dutch
TRUE = "true yes 1 1.0 wahr vrai verdadero vero verdadeiro waar"
FALSE = "false no 0 0.0 falsch faux falso onwaar"
BOOLEANS = dict.fromkeys(TRUE.split(), True) | dict.fromkeys(FALSE.split(), False)
# what a spreadsheet makes of 1280:720: a time of 1280 hours and 720 minutes
TIME = re.compile(r"([0-9]{1,6}):([0-5][0-9]):00")
RATIO = re.compile(r"([0-9]{1,5}):([0-9]{1,5})")


def parse_text(field: Field, text: str) -> Any:
    """Return the value that a text means for its field; None for an empty one.

    A text that is no number where one is needed stays a text, so that the catalog refuses it under the field's name.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        return None
    value: Any = None
    if isinstance(field, Boolean):
        value = parse_boolean(text)
    elif isinstance(field, Choice):
        value = parse_choice(field, text)
    elif isinstance(field, Integer):
        value = parse_integer(text)
        value = same_name(text, field.words) if value is None else value
    elif isinstance(field, Number):
        value = parse_number(text)
    return text if value is None else value


def parse_boolean(text: str) -> bool | None:
    """Return whether a text says yes or no; None where it says neither."""
    return BOOLEANS.get(text.strip().lower())


def parse_integer(text: str) -> int | None:
    """Return a whole number, which may be written 5.0; None for any other text."""
    text = NO_FRACTION.sub("", text) if NO_FRACTION.fullmatch(text.lstrip("-0123456789")) else text
    return int(text) if INTEGER.fullmatch(text) else None


def parse_number(text: str) -> int | float | None:
    """Return a number, a whole one as an int; None for any other text. A comma may stand for the decimal point."""
    if (whole := parse_integer(text)) is not None:
        return whole
    text = DECIMAL_COMMA.sub(r"\1.\2", text) if DECIMAL_COMMA.fullmatch(text) else text
    return float(text) if NUMBER.fullmatch(text) else None


def parse_choice(field: Choice, text: str) -> str | None:
    """Return the value of a choice that a text is a spelling of; None where there is none, or more than one."""
    return same_name(text, (*field.values, *field.deprecated)) or _ratio_of_time(text, field.values)


def _ratio_of_time(text: str, values: Sequence[str]) -> str | None:
    time = TIME.fullmatch(text)
    minutes = int(time[1]) * 60 + int(time[2]) if time else None
    ratios = [ratio for ratio in map(RATIO.fullmatch, values) if ratio]
    matches = [ratio[0] for ratio in ratios if int(ratio[1]) * 60 + int(ratio[2]) == minutes]
    return matches[0] if len(matches) == 1 else None


def format_value(value: object) -> str:
    """Return the text of a value, as `parse_text()` reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
