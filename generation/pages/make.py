"""Pictures, sounds and videos of every kind: one form, made from the catalogue."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from generation import actions
from generation.access import jobs_of
from generation.pages.generic_form import Making
from projects.access import permissions
from projects.models import Scene
from projects.pages.responses import Request, page, toast
from projects.problems import Problem, not_found, wrong_field

NAMES = {"video": "Take", "image": "Picture", "audio": "Sound"}


@page("GET", "HEAD", "POST")
def make(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """The form of a kind and model, which stand in the address; a POST is a press of Make."""
    if request.method == "POST":
        scene = permissions.scene_for(request.user, project_id, scene_id, "spend")
        return _press(request, scene)
    scene = permissions.scene_for(request.user, project_id, scene_id)
    return _show(request, Making(scene, request.GET, request.user))


@page("POST")
def price(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """The foot of the form for what is filled in: what it costs, and why it is off. Costs nothing, makes nothing."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    return render(request, "generation/_make_foot.html", _context(request, Making(scene, request.POST, request.user)))


@page("GET", "HEAD")
def made(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """One picture or sound, as it stands now."""
    job = jobs_of(request.user).select_related("scene__project", "asset__scene__project").filter(pk=job_id).first()
    if job is None:
        raise not_found("job")
    # what is heard of a voice stands by the form too, and was waited for
    template = "generation/_voice.html" if "voice" in request.GET else "generation/_made.html"
    return render(request, template, {"job": job, "play": True})


def _press(request: Request, scene: Scene) -> HttpResponse:
    making = Making(scene, request.POST, request.user)
    if change := request.POST.get("rows"):
        making.change_rows(change)
        return _show(request, making)
    if "sample" in request.POST:
        return _press_sample(request, making)
    try:
        job, _ = actions.create_job(
            request.user,
            scene,
            kind=making.kind,
            model=making.model.name,
            parameters=making.parameters,
            idempotency_key=request.POST.get("key") or None,
            confirm_refused="confirm_refused" in request.POST,
        )
    except Problem as problem:
        making.tell(problem)
        return _show(request, making, problem.status, refused_before=problem.code == "refused_before")
    told = f"{NAMES[job.output_kind]} {job.take} is on its way."
    if not request.htmx:
        messages.success(request, told)
        return redirect("scene" if job.output_kind == "video" else "make", scene.project.slug, scene.folder_name)
    return toast(_show(request, making), told)


def _press_sample(request: Request, making: Making) -> HttpResponse:
    """A line by the chosen voice, as any other job; one that somebody has paid for is taken for nothing."""
    voice = making.voice
    try:
        if voice is None or voice.model is None:
            raise wrong_field("voice", "Choose a voice first.")
        actions.create_job(
            request.user,
            making.scene,
            kind=voice.model.kind,
            model=voice.model.name,
            parameters=voice.request,
            reuse=True,
            idempotency_key=f"voice-{request.POST.get('key', '')}"[:250],
        )
    except Problem as problem:
        making.tell(problem)
        return _show(request, making, problem.status)
    told = f"{voice.name} speaks a line; it is heard here in a moment."
    if not request.htmx:
        messages.success(request, told)
        return _show(request, making)
    return toast(_show(request, making), told)


def _show(request: Request, making: Making, status: int = 200, *, refused_before: bool = False) -> HttpResponse:
    """`refused_before`: the form asks whether to send what moderation refused."""
    template = "generation/_make.html" if request.htmx else "generation/make.html"
    # htmx swaps what it is given only where all is well
    context = {**_context(request, making), "refused_before": refused_before}
    return render(request, template, context, status=200 if request.htmx else status)


def _context(request: Request, making: Making) -> dict[str, object]:
    project = making.scene.project
    return {
        "making": making,
        "project": project,
        "scene": making.scene,
        "key": uuid.uuid4(),
        # where a row more or less is asked for, and what the answer replaces
        "rows_at": reverse("make", args=[project.slug, making.scene.folder_name]),
        "rows_in": "#make",
        "may_spend": permissions.has_right(request.user, project, "spend"),
    }
