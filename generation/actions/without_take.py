"""Scenes of a film that have no take yet: what would be asked for each, what that costs, and which must wait."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generation.forms.composer_form import KIND
from generation.models import GenerationJob
from generation.models.status import UNFINISHED, Status
from generation.pages.composer import pixel_ratios
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Project, Scene

# each becomes a row in a form, and a request to Runway
MOST_AT_ONCE = 100
ASKED = ("promptText", "ratio", "duration")


@dataclass(frozen=True)
class Wish:
    """A take that would be asked for. `key` is the same for whoever asks twice before anything has changed."""

    scene: Scene
    picture: Asset
    model: CatalogModel
    prompt_text: str
    ratio: str
    duration: int

    @property
    def key(self) -> str:
        return f"missing {self.scene.pk} {self.scene.next_take}"

    @property
    def credits(self) -> Decimal | None:
        return self.model.max_credits({"promptText": self.prompt_text, "ratio": self.ratio, "duration": self.duration})

    @property
    def initial(self) -> dict[str, Any]:
        """For a row of the form."""
        return {
            # an empty prompt is a slip more often than a wish, and a slip costs money
            "wanted": bool(self.prompt_text),
            "scene": self.scene.number,
            "image": self.picture.pk,
            "model": self.model.name,
            "ratio": self.ratio,
            "duration": self.duration,
            "prompt_text": self.prompt_text,
            "key": self.key,
        }


@dataclass
class Lacking:
    """In the order of the film."""

    wishes: list[Wish] = field(default_factory=list)
    without_picture: list[Scene] = field(default_factory=list)
    unsure: list[Scene] = field(default_factory=list)
    """Nobody knows whether their last request was taken: another one might pay twice."""
    later: int = 0
    """More than fit into one sheet."""


def lacking(project: Project) -> Lacking:
    """In a number of queries that does not grow with the scenes."""
    scenes = list(_without_take(project))
    pictures = _newest_pictures(scenes)
    jobs = {job.scene_id: job for job in _newest_first_to_last(project, scenes)}
    found = Lacking()
    for scene in scenes:
        job = jobs.get(scene.pk)
        if job is not None and job.status == Status.UNCONFIRMED:
            found.unsure.append(scene)
        elif not pictures.get(scene.pk):
            found.without_picture.append(scene)
        elif len(found.wishes) < MOST_AT_ONCE:
            found.wishes.append(_wish(scene, pictures[scene.pk], job))
        else:
            found.later += 1
    return found


def _without_take(project: Project) -> Iterable[Scene]:
    living = project.scenes.filter(trashed_at=None).select_related("project")
    has_clip = Asset.objects.filter(kind=Asset.Kind.VIDEO, trashed_at=None, scene__project=project)
    under_way = GenerationJob.objects.takes().filter(project=project, status__in=UNFINISHED)
    return living.exclude(pk__in=has_clip.values("scene")).exclude(pk__in=under_way.values("scene"))


def _newest_pictures(scenes: list[Scene]) -> dict[int, dict[Any, Asset]]:
    """Of each scene all pictures by their key, the newest last."""
    found: dict[int, dict[Any, Asset]] = {}
    pictures = Asset.objects.filter(scene__in=scenes, kind=Asset.Kind.IMAGE, trashed_at=None)
    for picture in pictures.select_related("scene__project").order_by("created_at", "id"):
        found.setdefault(picture.scene_id, {})[picture.pk] = picture
    return found


def _newest_first_to_last(project: Project, scenes: list[Scene]) -> Iterable[GenerationJob]:
    return GenerationJob.objects.filter(project=project, scene__in=scenes, kind=KIND).with_first_frame().order_by("take")


def _wish(scene: Scene, pictures: Mapping[Any, Asset], job: GenerationJob | None) -> Wish:
    """As the newest take was asked for; of a scene that had none, its newest picture in our usual shape and length."""
    newest = list(pictures.values())[-1]
    model = catalog.find(KIND, job.model) if job else None
    if job is None or model is None:
        model = catalog.models(KIND)[0]
        return Wish(scene, newest, model, "", _nearest_ratio(model, newest), model.default_duration or 5)
    prompt, ratio, duration = (job.parameters.get(name) for name in ASKED)
    picture = pictures.get(job.first_frame.pk if job.first_frame else None, newest)
    return Wish(
        scene,
        picture,
        model,
        str(prompt or ""),
        str(ratio or _nearest_ratio(model, picture)),
        duration if catalog.is_integer(duration) else model.default_duration or 5,
    )


def _nearest_ratio(model: CatalogModel, picture: Asset) -> str:
    """Of those that the model makes, the one most like the picture."""
    ratios = pixel_ratios(model)
    if not picture.width or not picture.height or not ratios:
        return model.default_ratio

    def distance(ratio: str) -> float:
        width, height = map(int, ratio.split(":"))
        return abs(math.log(width / height) - math.log(picture.width / picture.height))  # type: ignore[operator]

    return min(ratios, key=distance)
