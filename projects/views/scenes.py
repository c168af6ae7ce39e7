"""Scenes of a project: add, rename, move to the trash, and the card of one on the storyboard."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from projects import access, actions, folder, storyboard
from projects.forms import NameForm, SceneForm
from projects.models import Scene
from projects.pages import Request, page, tell, undoable
from projects.problems import Problem
from projects.views.projects import project_page


@page("POST")
def add_scene(request: Request, project_id: str) -> HttpResponse:
    project = access.project_for(request.user, project_id, "change")
    form = SceneForm(request.POST)
    if form.is_valid():
        try:
            scene = actions.create_scene(project, form.cleaned_data["name"] or None)
            return redirect("scene", project.slug, scene.folder_name)
        except Problem as problem:
            tell(form, problem)
    return project_page(request, project, new_scene=form)


@page("GET", "HEAD")
def scene_card(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    scene = access.scene_for(request.user, project_id, scene_id)
    (card,) = storyboard.scene_cards(scene.project, Scene.objects.filter(pk=scene.pk))
    return render(request, "projects/_scene_card.html", {"card": card})


@page("GET", "HEAD")
def scene_files(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """What stands in the scene's folder: rows of the tree on the project's page."""
    scene = access.scene_for(request.user, project_id, scene_id)
    return render(request, "projects/_files.html", {"folder": folder.tree(scene.path)})


@page("POST")
def rename_scene(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    scene = access.scene_for(request.user, project_id, scene_id, "change")
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            actions.change_scene(scene, name=form.cleaned_data["name"])
            return redirect("scene", project_id, scene_id)
        except Problem as problem:
            tell(form, problem)
    context = {"form": form, "scene": scene, "project": scene.project}
    return render(request, "projects/rename_scene.html", context, status=422)


@page("POST")
def delete_scene(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    scene = access.scene_for(request.user, project_id, scene_id, "change")
    actions.trash_scene(scene)
    undo = reverse("restore-scene", args=[project_id, scene_id])
    return undoable(request, f"“{scene.name}” is in the trash.", undo, reverse("project", args=[project_id]))
