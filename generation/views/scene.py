"""The workbench of a scene: pictures, composer, takes."""

from __future__ import annotations

import uuid

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import reswap, retarget

from generation import actions
from generation.composer import Composer
from generation.forms import ComposerForm
from generation.history import usual_seconds
from generation.models import GenerationJob
from generation.status import UNFINISHED
from generation.views.takes import announce
from generation.workbench import Workbench
from projects import access
from projects.models import Asset, Scene
from projects.pages import Request, page, tell
from projects.problems import Problem, conflict


@page("GET", "HEAD", "POST")
def scene(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """The page; a POST is a press of Generate."""
    if request.method == "POST":
        return generate(request, access.scene_for(request.user, project_id, scene_id, "spend"))
    scene = access.scene_for(request.user, project_id, scene_id)
    return render(request, "generation/scene.html", scene_context(request, scene, Composer(scene)))


@page("GET", "HEAD")
def stage(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Another take on the stage, or two; its details come out of band."""
    scene = access.scene_for(request.user, project_id, scene_id)
    return render(request, "generation/_stage_parts.html", stage_context(request, Workbench(scene, request.GET)))


def generate(request: Request, scene: Scene) -> HttpResponse:
    form = ComposerForm(scene, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        key = given.pop("key")
        try:
            job, _ = actions.generate(request.user, scene, idempotency_key=key, **given)
            return accepted(request, job)
        except Problem as problem:
            if problem.code == "idempotency_key_reused":
                form.renew_key()
                problem = conflict("Your last press was taken, with other settings. Press again for one take more.")
            form.refused_before = problem.code == "refused_before"
            tell(form, problem, image_id="image", prompt_image="image")
            return refused(request, scene, form, problem.status)
    return refused(request, scene, form)


def accepted(request: Request, job: GenerationJob) -> HttpResponse:
    """The form stays as it is, but for a new key: the next press is a wish of its own."""
    if not request.htmx:
        return redirect("scene", job.project.slug, job.scene.folder_name)
    response = render(request, "generation/_key.html", {"key": uuid.uuid4(), "swap": True})
    return announce(response, [job])


def refused(request: Request, scene: Scene, form: ComposerForm, status: int = 422) -> HttpResponse:
    """The form as it was typed, with what is wrong at each field."""
    if form["key"].errors:
        form.renew_key()
    composer = Composer(scene, form)
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
        "may_change": access.may(request.user, project, "change"),
        "may_spend": access.may(request.user, project, "spend"),
    }
