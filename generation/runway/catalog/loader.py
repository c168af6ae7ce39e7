"""Reads the entries of `catalog.json` into fields, rules and prices.

An entry with an unknown key or type raises CatalogError when the catalog is first used, with model, field and key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import Boolean, Choice, Integer, Media, MediaKind, Number, Text
from generation.runway.catalog.model import CatalogModel
from generation.runway.catalog.price import Part, Price, Tier
from generation.runway.catalog.rules import Rule

Facts = Mapping[str, Any]

MODEL_KEYS = {"strict", "strictFrom", "fields", "rules", "price", "suffix"}
RULE_KEYS = {"when", "needs", "needsOneOf", "forbids", "allows", "atLeast"}
PRICE_KEYS = {"certainty", "source", "parts", "minimum"}
PART_KEYS = {"per", "of", "tiers", "block", "most", "otherwise"}
TIER_KEYS = {"rate", "when"}


class CatalogError(Exception):
    """What is wrong in `catalog.json`, and where."""


def load_model(kind: str, output_kind: MediaKind, name: str, facts: Facts) -> CatalogModel:
    """Return a model from its entry; `kind` is the endpoint's name. Raise CatalogError."""
    with _located(f"{kind} {name}"):
        return _model(kind, output_kind, name, facts)


def _model(kind: str, output_kind: MediaKind, name: str, facts: Facts) -> CatalogModel:
    _refuse_unknown(facts, MODEL_KEYS)
    return CatalogModel(
        name=name,
        kind=kind,
        output_kind=output_kind,
        strict=facts["strict"],
        fields=_fields(facts["fields"]),
        rules=tuple(_rule(rule) for rule in facts.get("rules", ())),
        price=_price(facts["price"]),
        price_facts=facts["price"],
        suffix=facts.get("suffix", ""),
    )


@contextmanager
def _located(where: str) -> Iterator[None]:
    """Put the place in front of an error."""
    try:
        yield
    except CatalogError as error:
        raise CatalogError(f"{where}: {error}") from None
    except KeyError as error:
        raise CatalogError(f"{where}: the key {error} is missing") from None


def _refuse_unknown(facts: Facts, known: set[str]) -> None:
    # a misspelled bound would be ignored, and what it should refuse would be paid for
    if unknown := facts.keys() - known:
        raise CatalogError(f"unknown key {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}")


def _fields(facts: Mapping[str, Facts]) -> dict[str, Field]:
    return {name: _named_field(name, entry) for name, entry in facts.items()}


def _named_field(name: str, facts: Facts) -> Field:
    with _located(name):
        return _field(facts)


def _field(facts: Facts) -> Field:
    if facts["type"] not in FIELD_TYPES:
        raise CatalogError(f"unknown type {facts['type']}; known are {', '.join(FIELD_TYPES)}")
    keys, create = FIELD_TYPES[facts["type"]]
    _refuse_unknown(facts, COMMON_KEYS | set(keys.split()))
    return create(facts, _common(facts))


def _rule(facts: Facts) -> Rule:
    _refuse_unknown(facts, RULE_KEYS)
    return Rule(
        when=facts["when"],
        needs=tuple(facts.get("needs", ())),
        needs_one_of=tuple(facts.get("needsOneOf", ())),
        forbids=tuple(facts.get("forbids", ())),
        allows={name: tuple(values) for name, values in facts.get("allows", {}).items()},
        at_least=facts.get("atLeast", {}),
    )


def _price(facts: Facts) -> Price:
    _refuse_unknown(facts, PRICE_KEYS)
    minimum = facts.get("minimum")
    return Price(
        certainty=facts["certainty"],
        source=facts.get("source", ""),
        parts=tuple(_part(part) for part in facts["parts"]),
        minimum=None if minimum is None else Decimal(minimum),
    )


def _part(facts: Facts) -> Part:
    _refuse_unknown(facts, PART_KEYS)
    for tier in facts["tiers"]:
        _refuse_unknown(tier, TIER_KEYS)
    otherwise = facts.get("otherwise")
    return Part(
        per=facts["per"],
        of=tuple(facts["of"]),
        tiers=tuple(Tier(Decimal(tier["rate"]), tier.get("when", {})) for tier in facts["tiers"]),
        block=facts.get("block", 0),
        most=facts.get("most"),
        otherwise=None if otherwise is None else Decimal(otherwise),
    )


def _common(facts: Facts) -> dict[str, Any]:
    """Return the arguments that every field has."""
    return {"facts": facts, **{name: facts[name] for name in ("required", "default", "usual") if name in facts}}


def _bounds(facts: Facts, *names: str) -> dict[str, Any]:
    return {name: facts[name] for name in ("min", "max", *names) if name in facts}


def _tuples(facts: Facts, *names: str) -> dict[str, Any]:
    return {name: tuple(facts[name]) for name in names if name in facts}


def _list(facts: Facts, common: dict[str, Any]) -> List:
    return List(
        items=_field(facts["items"]),
        unique=facts.get("unique", ""),
        all_or_none=facts.get("allOrNone", ""),
        last_needs_first=facts.get("lastNeedsFirst", False),
        most=facts.get("most", {}),
        total={key: (least, most) for key, (least, most) in facts.get("total", {}).items()},
        **_bounds(facts),
        **common,
    )


# "from" and "format" say where a bound comes from and what a text is; they are for people
COMMON_KEYS = {"type", "required", "default", "usual", "from"}
# by type: the keys besides the common ones, and what makes the field. The file says "whole" for integers and "either"
# for a choice of kinds
FIELD_TYPES: dict[str, tuple[str, Callable[[Facts, dict[str, Any]], Field]]] = {
    "text": ("min max pattern format deprecated", lambda facts, common: Text(**_bounds(facts, "pattern"), **common)),
    "choice": (
        "values deprecated pixels zip",
        lambda facts, common: Choice(**_tuples(facts, "values", "deprecated", "pixels", "zip"), **common),
    ),
    "number": ("min max unit", lambda facts, common: Number(**_bounds(facts, "unit"), **common)),
    "whole": (
        "min max unit values words",
        lambda facts, common: Integer(**_bounds(facts, "unit"), **_tuples(facts, "values", "words"), **common),
    ),
    "boolean": ("", lambda facts, common: Boolean(**common)),
    "media": (
        "kind aspect side seconds",
        lambda facts, common: Media(kind=facts["kind"], **_tuples(facts, "aspect", "side", "seconds"), **common),
    ),
    "object": (
        "fields open",
        lambda facts, common: Object(fields=_fields(facts["fields"]), open=facts.get("open", False), **common),
    ),
    "list": ("items min max unique allOrNone lastNeedsFirst most total", _list),
    "either": ("of", lambda facts, common: AnyOf(options=tuple(_field(option) for option in facts["of"]), **common)),
}
