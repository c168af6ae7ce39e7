"""The views of a scene's page: the page, its composer, its player, and a press of Generate."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget

from generation import actions
from generation.forms.credit_limit import require_limit
from generation.models import GenerationJob
from generation.pages.composer import Composer
from generation.pages.composer_form import KIND, ComposerForm
from generation.pages.scene_page import ScenePage
from generation.pages.takes import announce_takes
from projects.access import permissions
from projects.models import Scene
from projects.pages.responses import Request, page
from projects.problems import Problem, conflict

# where the composer is on a wide window; static/js/pages/scene/dock.js keeps the choice in a cookie
DOCKS = ("side", "below", "away")


class ComposerQuery(forms.Form):
    """The query of the composer's address. A value that makes no sense is left out and is no error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # `from` is a keyword of Python
        self.fields["from"] = forms.IntegerField(min_value=1, max_value=10**9, required=False)


@page("GET", "HEAD", "POST")
def scene(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Show the page; a POST is a press of Generate."""
    if request.method == "POST":
        return generate(request, permissions.scene_for(request.user, project_id, scene_id, "spend"))
    scene = permissions.scene_for(request.user, project_id, scene_id)
    return _scene_page(request, scene, _composer_of_query(request, scene))


@page("GET", "HEAD")
def composer(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Return the composer with the settings of the take `from`; without it the settings and price of the query."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    context = {"scene": scene, **permissions.rights(request.user, scene.project)}
    if "from" in request.GET:
        return render(request, "generation/_composer.html", context | {"composer": _composer_of_query(request, scene)})
    composer = Composer.from_values(scene, request.user, request.GET.dict())
    return render(request, "generation/_composer_parts.html", context | {"composer": composer})


@page("GET", "HEAD")
def stage(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Return the player with another take, or with two; its details come out of band."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    return render(request, "generation/_stage_parts.html", _context(request, scene))


def generate(request: Request, scene: Scene) -> HttpResponse:
    """Start takes as the composer says, or show it again with what is wrong or has to be confirmed."""
    form = ComposerForm(scene, request.POST)
    if change := request.POST.get("rows"):
        form.change_rows(change)
        return _show_rows(request, scene, form)
    if not form.is_valid():
        return _refuse(request, scene, form)
    try:
        form.fit_pictures()
    except Problem as problem:
        return _refuse(request, scene, form, _add_problem(form, problem))
    # only one take can be the same as a paid one: with several, the seed would make them all the same
    if not form.cleaned_data["reuse"] and form.cleaned_data["takes"] == 1:
        form.paid_take = actions.paid_before(request.user, scene, KIND, form.cleaned_data["model"], form.parameters)
        if form.paid_take:
            return _refuse(request, scene, form, 409)
    try:
        jobs = _create_jobs(request, scene, form)
    except Problem as problem:
        return _refuse(request, scene, form, _add_problem(form, problem))
    return _accept(request, scene, jobs)


def _create_jobs(request: Request, scene: Scene, form: ComposerForm) -> list[GenerationJob]:
    values = form.cleaned_data
    if values["reuse"] != "1":
        require_limit(Composer(scene, request.user, form).price.credits, values["max_credits"])
    return actions.create_jobs(
        request.user,
        scene,
        values["takes"],
        kind=KIND,
        model=values["model"],
        parameters=form.parameters,
        reuse={"1": True, "0": False}.get(values["reuse"]),
        idempotency_key=values["key"],
        confirm_refused=values["confirm_refused"],
        max_credits=values["max_credits"],
    )


def _add_problem(form: ComposerForm, problem: Problem) -> int:
    """Show a problem in the form and return its HTTP status."""
    if problem.code == "idempotency_key_reused":
        # otherwise every further press would meet the same conflict
        form.renew_key()
        problem = conflict(
            _("Your last request was accepted with other settings. Press again to generate another take.")
        )
    form.was_refused_before = problem.code == "refused_before"
    for field_problem in problem.fields:
        form.add_problem(field_problem)
    if not problem.fields:
        form.add_error(None, problem.message)
    return problem.status


def _accept(request: Request, scene: Scene, jobs: list[GenerationJob]) -> HttpResponse:
    """Leave the form as it is, but for a new key: the next press is another request."""
    if not request.htmx:
        return redirect("scene", scene.project.slug, scene.folder_name)
    response = render(request, "generation/_key.html", {"key": uuid.uuid4(), "swap": True})
    return announce_takes(response, jobs)


def _refuse(request: Request, scene: Scene, form: ComposerForm, status: int = 422) -> HttpResponse:
    """Show the form as it was typed, with what is wrong at each field."""
    if form["key"].errors:
        form.renew_key()
    return _show_composer(request, scene, form, status)


def _show_rows(request: Request, scene: Scene, form: ComposerForm) -> HttpResponse:
    """Return the settings of the model with one row more or less; without a script the whole page."""
    if not request.htmx:
        return _show_composer(request, scene, form, 200)
    context = {"composer": Composer(scene, request.user, form), "scene": scene}
    return render(request, "generation/_settings.html", context)


def _show_composer(request: Request, scene: Scene, form: ComposerForm, status: int) -> HttpResponse:
    composer = Composer(scene, request.user, form)
    if not request.htmx:
        return _scene_page(request, scene, composer, status)
    context = {"composer": composer, "scene": scene, "may_change": True, "may_spend": True}
    response = render(request, "generation/_composer.html", context, status=status)
    return reswap(retarget(response, "#composer"), "outerHTML")


def _composer_of_query(request: Request, scene: Scene) -> Composer:
    query = ComposerQuery(request.GET)
    query.is_valid()
    take = query.cleaned_data.get("from")
    return Composer.from_take(scene, request.user, take) if take else Composer(scene, request.user)


def _scene_page(request: Request, scene: Scene, composer: Composer, status: int = 200) -> HttpResponse:
    context = _context(request, scene)
    # who only looks has no use for it
    dock = request.COOKIES.get("dock", "side" if context["may_change"] else "away")
    context |= {"composer": composer, "dock": dock if dock in DOCKS else DOCKS[0]}
    return render(request, "generation/scene.html", context, status=status)


def _context(request: Request, scene: Scene) -> dict[str, object]:
    scene_page = ScenePage(scene, request.GET)
    return {
        "project": scene.project,
        "scene": scene,
        "scene_page": scene_page,
        "typical_seconds": scene_page.typical_seconds,
        **permissions.rights(request.user, scene.project),
    }
