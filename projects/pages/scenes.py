"""Scenes of a project: add, rename, move and delete, and the card of one on the storyboard."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from projects import actions
from projects.access import permissions
from projects.disk.tree import read_tree
from projects.models import Scene
from projects.pages import storyboard
from projects.pages.forms import NameForm, PositionForm, SceneForm
from projects.pages.project import project_page
from projects.pages.responses import Request, add_problem_to_form, page, problem_response, respond_with_undo
from projects.problems import Problem, wrong_field


@page("POST")
def add_scene(request: Request, project_id: str) -> HttpResponse:
    """Add a scene at the end of the film. The answer to htmx is an event, with which the storyboard gets its card."""
    project = permissions.project_for(request.user, project_id, "change")
    if request.htmx:
        # the action says what is wrong with a name
        scene = actions.create_scene(project, request.POST.get("name", "").strip() or None)
        return trigger_client_event(HttpResponse(), "dailies:scene-added", {"id": scene.folder_name})
    form = SceneForm(request.POST)
    if form.is_valid():
        try:
            scene = actions.create_scene(project, form.cleaned_data["name"] or None)
            return redirect("scene", project.slug, scene.folder_name)
        except Problem as problem:
            add_problem_to_form(form, problem)
    return project_page(request, project, new_scene=form)


@page("GET", "HEAD")
def scene_card(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Show the card of one scene, when it has changed."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    # by the same query as all cards, so that both are rendered alike
    (card,) = storyboard.scene_cards(scene.project, Scene.objects.filter(pk=scene.pk))
    context = {"card": card, "may_change": permissions.has_right(request.user, scene.project, "change")}
    return render(request, "projects/_scene_card.html", context)


@page("GET", "HEAD")
def scene_files(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Show the scene's folder on disk: rows of the tree on the project's page."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    return render(request, "projects/_files.html", {"folder": read_tree(scene.path)})


@page("GET", "HEAD", "POST")
def rename_scene(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Rename a scene in place on the storyboard; without script, on a page that also sets its position."""
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    if request.method != "POST":
        return rename_page(request, scene, NameForm(initial={"name": scene.name}))
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            actions.change_scene(scene, name=form.cleaned_data["name"])
            return HttpResponse(status=204) if request.htmx else redirect("scene", project_id, scene_id)
        except Problem as problem:
            add_problem_to_form(form, problem)
    if request.htmx:
        return problem_response(request, wrong_field("name", str(form.errors["name"][0])))
    return rename_page(request, scene, form)


def rename_page(request: Request, scene: Scene, form: NameForm) -> HttpResponse:
    """Render the page that renames and moves a scene without script."""
    scenes = scene.project.scenes.filter(trashed_at=None).count()
    context = {"form": form, "scene": scene, "project": scene.project, "scenes": scenes}
    return render(request, "projects/rename_scene.html", context, status=422 if form.is_bound else 200)


@page("POST")
def move_scene(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Move a scene to another position in the film, counted from 1."""
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    form = PositionForm(request.POST)
    if not form.is_valid():
        raise wrong_field("position", str(form.errors["position"][0]))
    actions.change_scene(scene, position=form.cleaned_data["position"])
    return HttpResponse(status=204) if request.htmx else redirect("project", project_id)


@page("POST")
def delete_scene(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Move a scene to the trash, and offer to undo that."""
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    actions.trash_scene(scene, request.user)
    undo = reverse("restore-scene", args=[project_id, scene_id])
    return respond_with_undo(
        request, _("“{name}” is in the trash.").format(name=scene.name), undo, reverse("project", args=[project_id])
    )
