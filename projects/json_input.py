"""JSON that people and programs send, within bounds; and JSON of files and of Runway, which is kept whatever it has."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from projects.problems import Problem
from projects.valid_text import fault_of, invalid_text, replace_in_json

MAX_DEPTH = 32
"""How deep lists and objects may be nested."""
MAX_VALUES = 200_000
"""How many values a text may have: a batch of a thousand rows has some ten thousand."""
MAX_NAMES = 300
"""How many names an object may have."""
# each value but the first of a list or object has a comma before it; in texts they are rare enough
_MARKS = "[{,"
TOO_DEEP = Problem(f"The JSON is nested deeper than {MAX_DEPTH} levels.", code="malformed_json", status=400)
TOO_MANY = Problem(f"The JSON has more than {MAX_VALUES:,} values.", code="malformed_json", status=400)
TOO_MANY_NAMES = Problem(f"An object in the JSON has more than {MAX_NAMES:,} names.", code="malformed_json", status=400)


def load_json(text: str | bytes) -> Any:
    """Return the value of a JSON text, with whole numbers as int however they are written: 5.0 and 5e0 are 5.

    JSON Schema means it so, and many programs write each number as a float. Raise ValueError for what is not JSON, NaN
    and Infinity among it; Problem 400 for one that is too deep or has too many values, 422 for a text in it that is not
    valid.
    """
    if isinstance(text, bytes):
        # json.loads() would let half of a surrogate pair through
        text = text.decode(json.detect_encoding(text))
    # counted before anything is made of it: a list of empty lists takes twenty times its own size
    if sum(text.count(mark) for mark in _MARKS) > MAX_VALUES:
        raise TOO_MANY
    try:
        value = json.loads(text, parse_float=_number, parse_constant=_refuse_constant)
    except RecursionError:
        raise TOO_DEEP from None
    _check(value)
    return value


def load_kept_json(text: str | bytes) -> Any:
    """Return the value of a JSON text of a file or of Runway, with U+FFFD for what is not valid in its texts.

    Raise ValueError for what is not JSON, or nested so deep that nobody can read it.
    """
    try:
        return replace_in_json(json.loads(text))
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _check(value: Any) -> None:
    """Raise a Problem for a value that is nested too deep, or has a text that is not valid."""
    level: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        for path, each in level:
            _check_text(path, each)
        level = [((*path, key), inner) for path, each in level for key, inner in _parts(each)]
    raise TOO_DEEP


def _check_text(path: tuple[str | int, ...], value: Any) -> None:
    names = value if isinstance(value, dict) else ()
    if len(names) > MAX_NAMES:
        raise TOO_MANY_NAMES
    for fault in (fault_of(value) if isinstance(value, str) else "", *map(fault_of, names)):
        if fault:
            raise invalid_text(".".join(map(str, path)) or "body", fault)


def _parts(value: Any) -> Any:
    """Return keys and values of an object, or places and values of a list; nothing for anything else."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
