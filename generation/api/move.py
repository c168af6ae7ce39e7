"""Files that move from scene to scene, with the job that made them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from ninja import Router

from generation.actions.move_to_scene import Place, move_to_scene
from projects import mirror
from projects.access import permissions
from projects.api.assets import ASSET, AnyAsset
from projects.web.authentication import Request
from projects.web.envelope import responses, success
from projects.web.field_types import Text
from projects.web.request_body import RequestBody

router = Router(tags=["projects"])


class MoveIn(RequestBody):
    """The scene of the same project that a file moves to."""

    sceneId: Text


@router.post(ASSET + "/move", response=responses(AnyAsset), exclude_unset=True, summary="Move a file to another scene")
def move_asset(request: Request, project_id: str, scene_id: str, asset_id: str, payload: MoveIn) -> Any:
    """Move a file; a generated one moves with its job and gets the next number there. Its id stays.

    409 while it is being made or checked, or an unfinished job needs it.
    """
    asset = permissions.asset_for(request.user, project_id, scene_id, asset_id, "change")
    scene = permissions.scene_for(request.user, project_id, payload.sceneId, "change")
    moved = move_to_scene(request.user, asset, Place(scene))
    return success(
        mirror.asset_dict(moved.asset), _("It is in {folder_name} now.").format(folder_name=scene.folder_name)
    )
