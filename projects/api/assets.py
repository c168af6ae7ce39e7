"""Assets, the files of a scene: their entries as JSON, and the files themselves."""

from __future__ import annotations

from typing import Any, Literal

from asgiref.sync import sync_to_async
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Router, Status, UploadedFile

from projects import actions, mirror
from projects.access import permissions
from projects.actions import peaks
from projects.actions.kept_frames import keep_frame
from projects.api import schemas
from projects.api.scenes import SCENE
from projects.problems import FieldProblem, wrong_fields
from projects.web.authentication import Request
from projects.web.envelope import FAILURE_STATUSES, Failure, Nothing, responses, success
from projects.web.files import ServedFile, serve_file

router = Router(tags=["projects"])
ASSETS = SCENE + "/assets"
ASSET = ASSETS + "/{asset_id}"

_CONTENT = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
BYTES: dict[str, Any] = {
    "response": {(*FAILURE_STATUSES, 416): Failure},
    "openapi_extra": {
        "responses": {
            200: {"description": "the whole file"} | _CONTENT,
            206: {"description": "the requested range"} | _CONTENT,
            304: {"description": "unchanged"},
        }
    },
}
AnyAsset = schemas.Video | schemas.Asset


@router.post(
    ASSETS,
    response=responses(AnyAsset | schemas.StoredAssets, 201),
    exclude_unset=True,
    summary="Upload pictures, sound, video",
)
def create_asset(request: Request, project_id: str, scene_id: str, file: File[list[UploadedFile]]) -> Any:
    """Its content decides what a file is, never its name. Pictures up to 20 MB, sound 50 MB, video 500 MB.

    HEIC, AVIF, TIFF, BMP and GIF stills are converted to JPEG or PNG; `originalPath` is where the picture as it came is
    kept.

    The form may have several parts `file`: then all are stored or none, and `data` has them as `assets`.
    """
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    _refuse_other_files(request)
    assets = actions.store_uploads(scene, file)
    message = _("Stored {names}.").format(names=", ".join(asset.relative_path for asset in assets))
    entries = [mirror.asset_dict(asset) for asset in assets]
    return Status(201, success(entries[0] if len(entries) == 1 else {"assets": entries}, message))


def _refuse_other_files(request: Request) -> None:
    """Raise Problem 422 for files under other names, which would be lost. Texts are ignored: uploaders add some."""
    others = [name for name in request.FILES if name != "file"]
    if others:
        raise wrong_fields(
            *(
                FieldProblem(name, _("{name} is not a field of this form; use file.").format(name=name))
                for name in others
            )
        )


@router.get(ASSET, response=responses(AnyAsset), exclude_unset=True, summary="One file's entry")
def show_asset(request: Request, project_id: str, scene_id: str, asset_id: str) -> Any:
    """As in scene.json."""
    return success(mirror.asset_dict(permissions.asset_for(request.user, project_id, scene_id, asset_id)))


@router.patch(ASSET, response=responses(AnyAsset), exclude_unset=True, summary="Rename a file, or choose a take")
def change_asset(request: Request, project_id: str, scene_id: str, asset_id: str, payload: schemas.AssetChange) -> Any:
    """Rename a file, or choose it as the take of its scene; choosing another unchooses it."""
    asset = permissions.asset_for(request.user, project_id, scene_id, asset_id, "change")
    actions.change_asset(asset, file_name=payload.fileName, selected=payload.selected)
    return success(mirror.asset_dict(asset))


@router.delete(ASSET, response=responses(Nothing), summary="Move a file to the trash")
def delete_asset(request: Request, project_id: str, scene_id: str, asset_id: str) -> Any:
    """409 while an unfinished job needs the file."""
    asset = permissions.asset_for(request.user, project_id, scene_id, asset_id, "change")
    actions.trash_asset(asset, request.user)
    return success(message=_("{file_name} is in the trash.").format(file_name=asset.file_name))


@router.api_operation(["HEAD"], ASSET + "/file", include_in_schema=False)
@router.get(ASSET + "/file", summary="The file itself, with Range", **BYTES)
async def asset_file(request: Request, project_id: str, scene_id: str, asset_id: str) -> HttpResponseBase:
    """With `?download=1` a browser saves it instead of showing it."""
    asset = await sync_to_async(permissions.asset_for)(request.user, project_id, scene_id, asset_id)
    return await serve_file(request, ServedFile(asset.path, asset.file_name, asset.mime_type, asset.sha256))


@router.api_operation(["HEAD"], ASSET + "/poster", include_in_schema=False)
@router.get(ASSET + "/poster", summary="A JPEG of a picture, or of a video's first frame", **BYTES)
async def asset_poster(
    request: Request, project_id: str, scene_id: str, asset_id: str, width: Literal["640", "1280"] = "640"
) -> HttpResponseBase:
    """At most `width` pixels wide."""
    asset = await sync_to_async(permissions.asset_for)(request.user, project_id, scene_id, asset_id)
    path = await sync_to_async(actions.poster_of)(asset, int(width))
    return await serve_file(request, ServedFile(path, path.name, "image/jpeg", f"poster-{path.stem}"))


@router.api_operation(["HEAD"], ASSET + "/sprite", include_in_schema=False)
@router.get(ASSET + "/sprite", summary="A JPEG with 12 frames of a video in one row", **BYTES)
async def asset_sprite(request: Request, project_id: str, scene_id: str, asset_id: str) -> HttpResponseBase:
    """At equal distances, the first at the beginning."""
    asset = await sync_to_async(permissions.asset_for)(request.user, project_id, scene_id, asset_id)
    path = await sync_to_async(actions.sprite_of)(asset)
    return await serve_file(request, ServedFile(path, path.name, "image/jpeg", path.stem))


@router.post(ASSET + "/still", response=responses(schemas.Asset, 201), exclude_unset=True, summary="Keep a frame")
def keep_still(request: Request, project_id: str, scene_id: str, asset_id: str, payload: schemas.Moment) -> Any:
    """Store the frame of a video at a time, or the last one, as a lossless PNG in the scene's images."""
    asset = permissions.asset_for(request.user, project_id, scene_id, asset_id, "change")
    picture = keep_frame(asset, payload.seconds)
    return Status(
        201,
        success(mirror.asset_dict(picture), _("Stored {relative_path}.").format(relative_path=picture.relative_path)),
    )


@router.get(ASSET + "/peaks", response=responses(schemas.Peaks), summary="The wave form of a sound")
def asset_peaks(request: Request, project_id: str, scene_id: str, asset_id: str) -> Any:
    """At most 240 peaks at equal distances, for a sound or a clip with sound."""
    asset = permissions.asset_for(request.user, project_id, scene_id, asset_id)
    return success({"peaks": peaks.peaks_of(asset)})
