"""The wall of projects, and a project: its storyboard and its folder on disk."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from projects import access, actions, folder, storyboard
from projects.folder import FolderNode
from projects.forms import NameForm, SceneForm
from projects.models import Project
from projects.pages import Request, page, status_of, tell, undoable
from projects.problems import Problem

ROWS_OF_THE_TREE = 300
OPEN_SCENES = 4


@page("GET", "HEAD", "POST")
def projects(request: Request) -> HttpResponse:
    """All projects; a POST makes one."""
    form = NameForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            return redirect("project", actions.create_project(request.user, form.cleaned_data["name"]).slug)
        except Problem as problem:
            tell(form, problem)
    context = {"cards": storyboard.wall(request.user), "form": form}
    return render(request, "projects/projects.html", context, status=status_of(form))


@page("GET", "HEAD")
def project(request: Request, project_id: str) -> HttpResponse:
    return project_page(request, access.project_for(request.user, project_id))


def project_page(
    request: Request, project: Project, *, rename: forms.Form | None = None, new_scene: forms.Form | None = None
) -> HttpResponse:
    """A form is given when it has something to tell: it is shown open, with what was typed."""
    rename_form = rename or NameForm(initial={"name": project.name})
    scene_form = new_scene or SceneForm()
    cards = storyboard.storyboard(project)
    tree = folder.tree(project.path)
    scenes = [card.scene.folder_name for card in cards]
    is_large = count(tree) > ROWS_OF_THE_TREE
    context = {
        "project": project,
        "cards": cards,
        "tree": tree,
        # of a large project the files of a scene are fetched when its folder is opened
        "fetched_names": scenes if is_large else [],
        "open_names": [] if len(scenes) > OPEN_SCENES else scenes,
        "may_change": access.may(request.user, project, "change"),
        "may_own": access.may(request.user, project, "own"),
        "rename_form": rename_form,
        "scene_form": scene_form,
    }
    status = max(status_of(rename_form), status_of(scene_form))
    return render(request, "projects/project.html", context, status=status)


def count(node: FolderNode) -> int:
    """Files and folders, with all below."""
    return len(node.files) + sum(1 + count(inner) for inner in node.folders)


@page("POST")
def rename_project(request: Request, project_id: str) -> HttpResponse:
    project = access.project_for(request.user, project_id, "change")
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            actions.rename_project(project, form.cleaned_data["name"])
            return redirect("project", project.slug)
        except Problem as problem:
            tell(form, problem)
    return project_page(request, project, rename=form)


@page("POST")
def delete_project(request: Request, project_id: str) -> HttpResponse:
    project = access.project_for(request.user, project_id, "own")
    actions.trash_project(project)
    undo = reverse("restore-project", args=[project_id])
    return undoable(request, f"“{project.name}” is in the trash.", undo, reverse("projects"))
