"""The storyboard of a project: a card for each scene, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from projects.mirror import contributions
from projects.mirror.best_asset import BestAsset, Poster, annotate_best_asset, best_asset
from projects.mirror.contributions import SceneActivity
from projects.models import Asset, Project, Scene

Kind = Literal["chosen", "newest", "still", "empty"]
# the ends of a newest take that the card of a scene without a clip tells
ENDINGS = {
    "failed": gettext_noop("Take {take} failed"),
    "unconfirmed": gettext_noop("Take {take} is unconfirmed"),
    "cancelled": gettext_noop("Take {take} was cancelled"),
}


@dataclass(frozen=True)
class SceneCard:
    """A scene on the storyboard; `takes` is the number of its clips."""

    scene: Scene
    best: BestAsset | None
    takes: int
    activity: SceneActivity

    @property
    def kind(self) -> Kind:
        """What the card shows: the chosen take, the newest one, a picture, or nothing."""
        if self.best is None:
            return "empty"
        if not self.best.is_clip:
            return "still"
        return "chosen" if self.best.chosen else "newest"

    @property
    def poster(self) -> Poster | None:
        """The picture on the card."""
        return self.best.poster if self.best else None

    @property
    def seconds(self) -> float | None:
        """The length of the clip."""
        return self.best.seconds if self.best and self.best.is_clip else None

    @property
    def generating(self) -> int:
        """The number of unfinished takes."""
        return len(self.activity.progress)

    @property
    def progress(self) -> int:
        """The progress of the take that is furthest, in percent."""
        return max(self.activity.progress, default=0)

    @property
    def without_take(self) -> bool:
        """Whether the scene has no clip, and none is being generated."""
        return not self.takes and not self.generating

    @property
    def ready(self) -> bool:
        """Whether a first take can be requested at once: there is a picture, and no request that may be paid for."""
        return self.without_take and self.kind == "still" and self.activity.newest_status != "unconfirmed"

    @property
    def label(self) -> str:
        """What the player calls it: "Take 3", "Picture"."""
        if self.best is None:
            return _("Empty")
        if not self.best.is_clip:
            return _("Picture")
        return _("Take {take}").format(take=self.best.take) if self.best.take else _("Clip")

    @property
    def state(self) -> str:
        """The line of words on the card."""
        if self.takes:
            takes = ngettext("{count} take", "{count} takes", self.takes).format(count=self.takes)
            return f"{takes} · {self._choice}"
        if self.generating:
            words = ngettext("{count} take in progress", "{count} takes in progress", self.generating)
            return words.format(count=self.generating)
        if self.activity.newest_status in ENDINGS:
            return _(ENDINGS[self.activity.newest_status]).format(take=self.activity.newest_take)
        return _("No take yet") if self.best else _("Empty")

    @property
    def _choice(self) -> str:
        if self.kind != "chosen" or self.best is None:
            return _("none chosen")
        how = _("{clip} auto-chosen") if self.best.automatically else _("{clip} chosen")
        return how.format(clip=self.label.lower())


@dataclass(frozen=True)
class ProjectFacts:
    """The film in numbers.

    `seconds` is the length of its clips; `chosen`, `without_take` and `ready` count scenes. Credits are those of all
    its takes, deleted ones included: `spent` was charged, `held` may still be.
    """

    seconds: float
    scenes: int
    chosen: int
    without_take: int
    ready: int
    spent: Decimal
    held: Decimal


def storyboard_cards(project: Project) -> list[SceneCard]:
    """Return the cards of all scenes, in the order of the film."""
    return scene_cards(project, project.scenes.filter(trashed_at=None))


def scene_cards(project: Project, scenes: QuerySet[Scene]) -> list[SceneCard]:
    """Return the cards of some scenes of a project, in the order of the film."""
    clips = Asset.objects.filter(scene=OuterRef("pk"), kind=Asset.Kind.VIDEO, trashed_at=None).order_by()
    # counted in a query of its own for each scene: a join would group whole rows
    # of rows, not of their keys, which are not in the index
    takes = Subquery(clips.values("scene").annotate(count=Count("*")).values("count"))
    # one query for the cards and one for the jobs, however many scenes there are
    rows = list(annotate_best_asset(scenes).annotate(takes=Coalesce(takes, 0)))
    activity = contributions.jobs().scene_activity(project, [row.pk for row in rows])
    return [
        SceneCard(row, best_asset(row), takes=row.takes, activity=activity.get(row.pk, SceneActivity())) for row in rows
    ]


def project_facts(project: Project, cards: Iterable[SceneCard]) -> ProjectFacts:
    """Return the film in numbers, by its cards and by its jobs."""
    cards = list(cards)
    credits = contributions.jobs().project_credits(project)
    return ProjectFacts(
        seconds=sum(card.seconds or 0.0 for card in cards),
        scenes=len(cards),
        chosen=sum(card.kind == "chosen" for card in cards),
        without_take=sum(card.without_take for card in cards),
        ready=sum(card.ready for card in cards),
        spent=credits.spent,
        held=credits.held,
    )
