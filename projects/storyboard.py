"""What the wall of projects and the storyboard of scenes show, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from projects import access
from projects.models import Asset, Project, Scene

POSTERS_ON_A_CARD = 4


@dataclass(frozen=True)
class Still:
    """A poster: a picture, or a frame of a clip."""

    asset_id: object
    project_id: str
    scene_id: str


@dataclass(frozen=True)
class SceneCard:
    scene: Scene
    still: Still | None
    takes: int
    seconds: float | None
    generating: int
    progress: int


@dataclass
class ProjectCard:
    project: Project
    stills: list[Still] = field(default_factory=list)


def wall(user: User) -> list[ProjectCard]:
    """Every project that the person sees, the last changed first."""
    cards = {project.pk: ProjectCard(project) for project in access.projects_of(user)}
    scenes = with_still(Scene.objects.filter(project__in=cards, trashed_at=None)).select_related("project")
    for scene in scenes:
        card = cards[scene.project_id]
        still = still_of(scene)
        if still and len(card.stills) < POSTERS_ON_A_CARD:
            card.stills.append(still)
    return list(cards.values())


def storyboard(project: Project) -> list[SceneCard]:
    return scene_cards(project, project.scenes.filter(trashed_at=None))


def scene_cards(project: Project, scenes: QuerySet[Scene]) -> list[SceneCard]:
    """In the order of the film. The scenes must be of this project."""
    under_way: dict[int, list[int]] = defaultdict(list)
    for scene_id, progress in project.jobs.unfinished().values_list("scene_id", "progress"):
        under_way[scene_id].append(progress)
    clips = Q(assets__kind=Asset.Kind.VIDEO, assets__trashed_at=None)
    rows = with_still(scenes).annotate(takes=Count("assets", filter=clips)).select_related("project")
    return [
        SceneCard(
            scene=row,
            still=still_of(row),
            takes=row.takes,
            seconds=getattr(row, "still_seconds", None),
            generating=len(under_way[row.pk]),
            progress=max(under_way[row.pk], default=0),
        )
        for row in rows
    ]


def with_still(scenes: QuerySet[Scene]) -> QuerySet[Scene]:
    """Each scene with the id and the length of what stands for it: chosen take, newest clip, newest picture."""
    best = Asset.objects.filter(scene=OuterRef("pk"), trashed_at=None).exclude(kind=Asset.Kind.AUDIO)
    # "video" stands after "image"
    best = best.order_by("-selected", "-kind", F("take").desc(nulls_last=True), "-created_at")
    return scenes.annotate(
        still_id=Subquery(best.values("pk")[:1]), still_seconds=Subquery(best.values("duration")[:1])
    ).order_by("position", "number")


def still_of(scene: Scene) -> Still | None:
    asset_id = getattr(scene, "still_id", None)
    return Still(asset_id, scene.project.slug, scene.folder_name) if asset_id else None
