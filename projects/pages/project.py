"""The page of a project: the film, its storyboard, and its folder on disk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from projects import actions
from projects.access import permissions
from projects.disk.tree import FolderNode, read_tree
from projects.mirror import contributions, hot_folders
from projects.models import Project, Scene
from projects.pages import storyboard
from projects.pages.board_look import BoardLook, SceneFilter
from projects.pages.forms import DeleteForm, NameForm, SceneForm
from projects.pages.responses import (
    Request,
    add_problem_to_form,
    form_status,
    page,
    problem_response,
    respond_with_undo,
)
from projects.problems import Problem, wrong_field

# of a larger tree the files of a scene are fetched when its folder is opened
MAX_TREE_ROWS = 300
MAX_OPEN_SCENES = 4
# cards that come with their buttons; the script adds those of the others when they come near
FULL_CARDS = 40


@page("GET", "HEAD")
def project(request: Request, project_id: str) -> HttpResponse:
    """Show a project."""
    return project_page(request, permissions.project_for(request.user, project_id))


def project_page(
    request: Request,
    project: Project,
    *,
    rename: forms.Form | None = None,
    new_scene: forms.Form | None = None,
    delete: DeleteForm | None = None,
) -> HttpResponse:
    """Render the page; a form that is given has errors, and is shown open with what was typed."""
    rename_form = rename or NameForm(initial={"name": project.name})
    scene_form = new_scene or SceneForm()
    context = storyboard_context(request, project)
    delete_form = delete or DeleteForm(project, context["facts"].spent)
    context |= {
        "board": BoardLook.from_cookie(request.COOKIES.get("board", "")),
        "rename_form": rename_form,
        "scene_form": scene_form,
        "delete_form": delete_form,
        "statuses": Scene.ReviewStatus.choices,
        "colors": Scene.Color.choices,
        "filter": SceneFilter.from_query(request.GET),
    }
    status = max(form_status(form) for form in (rename_form, scene_form, delete_form))
    return render(request, "projects/project.html", context, status=status)


def storyboard_context(request: Request, project: Project) -> dict[str, Any]:
    """Return what the storyboard's template needs: cards, numbers, and what the person may do."""
    cards = storyboard.storyboard_cards(project)
    return {
        "project": project,
        "cards": cards,
        "full_cards": FULL_CARDS,
        "facts": storyboard.project_facts(project, cards),
        **permissions.rights(request.user, project),
    }


@page("GET", "HEAD")
def project_storyboard(request: Request, project_id: str) -> HttpResponse:
    """Show the cards and the numbers alone, for a page whose scenes have changed."""
    context = storyboard_context(request, permissions.project_for(request.user, project_id))
    return render(request, "projects/_storyboard.html", context)


@page("GET", "HEAD")
def project_facts(request: Request, project_id: str) -> HttpResponse:
    """Show the numbers alone, when a take has changed them."""
    context = storyboard_context(request, permissions.project_for(request.user, project_id))
    return render(request, "projects/_facts.html", context)


@page("GET", "HEAD")
def project_files(request: Request, project_id: str) -> HttpResponse:
    """Show the project's folder on disk: a fragment at the foot of its page, or a page of its own."""
    project = permissions.project_for(request.user, project_id)
    tree = read_tree(project.path)
    numbers = project.scenes.filter(trashed_at=None).values_list("number", flat=True)
    # only scenes are fetched by themselves: other folders are small, and have no address
    scenes = [f"scene-{number}" for number in numbers]
    context = {
        "project": project,
        "tree": tree,
        "fetched_names": scenes if count_entries(tree) > MAX_TREE_ROWS else [],
        "is_scanning": hot_folders.is_scanning(),
        "open_names": [] if len(scenes) > MAX_OPEN_SCENES else scenes,
        **permissions.rights(request.user, project),
    }
    return render(request, "projects/_tree.html" if request.htmx else "projects/files.html", context)


def count_entries(node: FolderNode) -> int:
    """Return the number of files and folders below a folder."""
    return len(node.files) + sum(1 + count_entries(inner) for inner in node.folders)


@page("POST")
def rename_project(request: Request, project_id: str) -> HttpResponse:
    """Rename a project; the page comes back with the form when the name cannot be taken."""
    project = permissions.project_for(request.user, project_id, "change")
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            actions.rename_project(project, form.cleaned_data["name"])
            # the page shows what was typed already
            return HttpResponse(status=204) if request.htmx else redirect("project", project.slug)
        except Problem as problem:
            add_problem_to_form(form, problem)
    if request.htmx:
        return problem_response(request, wrong_field("name", str(form.errors["name"][0])))
    return project_page(request, project, rename=form)


@page("POST")
def delete_project(request: Request, project_id: str) -> HttpResponse:
    """Move a project to the trash, and offer to undo that.

    Where takes of it were paid for, its name has to be typed; the page comes back with what is wrong.
    """
    project = permissions.project_for(request.user, project_id, "own")
    form = DeleteForm(project, contributions.jobs().project_credits(project).spent, request.POST)
    if not form.is_valid():
        return project_page(request, project, delete=form)
    actions.trash_project(project, request.user)
    undo = reverse("restore-project", args=[project_id])
    return respond_with_undo(
        request, _("“{name}” is in the trash.").format(name=project.name), undo, reverse("projects")
    )
