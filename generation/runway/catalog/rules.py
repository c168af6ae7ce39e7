"""Rules between the fields of a model: what one value asks of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

GIVEN = "given"


@dataclass(frozen=True)
class Rule:
    """When all of `when` is so, the rest must be. A condition is "given", or the values that make it true."""

    when: Mapping[str, Any]
    needs: tuple[str, ...]
    needs_one_of: tuple[str, ...]
    forbids: tuple[str, ...]
    allows: Mapping[str, tuple[Any, ...]]
    at_least: Mapping[str, int]

    def broken(self, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The field that is wrong, and the rule in words."""
        if not all(_is_so(given, name, wanted) for name, wanted in self.when.items()):
            return
        because = " and ".join(_told(name, wanted) for name, wanted in self.when.items())
        for name in self.needs:
            if name not in given:
                yield name, f"{name} is needed with {because}"
        if self.needs_one_of and not any(name in given for name in self.needs_one_of):
            yield self.needs_one_of[0], f"{' or '.join(self.needs_one_of)} is needed with {because}"
        for name in self.forbids:
            if name in given:
                yield name, f"{name} must be left out with {because}"
        for name, values in self.allows.items():
            if name in given and given[name] not in values:
                yield name, f"{name} must be {' or '.join(map(str, values))} with {because}"
        for name, least in self.at_least.items():
            if len(given.get(name, ())) < least:
                yield name, f"{name} needs at least {least} items with {because}"


def _is_so(given: Mapping[str, Any], name: str, wanted: Any) -> bool:
    found = _look(given, name)
    if wanted == GIVEN:
        return bool(found) or found in (0, False)
    return any(type(found) is type(value) and found == value for value in wanted)


def _look(given: Any, name: str) -> Any:
    """`a.b` is the value of b in a; in a list of objects, the first b there is."""
    first, _, rest = name.partition(".")
    found = given.get(first) if isinstance(given, Mapping) else None
    if not rest:
        return found
    if isinstance(found, list):
        return next((value for item in found if (value := _look(item, rest)) is not None), None)
    return _look(found, rest)


def _told(name: str, wanted: Any) -> str:
    return name if wanted == GIVEN else f"{name} {' or '.join(_word(value) for value in wanted)}"


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
