"""The views of the page on which any model makes pictures, sounds and videos."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from generation import actions, labels
from generation.actions import saved_prompts
from generation.forms.credit_limit import read_credit_limit, require_limit
from generation.models import GenerationJob
from generation.pages.job_rows import load_job
from generation.pages.make_page import MakePage
from generation.pages.voice_sample import VoiceSample
from projects.access import permissions
from projects.models import Scene
from projects.pages.responses import Request, page, toast
from projects.problems import Problem, wrong_field

MAX_KEY_LENGTH = 250


@page("GET", "HEAD", "POST")
def make(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Show the form of the kind and model in the address; a POST is a press of Make."""
    if request.method == "POST":
        scene = permissions.scene_for(request.user, project_id, scene_id, "spend")
        return _submit(request, scene)
    scene = permissions.scene_for(request.user, project_id, scene_id)
    return _show(request, MakePage(scene, request.GET.dict(), request.user))


@page("POST")
def price(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Return the foot of the form for what is filled in: the price, and why the button is off. Make nothing."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    make_page = MakePage(scene, request.POST.dict(), request.user)
    return render(request, "generation/_make_foot.html", _context(request, make_page))


@page("GET", "HEAD")
def made(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Return one picture or sound as it is now; with `?voice` as the sample beside the form."""
    template = "generation/_voice.html" if "voice" in request.GET else "generation/_made.html"
    job = load_job(request, job_id)
    context = {"job": job, "play": True, **permissions.rights(request.user, job.project)}
    return render(request, template, context)


def _submit(request: Request, scene: Scene) -> HttpResponse:
    make_page = MakePage(scene, request.POST.dict(), request.user)
    if change := request.POST.get("rows"):
        return _show(request, make_page.with_rows_changed(change))
    if "sample" in request.POST:
        return _submit_sample(request, make_page)
    try:
        job = _create_job(request, make_page)
    except Problem as problem:
        refused_before = problem.code == "refused_before"
        return _show(request, make_page.with_problem(problem), problem.status, refused_before=refused_before)
    message = _("{kind} {take} is queued.").format(kind=_(labels.OUTPUT_LABELS[job.output_kind]), take=job.take)
    if request.htmx:
        return toast(_show(request, make_page), message)
    messages.success(request, message)
    return redirect("scene" if job.output_kind == "video" else "make", scene.project.slug, scene.folder_name)


def _create_job(request: Request, make_page: MakePage) -> GenerationJob:
    max_credits = read_credit_limit(make_page.max_credits)
    # a wrong value has no price either, and is told at its field
    if not make_page.model.check(make_page.parameters):
        require_limit(make_page.credits, max_credits)
    job, _ = actions.create_job(
        request.user,
        make_page.scene,
        kind=make_page.kind,
        model=make_page.model.name,
        parameters=saved_prompts.fill_parameters(make_page.scene, make_page.parameters),
        idempotency_key=request.POST.get("key") or None,
        confirm_refused="confirm_refused" in request.POST,
        max_credits=max_credits,
    )
    return job


def _submit_sample(request: Request, make_page: MakePage) -> HttpResponse:
    """Make a sample of the chosen voice; one that somebody has paid for already costs nothing."""
    try:
        voice = _create_sample(request, make_page)
    except Problem as problem:
        return _show(request, make_page.with_problem(problem), problem.status)
    message = _("Generating a sample of {name}. It will appear here in a moment.").format(name=voice.name)
    if request.htmx:
        return toast(_show(request, make_page), message)
    messages.success(request, message)
    return _show(request, make_page)


def _create_sample(request: Request, make_page: MakePage) -> VoiceSample:
    voice = make_page.voice
    if voice is None or voice.model is None:
        raise wrong_field("voice", _("Choose a voice first."))
    actions.create_job(
        request.user,
        make_page.scene,
        kind=voice.model.kind,
        model=voice.model.name,
        parameters=voice.parameters,
        # each press would pay for the same speech again otherwise
        reuse=True,
        max_credits=read_credit_limit(make_page.max_credits),
        idempotency_key=f"voice-{request.POST.get('key', '')}"[:MAX_KEY_LENGTH],
    )
    return voice


def _show(request: Request, make_page: MakePage, status: int = 200, *, refused_before: bool = False) -> HttpResponse:
    """Return the page. With `refused_before` it asks whether to send what moderation refused."""
    template = "generation/_make.html" if request.htmx else "generation/make.html"
    context = {**_context(request, make_page), "was_refused_before": refused_before}
    # htmx swaps only the body of a successful response
    return render(request, template, context, status=200 if request.htmx else status)


def _context(request: Request, make_page: MakePage) -> dict[str, object]:
    project = make_page.scene.project
    return {
        "make_page": make_page,
        "project": project,
        "scene": make_page.scene,
        "key": uuid.uuid4(),
        # where the buttons of rows post to, and what the response replaces
        "rows_at": reverse("make", args=[project.slug, make_page.scene.folder_name]),
        "rows_in": "#make",
        **permissions.rights(request.user, project),
    }
