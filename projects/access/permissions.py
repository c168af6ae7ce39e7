"""Who may see, change, share, spend on and own a project: for pages, API and sockets alike.

A project that a person may not see is answered with 404, as if it did not exist.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.access.row_by_id import row_by_id
from projects.disk.layout import scene_number
from projects.models import Asset, Membership, Project, Scene
from projects.problems import forbidden, not_found

Right = Literal["see", "change", "share", "spend", "own"]
"""What a person may do with a project; each includes to see it."""
REFUSALS: dict[Right, str] = {
    "see": "",
    "change": gettext_noop("You may view this project but not change it. Ask its owner to make you an editor."),
    "share": gettext_noop("You may view this project but not share its films. Ask its owner to make you an editor."),
    "spend": gettext_noop("You may not spend credits on this project. Ask its owner for permission."),
    "own": gettext_noop("Only the owner of this project may do that."),
}


_NAMED: tuple[Right, ...] = ("change", "share", "spend", "own")


def visible_to(user: User | AnonymousUser) -> QuerySet[Project]:
    """Return all projects that the person may see, without order, for use in other queries."""
    # nobody has the id 0: who is not signed in sees no project
    mine = Membership.objects.filter(user_id=user.pk or 0).values("project")
    return Project.objects.filter(trashed_at=None, pk__in=mine).order_by()


def projects_of(user: User | AnonymousUser) -> QuerySet[Project]:
    """Return all projects that the person may see, newest change first.

    Each has `scene_count`, and `changed_at`: the newest change of the project or of one of its scenes.
    """
    return (
        visible_to(user)
        .annotate(
            scene_count=Count("scenes", filter=Q(scenes__trashed_at=None)),
            changed_at=Greatest(F("updated_at"), Coalesce(Max("scenes__updated_at"), F("updated_at"))),
        )
        .order_by("-changed_at", "slug")
    )


def projects_with_visible_costs(user: User) -> QuerySet[Project]:
    """Return the projects whose costs the person may see, in the trash or not: their own, or for staff all."""
    if user.is_staff:
        return Project.objects.order_by("name", "slug")
    # deleted projects have cost money, too
    return Project.objects.filter(memberships__user=user).order_by("name", "slug")


def has_right(user: User | AnonymousUser, project: Project, right: Right) -> bool:
    """Return whether the person has this right on the project, and the project is not in the trash. One query."""
    # read each time: a right that was taken away ends with the next request
    membership = Membership.objects.filter(project=project, user_id=user.pk or 0, project__trashed_at=None).first()
    return membership is not None and allows(membership, right)


def require_staff(user: User | AnonymousUser) -> None:
    """Raise Problem 403 for whoever is no staff of the studio."""
    if not (isinstance(user, User) and user.is_staff):
        raise forbidden(_("Only staff of this studio may see that."))


def rights(user: User | AnonymousUser, project: Project) -> dict[str, bool]:
    """Return `may_change`, `may_share`, `may_spend` and `may_own` for the context of a page. One query."""
    mine = Membership.objects.filter(project=project, user_id=user.pk or 0, project__trashed_at=None).first()
    return {f"may_{right}": mine is not None and allows(mine, right) for right in _NAMED}


def allows(membership: Membership, right: Right) -> bool:
    """Return whether a membership gives a right.

    The owner has all; an editor may change, share and, where allowed, spend; and everybody may see.
    """
    if membership.role == Membership.Role.OWNER or right == "see":
        return True
    editor = membership.role == Membership.Role.EDITOR
    return editor and (right in ("change", "share") or (right == "spend" and membership.may_spend))


def project_for(user: User | AnonymousUser, project_id: str, right: Right = "see") -> Project:
    """Return a project by its id. Raise Problem 404 where the person may not see it, 403 without the right."""
    project = projects_of(user).filter(slug=project_id).first()
    if project is None:
        raise not_found(_("project"))
    if right != "see":
        require(user, project, right)
    return project


def require(user: User | AnonymousUser, project: Project, right: Right) -> None:
    """Raise Problem 403 where the person does not have the right."""
    if not has_right(user, project, right):
        raise forbidden(REFUSALS[right])


def scene_for(user: User | AnonymousUser, project_id: str, scene_id: str, right: Right = "see") -> Scene:
    """Return a scene by its id, `scene-3`. Raise Problem 404 or 403, as `project_for` does."""
    scenes = Scene.objects.filter(project__in=visible_to(user), project__slug=project_id, trashed_at=None)
    scene = _scene_of(scenes, scene_id)
    if scene is None:
        # it is the project that is not there, or not the person's to change, if that is so
        project_for(user, project_id, right)
        raise not_found(_("scene"))
    if right != "see":
        require(user, scene.project, right)
    return scene


def _scene_of(scenes: QuerySet[Scene], scene_id: str) -> Scene | None:
    number = scene_number(scene_id)
    return scenes.select_related("project").filter(number=number).first() if number else None


def trashed_project_for(user: User | AnonymousUser, project_id: str) -> Project:
    """Return a project in the trash for its owner. Raise Problem 404 for everybody else."""
    # members lose a deleted project, so only its owner is told that it is there
    owned = Membership.objects.filter(user_id=user.pk or 0, role=Membership.Role.OWNER).values("project")
    project = Project.objects.exclude(trashed_at=None).filter(slug=project_id, pk__in=owned).first()
    if project is None:
        raise not_found(_("project in the trash"))
    return project


def trashed_scene_for(user: User | AnonymousUser, project_id: str, scene_id: str) -> Scene:
    """Return a scene in the trash. Raise Problem 404, or 403 for those who may not change the project."""
    scene = _scene_of(project_for(user, project_id, "change").scenes.exclude(trashed_at=None), scene_id)
    if scene is None:
        raise not_found(_("scene in the trash"))
    return scene


def trashed_asset_for(user: User | AnonymousUser, project_id: str, scene_id: str, asset_id: str | UUID) -> Asset:
    """Return a file in the trash. Raise Problem 404, or 403 for those who may not change the project."""
    scene = scene_for(user, project_id, scene_id, "change")
    return _find_asset(scene.assets.exclude(trashed_at=None), asset_id, _("file in the trash"))


def asset_for(
    user: User | AnonymousUser, project_id: str, scene_id: str, asset_id: str | UUID, right: Right = "see"
) -> Asset:
    """Return a file of a scene by its id. Raise Problem 404 or 403, as `project_for` does."""
    scene = scene_for(user, project_id, scene_id, right)
    return _find_asset(scene.assets.filter(trashed_at=None), asset_id, "asset")


def _find_asset(assets: QuerySet[Asset], asset_id: str | UUID, what: str) -> Asset:
    asset = row_by_id(assets, asset_id)
    if asset is None:
        raise not_found(what)
    return asset
