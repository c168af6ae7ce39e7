"""Rules between the fields of a model: what the value of one demands of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from projects.translation import gettext as _

GIVEN = "given"


@dataclass(frozen=True)
class Rule:
    """When all conditions of `when` hold, the rest must hold too.

    A condition is "given", or a list of values of which the field must have one. `allows` lists, by field, the only
    values it may then have, and `at_least` how many items a list must then have.
    """

    when: Mapping[str, Any]
    needs: tuple[str, ...]
    needs_one_of: tuple[str, ...]
    forbids: tuple[str, ...]
    allows: Mapping[str, tuple[Any, ...]]
    at_least: Mapping[str, int]

    def broken(self, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield each field that breaks the rule, and how, in words. `parameters` has no None."""
        if not all(_holds(parameters, name, condition) for name, condition in self.when.items()):
            return
        cause = " and ".join(_describe(name, condition) for name, condition in self.when.items())
        for name, demand in self._unmet(parameters):
            yield name, _("{demand} with {cause}").format(demand=demand, cause=cause)

    def _unmet(self, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name in self.needs:
            if name not in parameters:
                yield name, _("{name} is needed").format(name=name)
        if self.needs_one_of and not any(name in parameters for name in self.needs_one_of):
            yield (
                self.needs_one_of[0],
                _("{names} is needed").format(names=" or ".join(self.needs_one_of)),
            )
        for name in self.forbids:
            if name in parameters:
                yield name, _("{name} must be left out").format(name=name)
        for name, values in self.allows.items():
            if name in parameters and parameters[name] not in values:
                yield name, _("{name} must be {names}").format(name=name, names=" or ".join(map(str, values)))
        for name, least in self.at_least.items():
            if len(parameters.get(name, ())) < least:
                yield name, _("{name} needs at least {least} items").format(name=name, least=least)


def _holds(parameters: Mapping[str, Any], name: str, condition: Any) -> bool:
    value = _lookup(parameters, name)
    if condition == GIVEN:
        return bool(value) or value in (0, False)
    return any(type(value) is type(allowed) and value == allowed for allowed in condition)


def _lookup(container: Any, name: str) -> Any:
    """Return the value at a dotted name; in a list of objects, the first one that has it."""
    first, _, rest = name.partition(".")
    value = container.get(first) if isinstance(container, Mapping) else None
    if not rest:
        return value
    if isinstance(value, list):
        return next((part for item in value if (part := _lookup(item, rest)) is not None), None)
    return _lookup(value, rest)


def _describe(name: str, condition: Any) -> str:
    return name if condition == GIVEN else f"{name} {' or '.join(_json_word(value) for value in condition)}"


def _json_word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
