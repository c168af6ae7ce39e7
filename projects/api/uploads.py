"""Uploads in parts as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from projects import mirror
from projects.access import permissions
from projects.actions import uploads
from projects.api import schemas
from projects.api.scenes import SCENE
from projects.models import Upload
from projects.text.iso_time import iso_time
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success
from projects.web.field_types import Text, WholeNumber
from projects.web.request_body import RequestBody

router = Router(tags=["projects"])
UPLOADS = SCENE + "/uploads"
UPLOAD = UPLOADS + "/{upload_id}"
_PART = {"requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


class NewUpload(RequestBody):
    """A file that will come in parts."""

    fileName: Text
    bytes: WholeNumber
    kind: Literal["image", "audio", "video"] | None = Field(None, description="refuse any other kind")
    fingerprint: Text | None = Field(
        None, max_length=200, description="the upload that you began with the same one goes on"
    )


class UploadOut(BaseModel):
    """How far an upload has come."""

    id: UUID
    fileName: str
    bytes: int
    offset: int = Field(description="where the next part begins")
    expiresAt: schemas.Time
    asset: schemas.Video | schemas.Asset | None = Field(description="the stored file, once all parts have come")


@router.post(UPLOADS, response=responses(UploadOut, 201), exclude_unset=True, summary="Begin an upload in parts")
def begin_upload(request: Request, project_id: str, scene_id: str, payload: NewUpload) -> Any:
    """Send the parts with PATCH, 8 MB each at most. After a cut, ask where it goes on. It waits for a day."""
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    upload = uploads.begin_upload(
        request.user,
        scene,
        payload.fileName,
        payload.bytes,
        only=payload.kind or "",
        fingerprint=payload.fingerprint or "",
    )
    return Status(201, success(_as_dict(upload)))


@router.get(UPLOAD, response=responses(UploadOut), exclude_unset=True, summary="How far an upload has come")
def show_upload(request: Request, project_id: str, scene_id: str, upload_id: str) -> Any:
    """For whoever began it."""
    return success(_as_dict(_find(request, project_id, scene_id, upload_id)))


@router.patch(UPLOAD, response=responses(UploadOut), exclude_unset=True, summary="Append a part", openapi_extra=_PART)
def append_part(
    request: Request, project_id: str, scene_id: str, upload_id: str, offset: Annotated[int, Query(ge=0)]
) -> Any:
    """Send the part itself as the body; the last one stores the file, judged as any upload.

    409 `wrong_offset` where the upload does not go on at `offset`.
    """
    upload = _find(request, project_id, scene_id, upload_id)
    return success(_as_dict(uploads.append(upload, offset, request.body)))


@router.delete(UPLOAD, response=responses(Nothing), summary="Cancel an upload")
def cancel_upload(request: Request, project_id: str, scene_id: str, upload_id: str) -> Any:
    """Drop what has arrived. A file that was stored stays."""
    uploads.cancel_upload(_find(request, project_id, scene_id, upload_id))
    return success(message=_("The upload was cancelled."))


def _find(request: Request, project_id: str, scene_id: str, upload_id: str) -> Upload:
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    return uploads.find_upload(request.user, scene, upload_id)


def _as_dict(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.pk,
        "fileName": upload.file_name,
        "bytes": upload.bytes,
        "offset": uploads.received(upload),
        "expiresAt": iso_time(upload.expires_at),
        "asset": mirror.asset_dict(upload.asset) if upload.asset else None,
    }
