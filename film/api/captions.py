"""The captions of a cut as files."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import ngettext
from ninja import File, Form, Router, UploadedFile

from film import timelines
from film.actions import captions
from film.api.cut import CUT
from film.api.schemas import CutOut
from film.document.timeline import Timeline
from film.handover.captions import MAX_BYTES, write_captions
from film.timelines.serializers import cut_dict
from projects.access import permissions
from projects.web.authentication import Request
from projects.web.envelope import FAILURE_STATUSES, Failure, responses, success

router = Router(tags=["film"])
CAPTIONS = CUT + "/captions"
_TYPES = {"srt": "application/x-subrip", "vtt": "text/vtt"}
_CONTENT: dict[str, Any] = {name: {} for name in _TYPES.values()}
_FILE: dict[str, Any] = {
    "response": {FAILURE_STATUSES: Failure},
    "openapi_extra": {"responses": {200: {"description": "the file", "content": _CONTENT}}},
}


@router.get(CAPTIONS, summary="The captions as a file", **_FILE)
def export_captions(request: Request, project_id: str, format: Literal["srt", "vtt"] = "srt") -> HttpResponse:
    """As SRT or VTT, in UTF-8."""
    timeline = timelines.load_timeline(permissions.project_for(request.user, project_id))
    content = write_captions(timeline.captions, timeline.rate, format)
    headers = {"Content-Disposition": f'attachment; filename="{timeline.project}.{format}"'}
    return HttpResponse(content, content_type=f"{_TYPES[format]}; charset=utf-8", headers=headers)


@router.post(CAPTIONS, response=responses(CutOut), summary="Replace the captions by those of a file")
def import_captions(
    request: Request, project_id: str, file: File[UploadedFile], version: Form[int | None] = None
) -> Any:
    """SRT or VTT, in UTF-8; a wrong time is named with its line. With `version`, 409 where the cut has changed."""
    project = permissions.project_for(request.user, project_id, "change")
    return _answer(captions.import_captions(project, request.user, file.read(MAX_BYTES + 1), version))


@router.post(CAPTIONS + "/from-speech", response=responses(CutOut), summary="Caption the speech of the cut")
def caption_speech(request: Request, project_id: str) -> Any:
    """Replace the captions by the lines of the speech on the voice lane, at their places."""
    project = permissions.project_for(request.user, project_id, "change")
    return _answer(captions.caption_speech(project, request.user))


def _answer(timeline: Timeline) -> dict[str, object]:
    count = len(timeline.captions)
    words = ngettext("{count} caption in the cut.", "{count} captions in the cut.", count)
    return success(cut_dict(timeline), words.format(count=count))
