"""The two calls of an upload: get a form, then post it with the file to an address that needs no key.

See https://docs.dev.runwayml.com/assets/uploads.
"""

from __future__ import annotations

import asyncio
from typing import Any

from django.core import signing
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from generation.runway.catalog.base_field import ABSENT
from generation.simulator.api_errors import (
    ApiError,
    Issue,
    custom,
    invalid_body,
    invalid_type,
    invalid_value,
    out_of_range,
)
from generation.simulator.parsing import read_json
from generation.simulator.upload_store import UPLOAD_SECONDS, UploadStore
from projects.disk.atomic import TooLarge

SUFFIXES = (
    *(".jpg", ".jpeg", ".png", ".webp"),
    *(".mp4", ".mov", ".mkv", ".webm", ".3gp", ".ogv"),
    *(".mp3", ".wav", ".flac", ".m4a", ".aac", ".ogg"),
)
# characters of a file name
MIN_NAME_LENGTH, MAX_NAME_LENGTH = 3, 255
SALT = "runway-simulator-upload"


class UploadEndpoints:
    """The two endpoints over one store."""

    def __init__(self, uploads: UploadStore) -> None:
        self._uploads = uploads

    def routes(self) -> list[Route]:
        """Return the routes for the app."""
        return [
            Route("/v1/uploads", self.create, methods=["POST"]),
            Route("/uploads", self.receive, methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        """Answer with the form's address and fields, and the `runway://` URI that the upload will have."""
        body = await read_json(request)
        if issues := _issues(body):
            raise invalid_body(*issues)
        # the signature carries the id, so nothing has to be remembered until the file comes
        upload_id = self._uploads.new_id()
        fields = {"key": f"ephemeral/{upload_id}/{body['filename']}", "policy": signing.dumps(upload_id, salt=SALT)}
        answer = {"uploadUrl": f"{request.base_url}uploads", "fields": fields, "runwayUri": f"runway://{upload_id}"}
        return JSONResponse(answer)

    async def receive(self, request: Request) -> Response:
        """Store the file of a form whose policy this process has signed."""
        async with request.form(max_files=1, max_fields=20) as form:
            parts = form.multi_items()
            name, file = parts[-1] if parts else ("", "")
            if name != "file" or not isinstance(file, UploadFile):
                raise ApiError(400, "The form must end with the file, in a field named file.")
            upload_id = _upload_id(form.get("policy"))
            try:
                await asyncio.to_thread(self._uploads.store, upload_id, file.file)
            except TooLarge as error:
                raise ApiError(400, "Your proposed upload exceeds the maximum allowed size.") from error
        return Response(status_code=204)


def _upload_id(policy: object) -> str:
    try:
        upload_id: str = signing.loads(str(policy), salt=SALT, max_age=UPLOAD_SECONDS)
    except signing.BadSignature as error:
        raise ApiError(403, "The form's policy is missing, wrong or expired. Request a new upload.") from error
    return upload_id


def _issues(body: Any) -> list[Issue]:
    if not isinstance(body, dict):
        return [invalid_type((), "object", body)]
    issues = [] if body.get("type") == "ephemeral" else [invalid_value(("type",), ("ephemeral",))]
    name = body.get("filename", ABSENT)
    if not isinstance(name, str):
        return [*issues, invalid_type(("filename",), "string", name)]
    if not MIN_NAME_LENGTH <= len(name) <= MAX_NAME_LENGTH:
        issues.append(out_of_range(("filename",), "string", len(name), MIN_NAME_LENGTH, MAX_NAME_LENGTH, "characters"))
    if not name.lower().endswith(SUFFIXES):
        issues.append(custom(("filename",), f"The extension must be one of {', '.join(SUFFIXES)}."))
    return issues
