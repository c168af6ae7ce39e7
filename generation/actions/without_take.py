"""The scenes of a project that have no take yet, with a proposed take for each and what it costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from generation import references
from generation.actions.fit_picture import crop_shape
from generation.actions.scene_pictures import ScenePictures
from generation.forms.ratios import is_as_close, nearest_aspect, numeric_ratios, shape_distance, sides
from generation.models import GenerationJob, JobQuerySet
from generation.models.status import Status
from generation.money.prices import PriceBook
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Project, Scene

KIND = catalog.DEFAULT_KIND
# each becomes a row of a form, and a request to Runway
MAX_SCENES = 100
FALLBACK_DURATION = 5


@dataclass(frozen=True)
class ProposedTake:
    """A take that would be requested for a scene."""

    scene: Scene
    picture: Asset
    pictures: list[Asset]
    """All pictures of the scene, the oldest first."""
    model: CatalogModel
    prompt_text: str
    ratio: str
    duration: int
    prices: PriceBook = field(default_factory=PriceBook, compare=False)

    def begin_with(self, picture: Asset) -> ProposedTake:
        """Return the take that begins with another picture, whose shape its ratio follows."""
        return replace(self, picture=picture, ratio=ratio_for(self.model, picture, self.ratio))

    @property
    def key(self) -> str:
        """Return the idempotency key, which is the same until the scene has another take."""
        return f"missing {self.scene.pk} {self.scene.next_take}"

    @property
    def credits(self) -> Decimal | None:
        """Return the price; None when it is unknown."""
        picture = references.to_asset(self.picture)
        settings = {"promptText": self.prompt_text, "ratio": self.ratio, "duration": self.duration}
        # the picture itself is read by nobody: no price of this kind depends on its size
        return self.prices.estimate(self.model, settings | {"promptImage": picture}, {}).credits

    @property
    def aspect(self) -> str:
        """Return the name of its shape, such as "16:9"; empty where the model decides."""
        pair = sides(self.ratio)
        return nearest_aspect(*pair) if pair else ""

    @property
    def is_cropped(self) -> bool:
        """Return whether a part of the picture is sent, since Runway refuses its shape."""
        return crop_shape(self.model, self.ratio, self.picture) is not None

    @property
    def initial(self) -> dict[str, Any]:
        """Return the values of its row in the form."""
        return {
            # a take without a prompt is more often a mistake than intended, and it costs credits
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
class ScenesWithoutTake:
    """The scenes without a take, in the order of the film."""

    proposals: list[ProposedTake] = field(default_factory=list)
    without_picture: list[Scene] = field(default_factory=list)
    unconfirmed: list[Scene] = field(default_factory=list)
    """Scenes whose last request may have been accepted; another one might be paid twice."""
    remaining: int = 0
    """The number of scenes beyond MAX_SCENES."""


def find_scenes_without_take(project: Project, numbers: Collection[int] | None = None) -> ScenesWithoutTake:
    """Return the scenes of a project without a take, in a fixed number of queries; `numbers` are those to look at."""
    scenes = [scene for scene in _scenes(project) if numbers is None or scene.number in numbers]
    pictures = ScenePictures(scenes)
    newest_jobs = {job.scene_id: job for job in _jobs(project, scenes)}
    result, prices = ScenesWithoutTake(), PriceBook()
    for scene in scenes:
        job = newest_jobs.get(scene.pk)
        if job is not None and job.status == Status.UNCONFIRMED:
            result.unconfirmed.append(scene)
        elif (picture := pictures.proposed(scene)) is None:
            result.without_picture.append(scene)
        elif len(result.proposals) < MAX_SCENES:
            result.proposals.append(_propose(scene, picture, pictures.of(scene), job, prices))
        else:
            result.remaining += 1
    return result


def _scenes(project: Project) -> Iterable[Scene]:
    """Select the scenes that have neither a clip nor an unfinished take."""
    living = project.scenes.filter(trashed_at=None).select_related("project")
    # the first of each scene: with Exists() or a list of their scenes a database would read all clips there are
    clips = Asset.objects.filter(kind=Asset.Kind.VIDEO, trashed_at=None, scene=OuterRef("pk")).order_by()
    empty = living.alias(clip=Subquery(clips.values("pk")[:1])).filter(clip=None)
    unfinished = GenerationJob.objects.takes().unfinished().filter(project=project)
    return empty.exclude(pk__in=unfinished.values("scene"))


def _jobs(project: Project, scenes: list[Scene]) -> JobQuerySet:
    """Select the newest job of each scene."""
    newest = GenerationJob.objects.takes().filter(scene=OuterRef("pk"), kind=KIND).order_by("-take").values("pk")[:1]
    keys = project.scenes.filter(pk__in=[scene.pk for scene in scenes]).order_by().annotate(newest=Subquery(newest))
    # the keys first, so that no database reads the other jobs of the scenes
    return GenerationJob.objects.filter(pk__in=list(keys.values_list("newest", flat=True)))


def _propose(
    scene: Scene, picture: Asset, pictures: list[Asset], job: GenerationJob | None, prices: PriceBook
) -> ProposedTake:
    """Propose what the newest job requested; without one a take of the default model."""
    model = catalog.find(KIND, job.model) if job else None
    if job is None or model is None:
        model = catalog.models(KIND)[0]
        ratio, duration = _nearest_ratio(model, picture), _default_duration(model)
        return ProposedTake(scene, picture, pictures, model, "", ratio, duration, prices)
    duration = job.parameters.get("duration")
    return ProposedTake(
        scene,
        picture,
        pictures,
        model,
        prompt_text=str(job.parameters.get("promptText") or ""),
        ratio=ratio_for(model, picture, str(job.parameters.get("ratio", ""))),
        duration=duration if catalog.is_integer(duration) else _default_duration(model),
        prices=prices,
    )


def _default_duration(model: CatalogModel) -> int:
    return model.default_duration or FALLBACK_DURATION


def ratio_for(model: CatalogModel, picture: Asset, wanted: str) -> str:
    """Return the wanted ratio where no other one of the model is closer to the picture's shape, else the closest.

    A ratio in words, such as "adaptive", follows the picture by itself.
    """
    nearest = _nearest_ratio(model, picture)
    if not picture.width or not picture.height or not sides(wanted):
        return wanted or nearest
    return wanted if is_as_close(wanted, nearest, picture.width / picture.height) else nearest


def _nearest_ratio(model: CatalogModel, picture: Asset) -> str:
    """Return the model's ratio that is most like the picture's."""
    width, height = picture.width, picture.height
    ratios = numeric_ratios(model)
    if not width or not height or not ratios:
        return model.default_ratio
    return min(ratios, key=lambda ratio: shape_distance(ratio, width / height))
