"""Reads the entries of `catalog.json` into fields, rules and prices.

An entry that makes no sense raises KeyError or TypeError when the catalog is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import Boolean, Choice, Integer, Media, MediaKind, Number, Text
from generation.runway.catalog.model import CatalogModel
from generation.runway.catalog.price import Part, Price, Tier
from generation.runway.catalog.rules import Rule

Facts = Mapping[str, Any]


def load_model(kind: str, output_kind: MediaKind, name: str, facts: Facts) -> CatalogModel:
    """Return a model from its entry; `kind` is the endpoint's name."""
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


def _fields(facts: Mapping[str, Facts]) -> dict[str, Field]:
    return {name: _field(entry) for name, entry in facts.items()}


def _field(facts: Facts) -> Field:
    return LOADERS[facts["type"]](facts, _common(facts))


def _rule(facts: Facts) -> Rule:
    return Rule(
        when=facts["when"],
        needs=tuple(facts.get("needs", ())),
        needs_one_of=tuple(facts.get("needsOneOf", ())),
        forbids=tuple(facts.get("forbids", ())),
        allows={name: tuple(values) for name, values in facts.get("allows", {}).items()},
        at_least=facts.get("atLeast", {}),
    )


def _price(facts: Facts) -> Price:
    minimum = facts.get("minimum")
    return Price(
        certainty=facts["certainty"],
        source=facts.get("source", ""),
        parts=tuple(_part(part) for part in facts["parts"]),
        minimum=None if minimum is None else Decimal(minimum),
    )


def _part(facts: Facts) -> Part:
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


LOADERS: dict[str, Callable[[Facts, dict[str, Any]], Field]] = {
    "text": lambda facts, common: Text(**_bounds(facts, "pattern"), **common),
    "choice": lambda facts, common: Choice(**_tuples(facts, "values", "deprecated", "pixels", "zip"), **common),
    "number": lambda facts, common: Number(**_bounds(facts, "unit"), **common),
    # the file says "whole" for integers and "either" for a choice of kinds
    "whole": lambda facts, common: Integer(**_bounds(facts, "unit"), **_tuples(facts, "values", "words"), **common),
    "boolean": lambda facts, common: Boolean(**common),
    "media": lambda facts, common: Media(kind=facts["kind"], **_tuples(facts, "aspect", "side", "seconds"), **common),
    "object": lambda facts, common: Object(fields=_fields(facts["fields"]), open=facts.get("open", False), **common),
    "list": _list,
    "either": lambda facts, common: AnyOf(options=tuple(_field(option) for option in facts["of"]), **common),
}
