"""The three steps to a person's first take, on the page of projects, until all are done or they are dismissed."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect

from generation.actions import sample
from generation.models import GenerationJob, RunwayState
from generation.models.status import Status
from projects.access import permissions
from projects.models import Asset, Membership, Project, Scene
from projects.pages.responses import Request, page

# set in this browser once the steps are dismissed
COOKIE, COOKIE_VALUE = "steps", "hidden"
COOKIE_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class FirstSteps:
    """How far a person has come."""

    is_connected: bool
    has_picture: bool
    is_generating: bool
    """Whether the first take is being made."""
    scene: Scene | None
    """Where a first take is one press away: a scene with a picture and no take yet."""

    @property
    def current(self) -> int:
        """The number of the step to do next."""
        if not self.is_connected:
            return 1
        return 3 if self.has_picture else 2


def load_first_steps(user: User) -> FirstSteps | None:
    """Return the steps; None for a person who has a take of their own, or who is here to watch."""
    if _only_watches(user):
        return None
    # the studio drew the sample in the owner's name
    own_jobs = GenerationJob.objects.filter(created_by=user).exclude(model=sample.MODEL)
    # no index serves the state as it is written here: the first jobs of a person soon tell, all completed ones are many
    if own_jobs.alias(any_status=Coalesce("status", Value(""))).filter(any_status=Status.COMPLETED).exists():
        return None
    projects = permissions.visible_to(user).values("pk")
    # pictures of the sample were drawn by us: they do not mean that the person has got so far
    samples = Project.objects.filter(jobs__model=sample.MODEL).values("pk")
    pictures = Asset.objects.filter(kind=Asset.Kind.IMAGE, trashed_at=None, scene__project__in=projects)
    return FirstSteps(
        is_connected=settings.RUNWAY_IS_SIMULATOR or _runway_answers(),
        has_picture=own_jobs.exists() or pictures.exclude(scene__project__in=samples).exists(),
        is_generating=own_jobs.unfinished().exists(),
        scene=_scene(pictures),
    )


@page("POST")
def dismiss(request: Request) -> HttpResponse:
    """Hide the steps in this browser."""
    response = HttpResponse() if request.htmx else redirect("projects")
    response.set_cookie(COOKIE, COOKIE_VALUE, max_age=COOKIE_SECONDS, samesite="Lax")
    return response


def _only_watches(user: User) -> bool:
    """Return whether the person was let into films, and may change none of them."""
    roles = set(Membership.objects.filter(user=user, project__trashed_at=None).values_list("role", flat=True))
    return roles == {Membership.Role.VIEWER}


def _runway_answers() -> bool:
    state = RunwayState.objects.filter(pk=1).first()
    return bool(state and state.condition == RunwayState.Condition.OK and state.organization)


def _scene(pictures: QuerySet[Asset]) -> Scene | None:
    """Return a scene of the newest project, so that a person's own project goes before the sample."""
    scenes = Scene.objects.filter(pk__in=pictures.values("scene"), trashed_at=None, jobs=None).select_related("project")
    return scenes.order_by("-project__created_at", "position").first()
