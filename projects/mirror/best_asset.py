"""The file that stands for a scene: on its card, in the player of the storyboard, and in the cut."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from projects.mirror import contributions
from projects.models import Asset, Scene
from projects.models.asset import take_or_zero


@dataclass(frozen=True)
class Poster:
    """The file whose poster is shown: a picture, or a clip by its first frame."""

    asset_id: UUID
    project_id: str
    scene_id: str


@dataclass(frozen=True)
class BestAsset:
    """What stands for a scene in the film: its chosen take, else its newest good clip, else its newest picture.

    A clip is good unless a person has rejected it, or it failed quality control.
    """

    poster: Poster
    is_clip: bool
    chosen: bool
    automatically: bool
    """Whether quality control has chosen it, and nobody since."""
    take: int | None
    seconds: float | None
    file_name: str
    sha256: str
    has_sound: bool | None
    width: int
    height: int


def annotate_best_asset(scenes: QuerySet[Scene]) -> QuerySet[Scene]:
    """Return the scenes in the order of the film, each with what `best_asset()` reads."""
    assets = Asset.objects.filter(scene=OuterRef("pk"), trashed_at=None).exclude(kind=Asset.Kind.AUDIO)
    assets = assets.filter(Q(selected=True) | ~contributions.jobs().unwanted_takes())
    # by name "video" comes after "image"
    assets = assets.order_by("-selected", "-kind", take_or_zero().desc(), "-created_at")
    # one subquery for all columns: one for each would look the same file up ten times
    columns = JSONObject(
        id="pk",
        kind="kind",
        chosen="selected",
        auto="selected_automatically",
        take="take",
        seconds="duration",
        file="file_name",
        sha256="sha256",
        sound="has_sound",
        width="width",
        height="height",
    )
    best = Subquery(assets.values(columns=columns)[:1])
    return scenes.select_related("project").annotate(best=best).order_by("position", "number")


def best_asset(scene: Scene) -> BestAsset | None:
    """Return what stands for a scene that `annotate_best_asset()` has read; None for an empty scene."""
    columns = getattr(scene, "best", None)
    if not columns:
        return None
    return BestAsset(
        poster=Poster(UUID(columns["id"]), scene.project.slug, scene.folder_name),
        is_clip=columns["kind"] == Asset.Kind.VIDEO,
        chosen=bool(columns["chosen"]),
        automatically=bool(columns["chosen"] and columns["auto"]),
        take=columns["take"],
        seconds=columns["seconds"],
        file_name=columns["file"],
        sha256=columns["sha256"],
        # SQLite says 0 for false
        has_sound=None if columns["sound"] is None else bool(columns["sound"]),
        width=columns["width"] or 0,
        height=columns["height"] or 0,
    )
