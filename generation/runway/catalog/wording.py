"""What is wrong with a field, as one sentence that says what it may be."""

from __future__ import annotations

from generation.runway.catalog.fields import ABSENT, Code, Field, Text, Wrong
from generation.runway.catalog.structures import List
from projects.problems import FieldProblem


def sentence(wrong: Wrong, model: str) -> FieldProblem:
    name = ".".join(map(str, wrong.place))
    allowed = wrong.field.allowed()
    if wrong.code == Code.RULE:
        return FieldProblem(name, f"{model}: {wrong.message}.")
    if wrong.code == Code.KEYS:
        return FieldProblem(name, f"{name} must have no {', '.join(wrong.keys)}: it is {allowed}.")
    if wrong.value is ABSENT:
        return FieldProblem(name, f"{model} needs {name}: {allowed}.")
    if wrong.code == Code.RANGE:
        return FieldProblem(name, f"{name} must be {allowed}{_this_one(wrong.field, wrong.size, model)}.")
    where = "" if isinstance(wrong.field, Text) else f" for {model}"
    return FieldProblem(name, f"{name} must be {allowed}{where}.")


def _this_one(field: Field, size: float, model: str) -> str:
    return f"; this one has {size:g}" if isinstance(field, Text | List) else f" for {model}"
