"""What the storyboard of a film shows, in a number of queries that does not grow with its scenes and takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from projects.mirror import contributions
from projects.mirror.contributions import ProjectNumbers, SceneActivity
from projects.models import Asset, Project, Scene

Kind = Literal["chosen", "newest", "still", "empty"]
# of a scene without a clip, what its newest take came to is worth a word
TOLD = {"failed": "failed", "unconfirmed": "is not confirmed", "cancelled": "was cancelled"}


@dataclass(frozen=True)
class Still:
    """A poster: a picture, or a frame of a clip."""

    asset_id: UUID
    project_id: str
    scene_id: str


@dataclass(frozen=True)
class Best:
    """What stands for a scene in the film: its chosen take, else its newest clip, else its newest picture."""

    still: Still
    is_clip: bool
    chosen: bool
    take: int | None
    seconds: float | None


@dataclass(frozen=True)
class SceneCard:
    scene: Scene
    best: Best | None
    takes: int
    activity: SceneActivity

    @property
    def kind(self) -> Kind:
        if self.best is None:
            return "empty"
        if not self.best.is_clip:
            return "still"
        return "chosen" if self.best.chosen else "newest"

    @property
    def still(self) -> Still | None:
        return self.best.still if self.best else None

    @property
    def seconds(self) -> float | None:
        return self.best.seconds if self.best and self.best.is_clip else None

    @property
    def generating(self) -> int:
        return len(self.activity.progress)

    @property
    def progress(self) -> int:
        return max(self.activity.progress, default=0)

    @property
    def lacks_a_take(self) -> bool:
        return not self.takes and not self.generating

    @property
    def label(self) -> str:
        """What is shown, for the player: "Take 3", "Picture"."""
        if self.best is None:
            return "Nothing yet"
        if not self.best.is_clip:
            return "Picture"
        return f"Take {self.best.take}" if self.best.take else "Clip"

    @property
    def state(self) -> str:
        """In plain words, for the card."""
        if self.takes:
            takes = f"{self.takes} take{'' if self.takes == 1 else 's'}"
            chosen = f"{self.label.lower()} chosen" if self.kind == "chosen" else "none chosen"
            return f"{takes} · {chosen}"
        if self.activity.newest_status in TOLD:
            return f"Take {self.activity.newest_take} {TOLD[self.activity.newest_status]}"
        return "No take yet" if self.best else "Empty"


@dataclass(frozen=True)
class Facts:
    """The film in numbers. `seconds` counts clips alone; credits are those of all its takes, deleted ones too."""

    seconds: float
    scenes: int
    chosen: int
    lacking: int
    spent: Decimal
    waiting: Decimal


def storyboard(project: Project) -> list[SceneCard]:
    return scene_cards(project, project.scenes.filter(trashed_at=None))


def scene_cards(project: Project, scenes: QuerySet[Scene]) -> list[SceneCard]:
    """In the order of the film. The scenes must be of this project."""
    clips = Q(assets__kind=Asset.Kind.VIDEO, assets__trashed_at=None)
    rows = list(with_best(scenes).annotate(takes=Count("assets", filter=clips)))
    activity = contributions.jobs().scene_activity(project, [row.pk for row in rows])
    return [
        SceneCard(row, best_of(row), takes=row.takes, activity=activity.get(row.pk, SceneActivity())) for row in rows
    ]


def facts(project: Project, cards: Iterable[SceneCard]) -> Facts:
    cards = list(cards)
    numbers = contributions.jobs().project_numbers([project.pk]).get(project.pk, ProjectNumbers())
    return Facts(
        seconds=sum(card.seconds or 0.0 for card in cards),
        scenes=len(cards),
        chosen=sum(card.kind == "chosen" for card in cards),
        lacking=sum(card.lacks_a_take for card in cards),
        spent=numbers.spent,
        waiting=numbers.held,
    )


def with_best(scenes: QuerySet[Scene]) -> QuerySet[Scene]:
    """Each scene with its `best`, as `best_of` reads it, in the order of the film."""
    found = Asset.objects.filter(scene=OuterRef("pk"), trashed_at=None).exclude(kind=Asset.Kind.AUDIO)
    # a take that somebody has rejected stands for nothing
    found = found.exclude(contributions.jobs().rejected_takes())
    # "video" stands after "image"
    found = found.order_by("-selected", "-kind", F("take").desc(nulls_last=True), "-created_at")
    told = JSONObject(id="pk", kind="kind", chosen="selected", take="take", seconds="duration")
    best = Subquery(found.values(told=told)[:1])
    return scenes.select_related("project").annotate(best=best).order_by("position", "number")


def best_of(scene: Scene) -> Best | None:
    told = getattr(scene, "best", None)
    if not told:
        return None
    return Best(
        still=Still(UUID(told["id"]), scene.project.slug, scene.folder_name),
        is_clip=told["kind"] == Asset.Kind.VIDEO,
        chosen=bool(told["chosen"]),
        take=told["take"],
        seconds=told["seconds"],
    )
