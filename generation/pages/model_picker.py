"""The list of models in the composer: grouped by maker, each with its price and what sets it apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from generation.money.prices import observed_prices
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.fields import Boolean
from projects.credit_words import credit_words

# by the beginning of a model's name
MAKERS = {
    "gen": "Runway",
    "veo": "Google Veo",
    "gemini": "Google Gemini",
    "kling": "Kling",
    "seedance": "Seedance",
    "hailuo": "Hailuo",
    "wan": "Wan",
    "grok": "Grok Imagine",
}
OTHER_MAKERS = "Other"


@dataclass(frozen=True)
class ModelChoice:
    """A model in the list; `price` and `features` are words for people."""

    name: str
    price: str
    features: str
    is_chosen: bool


@dataclass(frozen=True)
class ModelGroup:
    """The models of one maker."""

    name: str
    models: list[ModelChoice]


LastBills = Mapping[str, Decimal]
"""The credits of the last bill by model."""


def last_bills(kind: str) -> LastBills:
    """Return the last bills of the models of a kind for which Runway publishes no price."""
    unpublished = [model.name for model in catalog.models(kind) if not model.price.parts]
    bills = observed_prices().filter(kind=kind, model__in=unpublished).order_by("last_at")
    return dict(bills.values_list("model", "credits"))


def model_groups(kind: str, chosen: CatalogModel, bills: LastBills) -> list[ModelGroup]:
    """Return all models of a kind by their maker."""
    groups: dict[str, list[ModelChoice]] = defaultdict(list)
    for model in catalog.models(kind):
        choice = ModelChoice(model.name, price_label(model, bills), _features(model), model == chosen)
        groups[_maker(model)].append(choice)
    # a maker may have models with several beginnings
    makers = dict.fromkeys((*MAKERS.values(), OTHER_MAKERS))
    return [ModelGroup(maker, groups[maker]) for maker in makers if maker in groups]


def price_label(model: CatalogModel, bills: LastBills) -> str:
    """Return the price of a model in a few words, such as "5 credits a second"."""
    # Runway publishes no price for some models
    if not model.price.parts:
        return f"{credit_words(bills[model.name])} last time" if model.name in bills else "price unknown"
    rate = model.credits_per_second
    if rate is None:
        return "price depends on settings"
    return f"{credit_words(rate)} a second"


def _maker(model: CatalogModel) -> str:
    return next((maker for prefix, maker in MAKERS.items() if model.name.startswith(prefix)), OTHER_MAKERS)


def _features(model: CatalogModel) -> str:
    durations = model.durations
    features = {
        f"{durations[0]}–{durations[-1]} s" if durations else "": bool(durations),
        "last frame": "last" in model.frame_positions,
        "sound": isinstance(model.fields.get("audio"), Boolean),
        "seed": "seed" in model.fields,
    }
    return " · ".join(feature for feature, has_it in features.items() if has_it)
