"""The wall of projects, and a project: the film, its storyboard, and its folder on disk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import replace_url

from projects import actions
from projects.access import permissions
from projects.disk.tree import FolderNode, read_tree
from projects.models import Project
from projects.pages import storyboard, wall
from projects.pages.forms import NameForm, SceneForm
from projects.pages.responses import Request, page, problem_response, status_of, tell, undoable
from projects.problems import Problem, wrong_field

LONGEST_SEARCH = 200
ROWS_OF_THE_TREE = 300
OPEN_SCENES = 4


@page("GET", "HEAD", "POST")
def projects(request: Request) -> HttpResponse:
    """All projects, or those that are searched for; a POST makes one."""
    form = NameForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            return redirect("project", actions.create_project(request.user, form.cleaned_data["name"]).slug)
        except Problem as problem:
            tell(form, problem)
    wanted = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    context = {"cards": wall.wall(request.user, wanted), "wanted": wanted, "form": form}
    response = render(request, "projects/projects.html", context, status=status_of(form))
    if request.htmx and not wanted:
        # an empty search leaves nothing in the address
        replace_url(response, request.path)
    return response


@page("GET", "HEAD")
def project(request: Request, project_id: str) -> HttpResponse:
    return project_page(request, permissions.project_for(request.user, project_id))


def project_page(
    request: Request, project: Project, *, rename: forms.Form | None = None, new_scene: forms.Form | None = None
) -> HttpResponse:
    """A form is given when it has something to tell: it is shown open, with what was typed."""
    rename_form = rename or NameForm(initial={"name": project.name})
    scene_form = new_scene or SceneForm()
    context = {
        **storyboard_context(request, project),
        "rename_form": rename_form,
        "scene_form": scene_form,
    }
    status = max(status_of(rename_form), status_of(scene_form))
    return render(request, "projects/project.html", context, status=status)


def storyboard_context(request: Request, project: Project) -> dict[str, Any]:
    cards = storyboard.storyboard(project)
    return {
        "project": project,
        "cards": cards,
        "facts": storyboard.facts(project, cards),
        **permissions.rights(request.user, project),
    }


@page("GET", "HEAD")
def project_storyboard(request: Request, project_id: str) -> HttpResponse:
    """The cards and the numbers alone, for a page that shows older ones."""
    context = storyboard_context(request, permissions.project_for(request.user, project_id))
    return render(request, "projects/_storyboard.html", context)


@page("GET", "HEAD")
def project_facts(request: Request, project_id: str) -> HttpResponse:
    """The numbers alone, when a take has changed them."""
    context = storyboard_context(request, permissions.project_for(request.user, project_id))
    return render(request, "projects/_facts.html", context)


@page("GET", "HEAD")
def project_files(request: Request, project_id: str) -> HttpResponse:
    """What stands in the project's folder: the fold at the foot of its page, and a page of its own."""
    project = permissions.project_for(request.user, project_id)
    tree = read_tree(project.path)
    living = project.scenes.filter(trashed_at=None).values_list("number", flat=True)
    scenes = [f"scene-{number}" for number in living]
    context = {
        "project": project,
        "tree": tree,
        # of a large project the files of a scene are fetched when its folder is opened
        "fetched_names": scenes if count(tree) > ROWS_OF_THE_TREE else [],
        "open_names": [] if len(scenes) > OPEN_SCENES else scenes,
    }
    return render(request, "projects/_tree.html" if request.htmx else "projects/files.html", context)


def count(node: FolderNode) -> int:
    """Files and folders, with all below."""
    return len(node.files) + sum(1 + count(inner) for inner in node.folders)


@page("POST")
def rename_project(request: Request, project_id: str) -> HttpResponse:
    project = permissions.project_for(request.user, project_id, "change")
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            actions.rename_project(project, form.cleaned_data["name"])
            return HttpResponse(status=204) if request.htmx else redirect("project", project.slug)
        except Problem as problem:
            tell(form, problem)
    if request.htmx:
        return problem_response(request, wrong_field("name", str(form.errors["name"][0])))
    return project_page(request, project, rename=form)


@page("POST")
def delete_project(request: Request, project_id: str) -> HttpResponse:
    project = permissions.project_for(request.user, project_id, "own")
    actions.trash_project(project)
    undo = reverse("restore-project", args=[project_id])
    return undoable(request, f"“{project.name}” is in the trash.", undo, reverse("projects"))
