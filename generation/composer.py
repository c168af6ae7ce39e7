"""What the composer of a scene offers: pictures, models, shapes, durations, and the price of what is chosen."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from generation.forms import ComposerForm
from generation.models import GenerationJob
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Scene

KIND = "image_to_video"
NAMES = {
    "21:9": 21 / 9,
    "16:9": 16 / 9,
    "3:2": 1.5,
    "4:3": 4 / 3,
    "1:1": 1.0,
    "3:4": 0.75,
    "2:3": 2 / 3,
    "9:16": 9 / 16,
}
BOX, LONGEST_SIDE = 24, 20


@dataclass(frozen=True)
class Choice:
    value: str
    allowed: bool
    """By the model that is chosen now; another one may take it."""
    chosen: bool


class Shape(Choice):
    """A ratio such as 1280:720, as a little drawing in a square box and by the name that film people use."""

    @property
    def name(self) -> str:
        width, height = self._sides
        return min(NAMES, key=lambda name: abs(NAMES[name] - width / height))

    @property
    def drawing(self) -> dict[str, float]:
        width, height = (round(side * LONGEST_SIDE / max(self._sides), 1) for side in self._sides)
        return {"x": (BOX - width) / 2, "y": (BOX - height) / 2, "width": width, "height": height}

    @property
    def _sides(self) -> tuple[int, int]:
        width, height = self.value.split(":")
        return int(width), int(height)


class Composer:
    """A form with everything around it. A bound form is shown as it was typed."""

    def __init__(self, scene: Scene, form: ComposerForm | None = None) -> None:
        self.scene = scene
        self.form = form or ComposerForm(scene, initial=self._initial())

    @cached_property
    def pictures(self) -> list[Asset]:
        return list(self.scene.assets.filter(kind=Asset.Kind.IMAGE, trashed_at=None).select_related("scene__project"))

    @property
    def chosen_picture(self) -> Asset | None:
        chosen = str(self.form["image"].value())
        return next((picture for picture in self.pictures if str(picture.pk) == chosen), None)

    @cached_property
    def models(self) -> list[CatalogModel]:
        """Those that want no more than this form gives: a shape in pixels and a length."""
        return [model for model in catalog.models(KIND) if model.durations and pixel_ratios(model)]

    @property
    def models_json(self) -> str:
        return json.dumps([model.as_dict() for model in self.models])

    @cached_property
    def model(self) -> CatalogModel:
        chosen = str(self.form["model"].value())
        return next((model for model in self.models if model.name == chosen), self.models[0])

    @property
    def ratios(self) -> list[Shape]:
        known = dict.fromkeys(ratio for model in self.models for ratio in pixel_ratios(model))
        chosen = self.form["ratio"].value()
        return [Shape(ratio, ratio in self.model.ratios, ratio == chosen) for ratio in known]

    @property
    def durations(self) -> list[Choice]:
        known = sorted({seconds for model in self.models for seconds in model.durations})
        chosen = str(self.form["duration"].value())
        return [Choice(str(seconds), seconds in self.model.durations, str(seconds) == chosen) for seconds in known]

    @property
    def credits(self) -> Decimal | None:
        chosen = str(self.form["duration"].value())
        return self.model.credits({"duration": int(chosen)}) if chosen.isdecimal() else None

    @property
    def prompt_length(self) -> int:
        return catalog.utf16_length(self.form["prompt_text"].value() or "")

    def _initial(self) -> dict[str, Any]:
        """The last take's settings, so that the next differs by what is changed; else the newest picture."""
        model = self.models[0]
        initial: dict[str, Any] = {
            "model": model.name,
            "ratio": model.default_ratio,
            "duration": model.default_duration,
        }
        pictures = [picture.pk for picture in self.pictures]
        image = pictures[-1] if pictures else None
        last = GenerationJob.objects.filter(scene=self.scene, kind=KIND).order_by("-take").first()
        if last and catalog.find(KIND, last.model):
            asked = {"prompt_text": "promptText", "ratio": "ratio", "duration": "duration"}
            initial |= {"model": last.model, **{name: last.parameters.get(wire) for name, wire in asked.items()}}
            image = last.prompt_image_id if last.prompt_image_id in pictures else image
        return initial | {"image": image, "key": uuid.uuid4()}


def pixel_ratios(model: CatalogModel) -> list[str]:
    """The ratios that are a width and a height."""
    return [ratio for ratio in model.ratios if all(side.isdecimal() for side in ratio.split(":"))]
