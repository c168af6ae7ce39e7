"""The workbench of a scene: pictures, composer, takes."""

from __future__ import annotations

import uuid

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import reswap, retarget

from generation import actions
from generation.engine.durations import usual_seconds
from generation.forms.composer_form import KIND, ComposerForm, ComposerQuery
from generation.models import GenerationJob
from generation.models.status import UNFINISHED
from generation.pages.composer import Composer
from generation.pages.takes import announce
from generation.pages.workbench import Workbench
from projects.access import permissions
from projects.models import Asset, Scene
from projects.pages.responses import Request, page
from projects.problems import Problem, conflict


@page("GET", "HEAD", "POST")
def scene(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """The page; a POST is a press of Generate."""
    if request.method == "POST":
        return generate(request, permissions.scene_for(request.user, project_id, scene_id, "spend"))
    scene = permissions.scene_for(request.user, project_id, scene_id)
    return render(request, "generation/scene.html", scene_context(request, scene, composer_for(request, scene)))


def composer_for(request: Request, scene: Scene) -> Composer:
    """As the address asks: `from` is an earlier take whose settings are put into the form."""
    query = ComposerQuery(request.GET)
    query.is_valid()
    take = query.cleaned_data.get("from")
    return Composer.of_take(scene, request.user, take) if take else Composer(scene, request.user)


@page("GET", "HEAD")
def composer(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """The form with an earlier take's settings; else the fields and the price of what the query says."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    context = {"scene": scene, **permissions.rights(request.user, scene.project)}
    if "from" in request.GET:
        return render(request, "generation/_composer.html", context | {"composer": composer_for(request, scene)})
    asked = Composer.of_values(scene, request.user, request.GET.dict())
    return render(request, "generation/_composer_parts.html", context | {"composer": asked})


@page("GET", "HEAD")
def stage(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Another take on the stage, or two; its details come out of band."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    return render(request, "generation/_stage_parts.html", stage_context(request, Workbench(scene, request.GET)))


def generate(request: Request, scene: Scene) -> HttpResponse:
    form = ComposerForm(scene, request.POST)
    if change := request.POST.get("rows"):
        form.change_rows(change)
        return other_rows(request, scene, form)
    if not form.is_valid():
        return refused(request, scene, form)
    given = form.cleaned_data
    if not given["reuse"] and given["takes"] == 1:
        form.paid_before = actions.paid_before(request.user, scene, KIND, given["model"], form.parameters)
        if form.paid_before:
            return refused(request, scene, form, 409)
    try:
        jobs = actions.create_jobs(
            request.user,
            scene,
            given["takes"],
            kind=KIND,
            model=given["model"],
            parameters=form.parameters,
            reuse={"1": True, "0": False}.get(given["reuse"]),
            idempotency_key=given["key"],
            confirm_refused=given["confirm_refused"],
        )
    except Problem as problem:
        if problem.code == "idempotency_key_reused":
            form.renew_key()
            problem = conflict("Your last press was taken, with other settings. Press again for one take more.")
        form.refused_before = problem.code == "refused_before"
        for wrong in problem.fields:
            form.refuse(wrong)
        if not problem.fields:
            form.add_error(None, problem.message)
        return refused(request, scene, form, problem.status)
    return accepted(request, scene, jobs)


def accepted(request: Request, scene: Scene, jobs: list[GenerationJob]) -> HttpResponse:
    """The form stays as it is, but for a new key: the next press is a wish of its own."""
    if not request.htmx:
        return redirect("scene", scene.project.slug, scene.folder_name)
    response = render(request, "generation/_key.html", {"key": uuid.uuid4(), "swap": True})
    return announce(response, jobs)


def refused(request: Request, scene: Scene, form: ComposerForm, status: int = 422) -> HttpResponse:
    """The form as it was typed, with what is wrong at each field."""
    if form["key"].errors:
        form.renew_key()
    return shown_again(request, scene, form, status)


def other_rows(request: Request, scene: Scene, form: ComposerForm) -> HttpResponse:
    """The fields of the model with one row more or less; without a script the whole page."""
    if not request.htmx:
        return shown_again(request, scene, form, 200)
    return render(
        request, "generation/_settings.html", {"composer": Composer(scene, request.user, form), "scene": scene}
    )


def shown_again(request: Request, scene: Scene, form: ComposerForm, status: int) -> HttpResponse:
    composer = Composer(scene, request.user, form)
    if not request.htmx:
        return render(request, "generation/scene.html", scene_context(request, scene, composer), status=status)
    context = {"composer": composer, "scene": scene, "may_change": True, "may_spend": True}
    response = render(request, "generation/_composer.html", context, status=status)
    return reswap(retarget(response, "#composer"), "outerHTML")


def scene_context(request: Request, scene: Scene, composer: Composer) -> dict[str, object]:
    # sound also where it was generated here: it is no take, and the strip does not show it
    others = scene.assets.filter(Q(job=None) | Q(kind=Asset.Kind.AUDIO), trashed_at=None).exclude(kind=Asset.Kind.IMAGE)
    return stage_context(request, Workbench(scene, request.GET)) | {
        "composer": composer,
        "others": list(others.select_related("scene__project")),
    }


def stage_context(request: Request, bench: Workbench) -> dict[str, object]:
    project = bench.scene.project
    looked = bench.looked
    return {
        "project": project,
        "scene": bench.scene,
        "bench": bench,
        "usual": usual_seconds(looked) if looked and looked.status in UNFINISHED else None,
        **permissions.rights(request.user, project),
    }
