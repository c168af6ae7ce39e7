"""Uploads in Runway's two steps: a form is asked for, then sent back with the file to an address without a key."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core import signing
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from generation.runway.catalog.fields import ABSENT
from generation.simulator.assets import UPLOAD_LIFE, Uploads
from generation.simulator.bodies import read_json
from generation.simulator.refusals import Issue, Refused, custom, invalid_type, invalid_value, out_of_range, wrong_body
from projects.disk.atomic import TooLarge

SUFFIXES = (
    *(".jpg", ".jpeg", ".png", ".webp"),
    *(".mp4", ".mov", ".mkv", ".webm", ".3gp", ".ogv"),
    *(".mp3", ".wav", ".flac", ".m4a", ".aac", ".ogg"),
)
NAME_LENGTH = (3, 255)
SALT = "runway-simulator-upload"


class UploadCalls:
    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    def routes(self) -> list[Route]:
        return [
            Route("/v1/uploads", self.ask, methods=["POST"]),
            Route("/uploads", self.send, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        body = await read_json(request)
        if issues := _issues(body):
            raise wrong_body(*issues)
        upload_id = self._uploads.new_id()
        fields = {"key": f"ephemeral/{upload_id}/{body['filename']}", "policy": signing.dumps(upload_id, salt=SALT)}
        answer = {"uploadUrl": f"{request.base_url}uploads", "fields": fields, "runwayUri": f"runway://{upload_id}"}
        return JSONResponse(answer)

    async def send(self, request: Request) -> Response:
        async with request.form(max_files=1, max_fields=20) as form:
            sent = form.multi_items()
            name, file = sent[-1] if sent else ("", "")
            if name != "file" or not isinstance(file, UploadFile):
                raise Refused(400, "The form must end with the file, in a field named file.")
            upload_id = _allowed(form.get("policy"))
            try:
                await asyncio.to_thread(self._uploads.store, upload_id, file.file)
            except TooLarge as error:
                raise Refused(400, "Your proposed upload exceeds the maximum allowed size.") from error
        return Response(status_code=204)


def _allowed(policy: object) -> str:
    try:
        upload_id: str = signing.loads(str(policy), salt=SALT, max_age=UPLOAD_LIFE)
    except signing.BadSignature as error:
        raise Refused(403, "The form's policy is missing, wrong or too old: ask for a new upload.") from error
    return upload_id


def _issues(body: Any) -> list[Issue]:
    if not isinstance(body, dict):
        return [invalid_type((), "object", body)]
    issues = [] if body.get("type") == "ephemeral" else [invalid_value(("type",), ("ephemeral",))]
    name = body.get("filename", ABSENT)
    if not isinstance(name, str):
        return [*issues, invalid_type(("filename",), "string", name)]
    if not NAME_LENGTH[0] <= len(name) <= NAME_LENGTH[1]:
        issues.append(out_of_range(("filename",), "string", len(name), *NAME_LENGTH, "characters"))
    if not name.lower().endswith(SUFFIXES):
        issues.append(custom(("filename",), f"The extension must be one of {', '.join(SUFFIXES)}."))
    return issues
