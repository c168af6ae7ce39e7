"""What is read from the names in a form: which files are picked, and which rows a list has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FormData = Mapping[str, Any]
# the value that a browser sends for a ticked checkbox
TICKED = "on"
# names come from outside; whether the file exists is checked with the request
FILE_REFERENCE = re.compile(r"asset:[0-9A-Fa-f-]{1,40}")
# the form itself never makes longer numbers, and a longer one could be huge
ROW_NUMBER = re.compile(r"[0-9]{1,3}")


def picked_files(name: str, data: FormData) -> list[str]:
    """Return the references of the files that are picked for a list, in the form's order."""
    prefix = f"{name}."
    keys = [key.removeprefix(prefix) for key in data if key.startswith(prefix) and data.get(key)]
    return [key for key in keys if FILE_REFERENCE.fullmatch(key)]


def row_numbers(name: str, data: FormData) -> list[int]:
    """Return the numbers of a list's rows in the form, in order; they may have gaps, and empty rows count."""
    prefix = f"{name}."
    numbers = {key.removeprefix(prefix).split(".")[0] for key in data if key.startswith(prefix)}
    return sorted(int(number) for number in numbers if ROW_NUMBER.fullmatch(number))


def change_rows(data: FormData, change: str) -> dict[str, Any]:
    """Return the form with one row more (`add:keyframes`) or one less (`remove:keyframes.1`)."""
    action, _, name = change.partition(":")
    if action == "remove":
        return {key: value for key, value in data.items() if key != name and not key.startswith(f"{name}.")}
    numbers = row_numbers(name, data)
    return {**data, f"{name}.{numbers[-1] + 1 if numbers else 0}": ""}
