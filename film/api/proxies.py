"""The small copies of clips that the page of a cut plays."""

from __future__ import annotations

from copy import deepcopy

from asgiref.sync import sync_to_async
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from ninja import Router

from film.engine import proxies
from projects.access import permissions
from projects.api.assets import ASSET, BYTES
from projects.models import Asset
from projects.web.authentication import Request
from projects.web.files import ServedFile, serve_file

router = Router(tags=["film"])
_BYTES = deepcopy(BYTES)
_BYTES["openapi_extra"]["responses"][302] = {"description": "there is no copy yet: the address of the file itself"}


@router.api_operation(["HEAD"], ASSET + "/proxy", include_in_schema=False)
@router.get(ASSET + "/proxy", summary="A small copy of a video", **_BYTES)
async def asset_proxy(request: Request, project_id: str, scene_id: str, asset_id: str) -> HttpResponseBase:
    """At most 540 pixels high, with a key frame every six frames. Until it is made, a redirect to the file itself."""
    asset = await sync_to_async(permissions.asset_for)(request.user, project_id, scene_id, asset_id)
    file = await sync_to_async(_proxy_of)(asset)
    if file is not None:
        return await serve_file(request, file)
    # not kept: the next time there may be one
    return HttpResponseRedirect(asset.file_url, headers={"Cache-Control": "no-store"})


def _proxy_of(asset: Asset) -> ServedFile | None:
    path = proxies.proxy_path(asset.sha256)
    if path.is_file():
        return ServedFile(path, path.name, "video/mp4", path.stem)
    if asset.kind == Asset.Kind.VIDEO and proxies.is_missing(asset.sha256):
        proxies.request_proxy(str(asset.pk))
    return None
