"""The three steps to a first own take, for the page of projects: ticked as they are done, gone when all are."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet

from generation.actions import sample
from generation.models import GenerationJob, RunwayState
from generation.models.status import UNFINISHED, Status
from projects.access import permissions
from projects.models import Asset, Project, Scene

COOKIE = "steps"
HIDDEN = "hidden"


@dataclass(frozen=True)
class FirstSteps:
    connected: bool
    has_picture: bool
    under_way: bool
    """The first take is being made."""
    scene: Scene | None
    """Where a first take is one press away: it has a picture, and no take yet."""

    @property
    def now(self) -> int:
        """The step to do next."""
        return 1 if not self.connected else 3 if self.has_picture else 2


def first_steps(user: User) -> FirstSteps | None:
    """None for whoever has a take of their own."""
    own = GenerationJob.objects.filter(created_by=user).exclude(model=sample.MODEL)
    if own.filter(status=Status.COMPLETED).exists():
        return None
    projects = permissions.visible_to(user).values("pk")
    samples = Project.objects.filter(jobs__model=sample.MODEL).values("pk")
    pictures = Asset.objects.filter(kind=Asset.Kind.IMAGE, trashed_at=None, scene__project__in=projects)
    return FirstSteps(
        connected=settings.RUNWAY_IS_SIMULATOR or _answers(),
        has_picture=own.exists() or pictures.exclude(scene__project__in=samples).exists(),
        under_way=own.filter(status__in=UNFINISHED).exists(),
        scene=_scene(pictures),
    )


def _answers() -> bool:
    """Runway has told of itself, with this key, and nothing is wrong since."""
    state = RunwayState.objects.filter(pk=1).first()
    return bool(state and state.condition == RunwayState.Condition.OK and state.organization)


def _scene(pictures: QuerySet[Asset]) -> Scene | None:
    """The newest project's first: what one has begun oneself goes before the sample."""
    scenes = Scene.objects.filter(pk__in=pictures.values("scene"), trashed_at=None, jobs=None).select_related("project")
    return scenes.order_by("-project__created_at", "position").first()
