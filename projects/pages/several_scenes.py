"""Several scenes of a project at once: tag, move, download and delete them."""

from __future__ import annotations

from itertools import chain
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import actions
from projects.access import permissions
from projects.disk.layout import scene_number
from projects.disk.zip_archive import files_below, zip_parts
from projects.models import Project, Scene
from projects.pages.forms import PositionForm
from projects.pages.responses import Request, page, respond_with_undo
from projects.pages.trash import respond_restored
from projects.problems import wrong_field
from projects.web.streams import stream_download


@page("POST")
def tag_scenes(request: Request, project_id: str) -> HttpResponse:
    """Set the status or the color of scenes; a field that is empty or absent changes nothing."""
    project = permissions.project_for(request.user, project_id, "change")
    status, color = request.POST.get("review_status") or None, request.POST.get("color") or None
    actions.tag_scenes(project, _chosen_scenes(request, project), review_status=status, color=color)
    return _done(request, project)


@page("POST")
def move_scenes(request: Request, project_id: str) -> HttpResponse:
    """Put scenes behind each other at a position of the film."""
    project = permissions.project_for(request.user, project_id, "change")
    form = PositionForm(request.POST)
    if not form.is_valid():
        raise wrong_field("position", str(form.errors["position"][0]))
    actions.move_scenes(project, _chosen_scenes(request, project), form.cleaned_data["position"])
    return _done(request, project)


@page("POST")
def download_scenes(request: Request, project_id: str) -> HttpResponseBase:
    """Send the folders of scenes as one archive, as they lie on the disk."""
    project = permissions.project_for(request.user, project_id)
    folders = [scene.path for scene in _chosen_scenes(request, project)]
    parts = zip_parts(chain.from_iterable(map(files_below, folders)))
    return stream_download(request, parts, f"{project.slug}.zip", "application/zip")


@page("POST")
def delete_scenes(request: Request, project_id: str) -> HttpResponse:
    """Move scenes to the trash, and offer to undo that."""
    project = permissions.project_for(request.user, project_id, "change")
    scenes = _chosen_scenes(request, project)
    actions.trash_scenes(project, scenes, request.user)
    names = urlencode([("scene", scene.folder_name) for scene in scenes])
    undo = f"{reverse('restore-scenes', args=[project_id])}?{names}"
    several = ngettext("{count} scene is in the trash.", "{count} scenes are in the trash.", len(scenes))
    message = _in_words(scenes, _("“{name}” is in the trash."), several)
    return respond_with_undo(request, message, undo, reverse("project", args=[project_id]))


@page("POST")
def restore_scenes(request: Request, project_id: str) -> HttpResponse:
    """Restore the scenes that the address names: the answer to an Undo button."""
    permissions.project_for(request.user, project_id, "change")
    names = request.GET.getlist("scene")
    scenes = [permissions.trashed_scene_for(request.user, project_id, name) for name in names]
    if not scenes:
        raise wrong_field("scene", _("Choose one or more scenes."))
    actions.restore_scenes(scenes, request.user)
    several = ngettext("{count} scene is back.", "{count} scenes are back.", len(scenes))
    message = _in_words(scenes, _("“{name}” is back."), several)
    return respond_restored(request, message, reverse("project", args=[project_id]))


def _chosen_scenes(request: Request, project: Project) -> list[Scene]:
    """Return the scenes that the form names, in the order of the film. Problem 422 where it names none of them."""
    numbers = {number for name in request.POST.getlist("scene") if (number := scene_number(name))}
    scenes = list(project.scenes.filter(trashed_at=None, number__in=numbers).select_related("project"))
    if not scenes:
        raise wrong_field("scene", _("Choose one or more scenes."))
    return scenes


def _in_words(scenes: list[Scene], one: str, several: str) -> str:
    return (one if len(scenes) == 1 else several).format(name=scenes[0].name, count=len(scenes))


def _done(request: Request, project: Project) -> HttpResponse:
    # the page hears of the change by its socket, as every other one
    return HttpResponse(status=204) if request.htmx else redirect("project", project.slug)
