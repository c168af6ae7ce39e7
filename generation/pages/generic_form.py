"""The page on which any model makes something: its form, and the request that is read out of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.http import QueryDict

from generation import references
from generation.engine import inputs
from generation.forms import data as filled
from generation.forms import names
from generation.forms.controls import Control, Controls, place
from generation.models import GenerationJob
from generation.pages.voices import Voice
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Scene
from projects.problems import FieldProblem, Problem

FIRST_KIND = "text_to_image"
GROUPS = {"image": "Pictures", "audio": "Sound", "video": "Video"}


class Making:
    """`data`: what was typed, or what stands in the page's address."""

    def __init__(self, scene: Scene, data: QueryDict, user: User | AnonymousUser | None = None) -> None:
        self.scene = scene
        self.user = user
        self.data: dict[str, Any] = data.dict()
        self.problem = ""
        kind = data.get("kind", "")
        self.kind = kind if kind in catalog.kinds() else FIRST_KIND
        self.model = catalog.find(self.kind, data.get("model", "")) or catalog.models(self.kind)[0]

    @property
    def title(self) -> str:
        return catalog.title(self.kind)

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        kinds = [kind for kind in catalog.kinds() if kind != catalog.DEFAULT_KIND]
        return [
            (title, [(kind, catalog.title(kind)) for kind in kinds if catalog.output_kind(kind) == output])
            for output, title in GROUPS.items()
        ]

    @property
    def models(self) -> list[CatalogModel]:
        return catalog.models(self.kind)

    @cached_property
    def controls(self) -> list[Control]:
        offered = Controls(self.data, self._assets)
        return [offered.of(name, known) for name, known in self.model.fields.items()]

    @cached_property
    def parameters(self) -> dict[str, Any]:
        read = {
            name: filled.read(known, name, self._with_usual(name), self._kind_of)
            for name, known in self.model.fields.items()
        }
        return {name: value for name, value in read.items() if value is not None}

    @cached_property
    def problems(self) -> list[FieldProblem]:
        return self.model.check(self.parameters)

    @property
    def why_off(self) -> str:
        """The first thing to do; empty when nothing is missing."""
        missing = [
            names.label(name)
            for name, known in self.model.fields.items()
            if known.required and name not in self.parameters
        ]
        if missing:
            return f"Still needed: {', '.join(missing).lower()}."
        return self.problems[0].message if self.problems else ""

    @cached_property
    def credits(self) -> Decimal | None:
        try:
            found = inputs.look_up(self.scene, self.model, self.parameters)
        except Problem:
            return None
        return self.model.max_credits(self.parameters, inputs.measures(self.model, found))

    @cached_property
    def voice(self) -> Voice | None:
        """The chosen one of Runway's own voices, which has no sample but what was spoken by it."""
        name = self.parameters.get("voice", {}).get("presetId")
        return Voice(name, self.model, self.user) if name and self.user else None

    @cached_property
    def made(self) -> list[GenerationJob]:
        """Pictures and sounds of this scene, newest first; takes stand in the scene's strip."""
        jobs = GenerationJob.objects.filter(scene=self.scene)
        others = jobs.exclude(pk__in=jobs.takes().values("pk"))
        return list(others.select_related("scene__project", "asset__scene__project").order_by("-take")[:24])

    def change_rows(self, change: str) -> None:
        """`add:keyframes` or `remove:keyframes.1`; nothing else of the form changes."""
        self.data = filled.with_rows(self.data, change)

    def tell(self, problem: Problem) -> None:
        """Each wrong field at its control, the rest above the button. Rows with nothing in them are gone."""
        typed = [each for name, value in self.parameters.items() for each in self._written(name, value)]
        self.data = {"kind": self.kind, "model": self.model.name, **dict(typed)}
        vars(self).pop("controls", None)
        unplaced = [each.message for each in problem.fields if not place(self.controls, each)]
        self.problem = " ".join(unplaced) or ("" if problem.fields else problem.message)

    def _written(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        return filled.write(self.model.fields[name], name, value)

    def _with_usual(self, name: str) -> dict[str, Any]:
        """Of a choice that must be made, what is usual, until another is made."""
        known = self.model.fields[name]
        usual = known.usual if known.default is None else known.default
        if known.required and usual is not None and name not in self.data:
            return {**self.data, name: filled.text_of(usual)}
        return self.data

    def _kind_of(self, value: str) -> str:
        return next((asset.kind for asset in self._assets if references.to_asset(asset) == value), "")

    @cached_property
    def _assets(self) -> list[Asset]:
        return list(self.scene.assets.filter(trashed_at=None).select_related("scene__project").order_by("-created_at"))
