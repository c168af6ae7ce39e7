"""The trash: what is in it, and how a project, scene or file comes back from it to where it was."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from projects import actions
from projects.access import permissions
from projects.actions.trash_list import list_trash
from projects.pages.responses import Request, page, toast


@page("GET", "HEAD")
def trash(request: Request) -> HttpResponse:
    """Show what the person may restore; `project` shows that of one project."""
    slug = request.GET.get("project")
    project = permissions.project_for(request.user, slug) if slug else None
    context = {"project": project, "entries": list_trash(request.user, project)}
    return render(request, "projects/trash.html", context)


@page("POST")
def restore_project(request: Request, project_id: str) -> HttpResponse:
    """Restore a project; only its owner may."""
    project = permissions.trashed_project_for(request.user, project_id)
    actions.restore_project(project, request.user)
    return respond_restored(
        request, _("“{name}” is back.").format(name=project.name), reverse("project", args=[project_id])
    )


@page("POST")
def restore_scene(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Restore a scene."""
    scene = permissions.trashed_scene_for(request.user, project_id, scene_id)
    actions.restore_scene(scene, request.user)
    return respond_restored(
        request, _("“{name}” is back.").format(name=scene.name), reverse("scene", args=[project_id, scene_id])
    )


@page("POST")
def restore_asset(request: Request, project_id: str, scene_id: str, asset_id: str) -> HttpResponse:
    """Restore a file."""
    asset = permissions.trashed_asset_for(request.user, project_id, scene_id, asset_id)
    actions.restore_asset(asset, request.user)
    return respond_restored(
        request,
        _("“{file_name}” is back.").format(file_name=asset.file_name),
        reverse("scene", args=[project_id, scene_id]),
    )


def respond_restored(request: Request, message: str, address: str) -> HttpResponse:
    """Tell the page what came back, so that it shows it in place; a plain form is redirected to `address`."""
    if request.htmx:
        # the Undo button may stand on any page, so the page's script decides what to show
        return trigger_client_event(toast(HttpResponse(), message), "dailies:restored", {"address": address})
    messages.success(request, message)
    return redirect(address)
