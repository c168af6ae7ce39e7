"""JSON that people and programs send."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def load_json(text: str | bytes) -> Any:
    """Return the value of a JSON text, with whole numbers as int however they are written: 5.0 and 5e0 are 5.

    JSON Schema means it so, and many programs write each number as a float. Raise ValueError for what is not JSON, NaN
    and Infinity among it, and RecursionError for what is nested too deep.
    """
    return json.loads(text, parse_float=_number, parse_constant=_refuse_constant)


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
