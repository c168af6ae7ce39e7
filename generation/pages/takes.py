"""One take: the fragments that page and update share, and what a person can do with it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from generation import actions
from generation.access import job_for, jobs_of
from generation.engine.durations import usual_seconds
from generation.forms.composer_form import NoteForm, ResolveForm
from generation.models import GenerationJob
from generation.models.status import UNFINISHED
from generation.pages.workbench import with_related_rows
from projects.access import permissions
from projects.actions.last_frame import keep_last_frame
from projects.models import Asset
from projects.pages.responses import Request, add_problem_to_form, page, toast
from projects.problems import Problem, not_found, wrong_field

# what a button of a take's bar asks for
MARKS: dict[str, Any] = {
    "star": {"starred": True},
    "unstar": {"starred": False},
    "reject": {"rejected": True},
    "unreject": {"rejected": False},
}


def find(request: Request, job_id: uuid.UUID) -> GenerationJob:
    """As it stands in the database now, with all that is shown of it."""
    job = with_related_rows(jobs_of(request.user)).filter(pk=job_id).first()
    if job is None:
        raise not_found("take")
    return job


def card(
    request: Request,
    job_id: uuid.UUID,
    resolve_form: ResolveForm | None = None,
    others: Sequence[GenerationJob] = (),
    unchosen: Sequence[Asset] = (),
) -> HttpResponse:
    """The card on the stage, and out of band its tile, its details, and what else changed with it.

    With a form that has something to mend, 422.
    """
    job = find(request, job_id)
    context = {
        "job": job,
        "usual": usual_seconds(job) if job.status in UNFINISHED else None,
        "others": [find(request, other.pk) for other in others],
        "unchosen": unchosen,
        **permissions.rights(request.user, job.project),
        "resolve_form": resolve_form,
    }
    return render(request, "generation/_take_parts.html", context, status=422 if resolve_form else 200)


@page("GET", "HEAD")
def take(request: Request, job_id: uuid.UUID) -> HttpResponse:
    return card(request, job_id)


@page("GET", "HEAD")
def tile(request: Request, job_id: uuid.UUID) -> HttpResponse:
    return render(request, "generation/_tile.html", {"job": find(request, job_id)})


@page("POST")
def mark(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Star, reject, choose, and each of it taken back: `do` says which."""
    job = job_for(request.user, str(job_id), "change")
    wish = request.POST.get("do", "")
    if wish in MARKS:
        actions.change(job, **MARKS[wish])
        return answer(request, job)
    if wish not in ("choose", "unchoose"):
        raise wrong_field("do", f"do must be one of choose, unchoose, {', '.join(MARKS)}.")
    before = list(job.scene.assets.filter(selected=True, trashed_at=None, job=None)) if wish == "choose" else []
    _, *others = actions.choose(job, wish == "choose")
    for asset in before:
        asset.refresh_from_db(fields=["selected"])
    return answer(request, job, others=others, unchosen=before)


@page("POST")
def note(request: Request, job_id: uuid.UUID) -> HttpResponse:
    job = job_for(request.user, str(job_id), "change")
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise wrong_field("note", "note must be plain text.")
    actions.change(job, note=form.cleaned_data["note"].replace("\r\n", "\n"))
    return answer(request, job, "Noted.")


@page("POST")
def last_frame(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """The clip's last frame as a picture of the scene: its tile, to be chosen by the page's script."""
    job = job_for(request.user, str(job_id), "change")
    if job.asset is None or job.asset.trashed_at:
        raise not_found("clip of this take")
    picture = keep_last_frame(job.asset)
    if request.htmx:
        context = {"picture": picture, "chosen_pk": picture.pk, "may_change": True}
        return render(request, "projects/_picture.html", context)
    messages.success(request, f"Stored {picture.file_name}.")
    return redirect("scene", job.project.slug, job.scene.folder_name)


@page("POST")
def cancel(request: Request, job_id: uuid.UUID) -> HttpResponse:
    job = job_for(request.user, str(job_id), "change")
    return answer(request, job, actions.cancel(request.user, job))


@page("POST")
def retry(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """The same job goes on at no cost, or one new job comes: then the page's script fetches its tile."""
    job = job_for(request.user, str(job_id), "spend")
    confirmed = "confirm_refused" in request.POST
    again, _ = actions.retry(request.user, job, idempotency_key=request.POST.get("key"), confirm_refused=confirmed)
    if again.pk == job.pk:
        return answer(request, job, "Fetching the clip again, at no cost.")
    return announce(answer(request, job, f"Take {again.take} is on its way."), [again])


@page("POST")
def resolve(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Settle an unconfirmed job: adopt a task of Runway's, or give it up."""
    job = job_for(request.user, str(job_id), "change")
    if request.POST.get("lost"):
        actions.resolve(request.user, job, lost=True)
        return answer(request, job, "Given up. Nothing was sent again.")
    form = ResolveForm(request.POST)
    if form.is_valid():
        try:
            actions.resolve(request.user, job, task_id=form.cleaned_data["task_id"])
            return answer(request, job, "Adopted: the studio asks Runway for that task now.")
        except Problem as problem:
            add_problem_to_form(form, problem)
    if request.htmx:
        return card(request, job_id, form)
    raise wrong_field("taskId", " ".join(str(error) for errors in form.errors.values() for error in errors))


def announce(response: HttpResponse, jobs: Sequence[GenerationJob]) -> HttpResponse:
    """New takes, for the page's script: it fetches their tiles and looks at the first."""
    told = [{"jobId": str(job.pk), "take": job.take} for job in jobs]
    return trigger_client_event(response, "dailies:takes", {"jobs": told})


def answer(
    request: Request,
    job: GenerationJob,
    message: str = "",
    others: Sequence[GenerationJob] = (),
    unchosen: Sequence[Asset] = (),
) -> HttpResponse:
    """The card anew, with a toast; for a plain form, the scene's page with the message."""
    if request.htmx:
        response = card(request, job.pk, others=others, unchosen=unchosen)
        return toast(response, message) if message else response
    if message:
        messages.success(request, message)
    return redirect("scene", job.project.slug, job.scene.folder_name)
