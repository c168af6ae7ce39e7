"""The prompt library in the composer: saved prompts to insert, save, delete, and the film's variables."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from generation.actions import saved_prompts
from projects.access import permissions
from projects.models import Scene
from projects.pages.responses import Request, page, toast


@page("GET", "HEAD", "POST")
def library(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Return the library as the composer of a scene shows it; a POST saves the composer's prompt."""
    if request.method != "POST":
        return _library(request, permissions.scene_for(request.user, project_id, scene_id))
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    project = None if request.POST.get("saved_for") == "studio" else scene.project
    text, name = request.POST.get("prompt_text", ""), request.POST.get("saved_name", "")
    version = saved_prompts.save_prompt(request.user, name, text, project)
    return toast(
        _library(request, scene),
        _("Saved as version {number} of “{name}”.").format(number=version.number, name=version.prompt.name),
    )


@page("POST")
def variables(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Set or remove a variable of the film."""
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    name = request.POST.get("variable_name", "")
    saved_prompts.set_variables(scene.project, {name: request.POST.get("variable_text", "")})
    return _library(request, scene)


@page("POST")
def delete(request: Request, prompt_id: UUID) -> HttpResponse:
    """Delete a saved prompt, and offer to undo that."""
    prompt = saved_prompts.prompt_for(request.user, prompt_id, "change")
    saved_prompts.delete_prompt(prompt)
    undo = reverse("restore-prompt", args=[prompt.pk])
    return _changed(toast(HttpResponse(), _("“{name}” is deleted.").format(name=prompt.name), undo=undo))


@page("POST")
def restore(request: Request, prompt_id: UUID) -> HttpResponse:
    """Undo the deletion of a saved prompt."""
    prompt = saved_prompts.prompt_for(request.user, prompt_id, "change", deleted=True)
    saved_prompts.restore_prompt(prompt)
    return _changed(toast(HttpResponse(), _("“{name}” is back.").format(name=prompt.name)))


def _changed(response: HttpResponse) -> HttpResponse:
    """Tell the page to fetch the library again."""
    return trigger_client_event(response, "dailies:prompts", {})


def _library(request: Request, scene: Scene) -> HttpResponse:
    if not request.htmx:
        return redirect("scene", scene.project.slug, scene.folder_name)
    prompts = saved_prompts.prompts_of(request.user, scene.project)
    context = {
        "scene": scene,
        "groups": [(_("This film"), [each for each in prompts if each.project]),
                   ("Studio", [each for each in prompts if not each.project])],
        "values": saved_prompts.values_for(scene),
        "variables": saved_prompts.variables_of(scene.project),
        **permissions.rights(request.user, scene.project),
    }  # fmt: skip
    return render(request, "generation/_library.html", context)
