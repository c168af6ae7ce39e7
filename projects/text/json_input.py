"""JSON that people and programs send, within bounds; and JSON of files and of Runway, which is kept whatever it has."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from projects.problems import Problem
from projects.text.valid_text import fault_of, invalid_text, replace_in_json
from projects.translation import gettext_noop

MAX_DEPTH = 32
"""How deep lists and objects may be nested."""
MAX_VALUES = 200_000
"""How many values a text may have: a batch of a thousand rows has some ten thousand."""
MAX_NAMES = 300
"""How many names an object may have."""
# each value but the first of a list or object has a comma before it; in texts they are rare enough
_MARKS = "[{,"
# json makes nothing that is derived from them
_CONTAINERS = frozenset((dict, list))
TOO_DEEP = Problem(
    gettext_noop("The JSON is nested deeper than {max_depth} levels.").format(max_depth=MAX_DEPTH),
    code="malformed_json",
    status=400,
)
TOO_MANY = Problem(
    gettext_noop("The JSON has more than {max_values:,} values.").format(max_values=MAX_VALUES),
    code="malformed_json",
    status=400,
)
TOO_MANY_NAMES = Problem(
    gettext_noop("An object in the JSON has more than {max_names:,} names.").format(max_names=MAX_NAMES),
    code="malformed_json",
    status=400,
)


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
    _check_bounds(value)
    # without an escape, its texts are those of the whole, which JSON itself keeps free of NUL
    if "\\u" in text or fault_of(text):
        _check_texts((), value)
    return value


def load_kept_json(text: str | bytes) -> Any:
    """Return the value of a JSON text of a file or of Runway, with U+FFFD for what is not valid in its texts.

    Raise ValueError for what is not JSON, or nested so deep that nobody can read it.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    # without an escape, and without bytes that are no UTF-8, there is nothing to replace
    is_plain = isinstance(text, bytes) and not any(mark in text for mark in (b"\\u", b"\xed"))
    return value if is_plain else replace_in_json(value)


def _check_bounds(value: Any) -> None:
    """Raise a Problem for a value that is nested too deep, or an object with too many names."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        objects = [each for each in level if type(each) is dict]
        if any(len(each) > MAX_NAMES for each in objects):
            raise TOO_MANY_NAMES
        # built by whole lists, of what has more inside: a long film has tens of thousands of values
        inside = [inner for each in level if type(each) is list for inner in each if type(inner) in _CONTAINERS]
        level = inside + [inner for each in objects for inner in each.values() if type(inner) in _CONTAINERS]
    raise TOO_DEEP


def _check_texts(path: tuple[str | int, ...], value: Any) -> None:
    """Raise a Problem that names the place of a text that is not valid, in a value that is not nested too deep."""
    names = value if isinstance(value, dict) else ()
    for fault in (fault_of(value) if isinstance(value, str) else "", *map(fault_of, names)):
        if fault:
            raise invalid_text(".".join(map(str, path)) or "body", fault)
    for key, inner in _parts(value):
        _check_texts((*path, key), inner)


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
