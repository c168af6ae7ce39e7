"""The cut of a project as a file for editing programs, and back."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from ninja import File, Query, Router, UploadedFile
from pydantic import BaseModel, Field

from film.actions import handovers
from film.api.cut import CUT
from film.handover.formats import FACTS, Format
from film.handover.safe_xml import MAX_BYTES
from projects.access import permissions
from projects.api.assets import BYTES
from projects.problems import Problem
from projects.web.authentication import Request
from projects.web.envelope import responses, success
from projects.web.streams import stream_download

router = Router(tags=["film"])
HANDOVER = CUT + "/handover"
REPORT_HEADER = "Dailies-Report"
Handles = Annotated[int | None, Query(ge=0, le=10_000, description="frames that the editor wants beside each cut")]


class Report(BaseModel):
    """What a format cannot carry of a cut."""

    format: Format
    fileName: str
    report: list[str]


class TakenBack(BaseModel):
    """What a file from an editor has changed."""

    format: Format
    version: int = Field(description="of the cut, now")
    changed: bool
    differences: list[str] = Field(description="between the cut before and the one of the file")
    report: list[str] = Field(description="what of the file was not imported")


@router.get(HANDOVER, summary="The cut as a file for editing programs", **BYTES)
def get_handover(
    request: Request, project_id: str, format: Format, media: bool = False, handles: Handles = None
) -> HttpResponseBase:
    """With `media=true` a zip with all media and `report.txt`.

    The header `Dailies-Report` has the number of sentences on what the format cannot carry.
    """
    project = permissions.project_for(request.user, project_id)
    if media:
        handover, parts = handovers.hand_over_with_media(project, format, handles=handles)
        name = f"{project.slug}-{format}.zip"
        answer: HttpResponseBase = stream_download(request, parts, name, "application/zip")
    else:
        handover = handovers.hand_over(project, format, handles=handles)
        headers = {"Content-Disposition": f'attachment; filename="{handover.name}"'}
        answer = HttpResponse(handover.data, content_type=FACTS[format].mime_type, headers=headers)
    answer[REPORT_HEADER] = str(len(handover.report))
    return answer


@router.get(HANDOVER + "/report", response=responses(Report), summary="What a format cannot carry of the cut")
def get_report(request: Request, project_id: str, format: Format, handles: Handles = None) -> Any:
    """One sentence each, as they are in `report.txt`."""
    project = permissions.project_for(request.user, project_id)
    handover = handovers.hand_over(project, format, handles=handles)
    return success({"format": format, "fileName": handover.name, "report": list(handover.report)})


@router.post(HANDOVER, response=responses(TakenBack), summary="Take the cut back from an editing program")
def post_handover(request: Request, project_id: str, file: File[UploadedFile], preview: bool = False) -> Any:
    """Make a new version of the cut from a changed OTIO, FCPXML, FCP7 XML or EDL. It can be undone.

    With `preview=true` only the differences are told. 422 `unknown_media` names files that the project does not have;
    then nothing changes.
    """
    project = permissions.project_for(request.user, project_id, "change")
    taken = handovers.take_back(project, request.user, _content(file), file.name or "", preview=preview)
    data = {"format": taken.format, "version": taken.version, "changed": taken.is_changed}
    return success(data | {"differences": taken.differences, "report": taken.report}, _message(taken, preview=preview))


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > MAX_BYTES:
        raise Problem(
            _("The file may be at most {megabytes} MB.").format(megabytes=MAX_BYTES // 1024**2),
            code="too_large",
            status=413,
        )
    content: bytes = file.read()
    return content


def _message(taken: handovers.TakenBack, *, preview: bool) -> str:
    if not taken.is_changed:
        return _("The file matches the cut.")
    count = len(taken.differences)
    changes = ngettext("{count} difference", "{count} differences", count).format(count=count)
    return f"{changes}." if preview else _("The cut was updated: {changes}.").format(changes=changes)
