"""Violations of the catalog's rules as sentences for people."""

from __future__ import annotations

from collections.abc import Iterable

from generation.runway.catalog.base_field import ABSENT, Field, Violation, ViolationCode
from generation.runway.catalog.composite_fields import List
from generation.runway.catalog.fields import Text
from projects.problems import FieldProblem
from projects.text.near_names import near_names
from projects.translation import gettext as _


def field_problem(violation: Violation, model: str) -> FieldProblem:
    """Return one sentence that names the field, the model where it matters, and what is allowed."""
    name = ".".join(map(str, violation.path))
    allowed = violation.field.allowed()
    if violation.code == ViolationCode.RULE:
        return FieldProblem(name, f"{model}: {violation.message}.")
    if violation.code == ViolationCode.KEYS:
        return FieldProblem(
            name,
            _("{name} has no {keys}. It must be {allowed}.").format(
                name=name, keys=", ".join(violation.keys), allowed=allowed
            ),
        )
    if violation.value is ABSENT:
        return FieldProblem(name, _("{model} needs {name}: {allowed}.").format(model=model, name=name, allowed=allowed))
    if violation.code == ViolationCode.RANGE:
        return FieldProblem(
            name,
            _("{name} must be {allowed}{actual_size}.").format(
                name=name, allowed=allowed, actual_size=_actual_size(violation.field, violation.size, model)
            ),
        )
    # texts have the same bounds in most models, so the model's name would add nothing
    where = "" if isinstance(violation.field, Text) else f" for {model}"
    return FieldProblem(name, _("{name} must be {allowed}{where}.").format(name=name, allowed=allowed, where=where))


def unknown_field(name: str, model: str, known: Iterable[str]) -> FieldProblem:
    """Return the sentence about a field that the model does not have."""
    known = list(known)
    near = near_names(name, known, parts=True)
    hint = _("You may mean {near}. ").format(near=" or ".join(near)) if near else ""
    return FieldProblem(
        name,
        _("{model} has no setting {name}. {hint}Its settings are {known}.").format(
            model=model, name=name, hint=hint, known=", ".join(known)
        ),
    )


def _actual_size(field: Field, size: float, model: str) -> str:
    return f"; this one has {size:g}" if isinstance(field, Text | List) else f" for {model}"
