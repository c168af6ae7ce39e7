"""What the composer of a scene offers: pictures, models, the fields of the chosen one, and what a press will cost."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User

from generation.actions.compare import last_frame
from generation.forms import plain_controls
from generation.forms.composer_form import KIND, MOST_TAKES, ComposerForm
from generation.forms.controls import Control as Nested
from generation.forms.controls import Controls, place
from generation.forms.plain_controls import Control
from generation.forms.shapes import media_kinds
from generation.models import GenerationJob
from generation.money import balance, budgets
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.fields import Boolean
from projects.models import Asset, Scene

# by how a model's name begins
FAMILIES = {
    "gen": "Runway",
    "veo": "Google Veo",
    "gemini": "Google Gemini",
    "kling": "Kling",
    "seedance": "Seedance",
    "hailuo": "Hailuo",
    "wan": "Wan",
    "grok": "Grok Imagine",
}
OTHERS = "Others"
ALWAYS_SHOWN = ("ratio", "resolution", "duration", "audio")


@dataclass(frozen=True)
class Line:
    """A model in the list."""

    name: str
    price: str
    able: str
    chosen: bool


@dataclass(frozen=True)
class Family:
    name: str
    lines: list[Line]


class Composer:
    """A form with everything around it. A bound form is shown as it was typed."""

    def __init__(self, scene: Scene, user: User, form: ComposerForm | None = None) -> None:
        self.scene = scene
        self.user = user
        self.form = form or ComposerForm(scene, initial=self._of_take(None))

    @classmethod
    def of_take(cls, scene: Scene, user: User, take: int) -> Composer:
        """With an earlier take's settings."""
        composer = cls(scene, user)
        composer.form = ComposerForm(scene, initial=composer._of_take(take))
        return composer

    @classmethod
    def of_values(cls, scene: Scene, user: User, values: Mapping[str, Any]) -> Composer:
        """With what stands in the page's form; what the model does not take gives way to the model's own."""
        composer = cls(scene, user)
        fitting = plain_controls.fitting(composer._model(values.get("model")), values)
        kept = {name: values[name] for name in ("model", "image", "last_image", "takes") if name in values}
        composer.form = ComposerForm(scene, initial=fitting | kept)
        return composer

    @cached_property
    def pictures(self) -> list[Asset]:
        return list(self.scene.assets.filter(kind=Asset.Kind.IMAGE, trashed_at=None).select_related("scene__project"))

    @property
    def chosen_picture(self) -> Asset | None:
        return self._picture("image")

    @property
    def last_picture(self) -> Asset | None:
        return self._picture("last_image")

    @cached_property
    def model(self) -> CatalogModel:
        return self._model(self.form["model"].value())

    @property
    def families(self) -> list[Family]:
        found: dict[str, list[Line]] = defaultdict(list)
        for model in catalog.models(KIND):
            family = next((name for start, name in FAMILIES.items() if model.name.startswith(start)), OTHERS)
            found[family].append(Line(model.name, _price(model), _able(model), model == self.model))
        return [Family(name, found[name]) for name in (*FAMILIES.values(), OTHERS) if name in found]

    @property
    def price_words(self) -> str:
        return _price(self.model)

    @property
    def ends(self) -> bool:
        """Whether the model takes a last frame."""
        return "last" in self.model.frame_positions

    @cached_property
    def controls(self) -> list[tuple[Control, list[str]]]:
        """Each with what is wrong with it."""
        return [
            (each, self.form.errors_at(each.name)) for each in plain_controls.controls(self.model, self.form.settings)
        ]

    @property
    def first_controls(self) -> list[tuple[Control, list[str]]]:
        return [each for each in self.controls if each[0].name in ALWAYS_SHOWN]

    @property
    def more_controls(self) -> list[tuple[Control, list[str]]]:
        return [each for each in self.controls if each[0].name not in ALWAYS_SHOWN]

    @cached_property
    def nested(self) -> list[Nested]:
        """What holds files or is made of others, each with what is wrong at its place."""
        offered = Controls(self._nested_settings, self._files)
        found = [offered.of(name, field) for name, field in plain_controls.nested(self.model)]
        for problem in self.form.problems:
            place(found, problem)
        return found

    @property
    def more_pictures(self) -> Nested | None:
        """Besides the first, for a model that takes several."""
        field = plain_controls.more_pictures(self.model)
        control = Controls(self._nested_settings, self.pictures).of("promptImage", field) if field else None
        if control:
            control.label = "More pictures"
        return control

    @property
    def more_open(self) -> bool:
        """Where something there was changed, or is wrong."""
        own = plain_controls.controls(self.model, {})
        changed = {each.name: each.value for each in own}
        plain = any(errors or changed[each.name] != each.value for each, errors in self.more_controls)
        return plain or any(part.filled or part.problem for each in self.nested for part in each.all())

    @property
    def counts(self) -> list[int]:
        return list(range(1, MOST_TAKES + 1))

    @property
    def takes(self) -> int:
        found = str(self.form["takes"].value() or 1)
        return int(found) if found in map(str, self.counts) else 1

    @cached_property
    def credits(self) -> Decimal | None:
        """Of one press; None where the price is not known."""
        given = self.form.settings | self._own()
        parameters = plain_controls.read(self.model, given)
        pictures = plain_controls.frames(self.model, self.chosen_picture or Asset(), self.last_picture, given)
        one = self.model.max_credits(parameters | pictures)
        return None if one is None else one * self.takes

    @property
    def at_most(self) -> bool:
        """A take with a seed may be paid for already, and a length that Runway chooses may be shorter."""
        asked = plain_controls.read(self.model, self._own())
        return "seed" in asked or isinstance(asked.get("duration"), str)

    @cached_property
    def left(self) -> Decimal | None:
        """After the press; None where the price or the balance is not known."""
        found = balance.left()
        return None if found is None or self.credits is None else found - self.credits

    @property
    def dollars(self) -> Decimal | None:
        return None if self.credits is None else self.credits / 100

    @property
    def prompt_length(self) -> int:
        return catalog.utf16_length(self.form["prompt_text"].value() or "")

    @cached_property
    def refusal(self) -> str:
        """The budget that stands in the way, in a sentence."""
        return budgets.refusal(self.user, self.scene.project, self.credits)

    @property
    def _nested_settings(self) -> dict[str, Any]:
        """As typed; after a press without rows that had nothing in them, so that numbers are those of the request."""
        pressed = getattr(self.form, "parameters", None) if self.form.is_bound else None
        return self.form.settings if pressed is None else plain_controls.written(self.model, pressed)

    @property
    def _files(self) -> list[Asset]:
        kinds = {kind for _, field in plain_controls.nested(self.model) for kind in media_kinds(field)}
        if kinds <= {Asset.Kind.IMAGE}:
            return self.pictures
        return list(self.scene.assets.filter(kind__in=kinds, trashed_at=None).select_related("scene__project"))

    @staticmethod
    def _model(name: object) -> CatalogModel:
        return catalog.find(KIND, str(name)) or catalog.models(KIND)[0]

    def _own(self) -> dict[str, Any]:
        """What the controls show where nothing was given."""
        return {each.name: each.value for each, _ in self.controls}

    def _picture(self, field: str) -> Asset | None:
        chosen = str(self.form[field].value())
        return next((picture for picture in self.pictures if str(picture.pk) == chosen), None)

    def _of_take(self, take: int | None) -> dict[str, Any]:
        """An earlier take's settings, by default the last one's, so that the next differs by what is changed."""
        jobs = GenerationJob.objects.filter(scene=self.scene, kind=KIND)
        earlier = (jobs.filter(take=take) if take else jobs.order_by("-take")).first()
        pictures = [picture.pk for picture in self.pictures]
        newest = pictures[-1] if pictures else None
        initial: dict[str, Any] = {"image": newest, "takes": 1, "key": uuid.uuid4()}
        if earlier is None or (take is None and catalog.find(KIND, earlier.model) is None):
            return initial | {"model": self._model(None).name}
        model = self._model(earlier.model)
        settings = plain_controls.fitting(model, plain_controls.written(model, earlier.parameters))
        if take is None:
            # else each new take would be the last one again
            settings.pop("seed", None)
        own = {"prompt_text": earlier.parameters.get("promptText"), "last_image": last_frame(earlier.parameters)}
        first = earlier.first_frame
        image = first.pk if first and first.pk in pictures else newest
        return initial | own | settings | {"model": model.name, "image": image}


def _price(model: CatalogModel) -> str:
    if not model.price.parts:
        return "price not known"
    rate = model.credits_per_second
    if rate is None:
        return "price by its settings"
    return f"{rate:g} credit{'' if rate == 1 else 's'} a second"


def _able(model: CatalogModel) -> str:
    """What sets it apart, in a few words."""
    lengths = model.durations
    found = [f"{lengths[0]}–{lengths[-1]} s"] if lengths else []
    found += ["last frame"] * ("last" in model.frame_positions)
    found += ["sound"] * isinstance(model.fields.get("audio"), Boolean)
    found += ["seed"] * ("seed" in model.fields)
    return " · ".join(found)


def pixel_ratios(model: CatalogModel) -> list[str]:
    """The ratios that are a width and a height."""
    return [ratio for ratio in model.ratios if all(side.isdecimal() for side in ratio.split(":"))]
