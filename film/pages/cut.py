"""The page of a project's cut: the film above, its tracks below."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from film.document.cut import FITS, LANES, LOUDNESSES
from film.document.rate import NAMES
from film.pages import cut_files, tools
from film.pages.cut_data import cut_data
from film.render.profiles import PROFILES
from projects.access import permissions
from projects.models import Asset
from projects.pages.responses import Request, page
from projects.problems import wrong_field

# value → label
RATES = {name: f"{name} fps" for name in NAMES if "/" not in name}
RATES |= {"24000/1001": "23.976 fps", "30000/1001": "29.97 fps", "60000/1001": "59.94 fps"}
FIT_LABELS = {
    "fit": gettext_noop("Fit (black bars)"),
    "fill": gettext_noop("Fill (cropped)"),
    "blur": gettext_noop("Fit (blurred background)"),
}
PROFILE_LABELS = {
    "h264-1080p": "1080p MP4 (H.264)",
    "h264-4k": "4K MP4 (H.264)",
    "h264-source": gettext_noop("MP4 in the film's size (H.264)"),
    "vertical-1080x1920": gettext_noop("Vertical 1080 × 1920 MP4 (H.264)"),
    "square-1080": gettext_noop("Square 1080 × 1080 MP4 (H.264)"),
    "prores-422-hq": gettext_noop("ProRes 422 HQ (MOV)"),
    "preview-webp": gettext_noop("Animated preview (WebP)"),
    "preview-gif": gettext_noop("Animated preview (GIF)"),
    "audio-wav": gettext_noop("Audio only (WAV)"),
    "contact-sheet-pdf": gettext_noop("Contact sheet (PDF)"),
    "storyboard-pdf": gettext_noop("Storyboard with prompts and notes (PDF)"),
    "stills-png": gettext_noop("Stills (PNG, zipped)"),
}
HANDOVER_LABELS = {
    "otio": gettext_noop("OpenTimelineIO"),
    "fcpxml": gettext_noop("Final Cut Pro (FCPXML)"),
    "fcp7": gettext_noop("Premiere Pro, Resolve (FCP7 XML)"),
    "edl": "EDL",
}
LANE_LABELS = [(lane, lane.capitalize()) for lane in LANES]
SHARE_DAYS = (1, 7, 14, 30, 90)
SIZES = ((1920, 1080), (3840, 2160), (1280, 720), (1080, 1920), (1080, 1080), (1080, 1350), (2048, 858))


@page("GET", "HEAD")
def cut(request: Request, project_id: str) -> HttpResponse:
    """Show the cut of a project."""
    project = permissions.project_for(request.user, project_id)
    rights = permissions.rights(request.user, project)
    context = {
        "project": project,
        "data": cut_data(project),
        "rates": RATES.items(),
        "sizes": SIZES,
        "fits": [(name, _(FIT_LABELS[name])) for name in FITS],
        "loudnesses": LOUDNESSES,
        "profiles": [(name, _(PROFILE_LABELS.get(name, name))) for name in PROFILES],
        "handover_formats": [(name, _(label)) for name, label in HANDOVER_LABELS.items()],
        "profile_labels": {name: _(label) for name, label in PROFILE_LABELS.items()},
        "track_lanes": [("titles", _("Titles")), ("captions", _("Captions")), ("clips", _("Picture")), *LANE_LABELS],
        "audible_lanes": [("takes", _("Takes")), *LANE_LABELS],
        "editing_tools": tools.EDITING if rights["may_change"] else (),
        "zoom_tools": tools.ZOOM,
        "share_days": [(days, ngettext("{count} day", "{count} days", days).format(count=days)) for days in SHARE_DAYS],
        **rights,
    }
    return render(request, "film/cut.html", context)


@page("GET", "HEAD")
def data(request: Request, project_id: str) -> HttpResponse:
    """Give the same data as JSON, for a page whose cut or files have changed."""
    return JsonResponse(cut_data(permissions.project_for(request.user, project_id)))


@page("GET", "HEAD")
def files(request: Request, project_id: str) -> HttpResponse:
    """Give files of a large film as JSON: of the scene `scene`, or of the kind `kind`, with the words `search`."""
    project = permissions.project_for(request.user, project_id)
    kind = request.GET.get("kind", Asset.Kind.VIDEO)
    if scene_id := request.GET.get("scene"):
        assets = cut_files.files_of_scene(permissions.scene_for(request.user, project_id, scene_id))
    elif kind in cut_files.KINDS:
        assets = cut_files.find_files(project, kind, request.GET.get("search", "").strip().lower())
    else:
        raise wrong_field("kind", _("kind must be one of {names}.").format(names=", ".join(cut_files.KINDS)))
    return JsonResponse({"assets": assets})
