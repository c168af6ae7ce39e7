"""Who may see, change, spend, own: for pages, API and sockets alike. What one may not see is not there: 404."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from projects.models import Asset, Membership, Project, Scene
from projects.problems import forbidden, not_found

Right = Literal["see", "change", "spend", "own"]
_REFUSALS: dict[Right, str] = {
    "see": "",
    "change": "You may look at this project, not change it: ask its owner to make you an editor.",
    "spend": "You may not spend credits on this project: ask its owner to allow it.",
    "own": "Only the owner of this project may do that.",
}


def visible_to(user: User | AnonymousUser) -> QuerySet[Project]:
    """All that the person may see, for other questions to look into."""
    mine = Membership.objects.filter(user_id=user.pk or 0).values("project")
    return Project.objects.filter(trashed_at=None, pk__in=mine).order_by()


def projects_of(user: User | AnonymousUser) -> QuerySet[Project]:
    """All that the person may see, newest change first, with `scene_count` and `changed_at` (its scenes' among it)."""
    return (
        visible_to(user)
        .annotate(
            scene_count=Count("scenes", filter=Q(scenes__trashed_at=None)),
            changed_at=Greatest(F("updated_at"), Coalesce(Max("scenes__updated_at"), F("updated_at"))),
        )
        .order_by("-changed_at", "slug")
    )


def accounts_of(user: User) -> QuerySet[Project]:
    """Projects whose money the person may see: their own, those in the trash too; staff all."""
    if user.is_staff:
        return Project.objects.order_by("name", "slug")
    return Project.objects.filter(memberships__user=user).order_by("name", "slug")


def may(user: User | AnonymousUser, project: Project, right: Right) -> bool:
    """One query. The owner may all; an editor changes, and spends where that was given; a viewer sees."""
    membership = Membership.objects.filter(project=project, user_id=user.pk or 0, project__trashed_at=None).first()
    return membership is not None and allows(membership, right)


def rights(user: User | AnonymousUser, project: Project) -> dict[str, bool]:
    """For a page: what it may offer. One query."""
    mine = Membership.objects.filter(project=project, user_id=user.pk or 0, project__trashed_at=None).first()
    return {f"may_{right}": mine is not None and allows(mine, right) for right in ("change", "spend", "own")}


def allows(membership: Membership, right: Right) -> bool:
    if membership.role == Membership.Role.OWNER or right == "see":
        return True
    editor = membership.role == Membership.Role.EDITOR
    return editor and (right == "change" or (right == "spend" and membership.may_spend))


def project_for(user: User | AnonymousUser, project_id: str, right: Right = "see") -> Project:
    """Problem 404 when it is not theirs to see, 403 when they see it and may not do that."""
    project = projects_of(user).filter(slug=project_id).first()
    if project is None:
        raise not_found("project")
    if right != "see" and not may(user, project, right):
        raise forbidden(_REFUSALS[right])
    return project


def scene_for(user: User | AnonymousUser, project_id: str, scene_id: str, right: Right = "see") -> Scene:
    return _numbered(project_for(user, project_id, right).scenes.filter(trashed_at=None), scene_id, "scene")


def _numbered(scenes: QuerySet[Scene], scene_id: str, what: str) -> Scene:
    number = scene_id.removeprefix("scene-")
    # `scene-01` is no second name of `scene-1`
    if number.isascii() and number.isdigit() and len(number) < 10 and scene_id == f"scene-{int(number)}":
        scene = scenes.select_related("project").filter(number=int(number)).first()
        if scene is not None:
            return scene
    raise not_found(what)


def trashed_project_for(user: User | AnonymousUser, project_id: str) -> Project:
    """In the trash, for its owner; to all others it is not there."""
    owned = Membership.objects.filter(user_id=user.pk or 0, role=Membership.Role.OWNER).values("project")
    project = Project.objects.exclude(trashed_at=None).filter(slug=project_id, pk__in=owned).first()
    if project is None:
        raise not_found("project in the trash")
    return project


def trashed_scene_for(user: User | AnonymousUser, project_id: str, scene_id: str) -> Scene:
    """In the trash of a project that lives, for those who may change it."""
    scenes = project_for(user, project_id, "change").scenes.exclude(trashed_at=None)
    return _numbered(scenes, scene_id, "scene in the trash")


def trashed_asset_for(user: User | AnonymousUser, project_id: str, scene_id: str, asset_id: str | UUID) -> Asset:
    scene = scene_for(user, project_id, scene_id, "change")
    return _by_id(scene.assets.exclude(trashed_at=None), asset_id, "file in the trash")


def asset_for(
    user: User | AnonymousUser, project_id: str, scene_id: str, asset_id: str | UUID, right: Right = "see"
) -> Asset:
    scene = scene_for(user, project_id, scene_id, right)
    return _by_id(scene.assets.filter(trashed_at=None), asset_id, "asset")


def _by_id(assets: QuerySet[Asset], asset_id: str | UUID, what: str) -> Asset:
    try:
        asset = assets.filter(pk=UUID(str(asset_id))).first()
    except ValueError:
        asset = None
    if asset is None:
        raise not_found(what)
    return asset
