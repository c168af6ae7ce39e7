"""The list of models in the composer: grouped by maker, each with its price and what sets it apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext as _

from generation.engine.durations import MIN_SAMPLES_SHOWN, TypicalDuration, load_recent_durations
from generation.forms.composer_fields import more_pictures_field, structured_fields
from generation.forms.structure import media_kinds
from generation.models import GenerationJob
from generation.money.prices import observed_prices
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.fields import Boolean
from projects.models import Project
from projects.text.credit_words import credit_words

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
FAVORITES = "Favorites"
RECENT = "Recent"
# how many are offered first, and how many jobs are looked at for them
RECENT_MODELS, RECENT_JOBS = 3, 300


@dataclass(frozen=True)
class ModelChoice:
    """A model in the list; all but `name`, which is Runway's, are words for people."""

    name: str
    title: str
    good_at: str
    price: str
    speed: str
    marks: tuple[tuple[str, str], ...]
    """What the model takes: the name of an icon, and what it stands for."""
    is_chosen: bool
    is_starred: bool

    @property
    def features(self) -> str:
        """What the model takes, in words."""
        return " ".join(word for _, word in self.marks)

    @property
    def search_words(self) -> str:
        """What the search of the list looks in, besides the maker."""
        return f"{self.name} {self.title} {self.good_at} {self.features}".lower()


@dataclass(frozen=True)
class ModelGroup:
    """The models of one maker, or those that were used last."""

    name: str
    models: tuple[ModelChoice, ...]


LastBills = Mapping[str, Decimal]
"""The credits of the last bill by model."""


def last_bills(kind: str) -> LastBills:
    """Return the last bills of the models of a kind for which Runway publishes no price."""
    unpublished = [model.name for model in catalog.models(kind) if not model.price.parts]
    bills = observed_prices().filter(kind=kind, model__in=unpublished).order_by("last_at")
    return dict(bills.values_list("model", "credits"))


def recent_models(project: Project, kind: str) -> list[str]:
    """Return the names of the models that a project's newest jobs of this kind used, the last one first."""
    jobs = GenerationJob.objects.filter(project=project).order_by("-created_at").values_list("kind", "model")
    names = (model for its_kind, model in jobs[:RECENT_JOBS] if its_kind == kind)
    return list(dict.fromkeys(names))[:RECENT_MODELS]


def model_groups(
    models: Sequence[CatalogModel],
    chosen: Container[str],
    bills: LastBills,
    seconds: int | None,
    recent: Sequence[str],
    starred: Container[str] = (),
) -> list[ModelGroup]:
    """Return the models of one kind: the starred and the recently used ones, then the others by their maker.

    `chosen` has the names of those that are chosen. `seconds` is the duration that is set; each model's price is that
    of the nearest one it has.
    """
    groups: dict[str, list[ModelChoice]] = defaultdict(list)
    ranks = {name: rank for rank, name in enumerate(recent)}
    durations = load_recent_durations(models[0].kind)
    for model in sorted(models, key=lambda model: ranks.get(model.name, len(ranks))):
        first = FAVORITES if model.name in starred else RECENT if model.name in ranks else ""
        groups[first or _maker(model)].append(
            ModelChoice(
                name=model.name,
                title=catalog.model_title(model.name),
                good_at=catalog.good_at(model.name),
                price=price_label(model, bills, seconds),
                speed=_speed(model, durations.get(model.name), seconds),
                marks=_marks(model.kind, model.name),
                is_chosen=model.name in chosen,
                is_starred=model.name in starred,
            )
        )
    # a maker may have models with several beginnings
    names = dict.fromkeys((FAVORITES, RECENT, *MAKERS.values(), OTHER_MAKERS))
    return [ModelGroup(name, tuple(groups[name])) for name in names if name in groups]


def price_label(model: CatalogModel, bills: LastBills, seconds: int | None = None) -> str:
    """Return the price of a model in a few words, such as "25 credits for 5 s"; without `seconds` by the second."""
    # Runway publishes no price for some models
    if not model.price.parts:
        return (
            _("{credits} last time").format(credits=credit_words(bills[model.name]))
            if model.name in bills
            else _("price unknown")
        )
    rate = model.credits_per_second
    if rate is None:
        # of a picture or sound, as long as nothing is set
        default = None if model.durations else model.max_credits({})
        return credit_words(default) if default else _("price depends on settings")
    nearest = None if seconds is None else model.nearest_duration(seconds)
    if nearest is None:
        return _("{credits} a second").format(credits=credit_words(rate))
    return _("{credits} for {nearest} s").format(credits=credit_words(rate * nearest), nearest=nearest)


def _maker(model: CatalogModel) -> str:
    return next((maker for prefix, maker in MAKERS.items() if model.name.startswith(prefix)), OTHER_MAKERS)


def _speed(model: CatalogModel, typical: TypicalDuration | None, seconds: int | None) -> str:
    """Return how long takes took here lately, such as "about 40 s"; empty where too few have finished."""
    if typical is None:
        return ""
    nearest = None if seconds is None else model.nearest_duration(seconds)
    usual = typical.of_length(nearest, MIN_SAMPLES_SHOWN) or typical.of_model(MIN_SAMPLES_SHOWN)
    if usual is None:
        return ""
    return (
        _("about {seconds:.0f} s").format(seconds=usual)
        if usual < 90
        else _("about {minutes:.0f} min").format(minutes=usual / 60)
    )


@cache
def _marks(kind: str, name: str) -> tuple[tuple[str, str], ...]:
    """Return what a model of the catalog takes, which each page shows of dozens."""
    model = catalog.find(kind, name)
    if model is None:
        return ()
    durations = model.durations
    has_files = any(media_kinds(field) for field in structured_fields(model).values())
    marks = {
        ("timer", f"{durations[0]}–{durations[-1]} s" if durations else ""): bool(durations),
        ("arrow-right-to-line", _("last frame")): "last" in model.frame_positions,
        ("volume-2", "sound"): isinstance(model.fields.get("audio"), Boolean),
        ("images", "references"): has_files or more_pictures_field(model) is not None,
        ("dices", "seed"): "seed" in model.fields,
        ("ban", _("negative prompt")): "negativePrompt" in model.fields,
    }
    return tuple(mark for mark, has_it in marks.items() if has_it)
