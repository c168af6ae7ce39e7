"""One take: the fragments that a page and its updates share, and what a person can do with it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import trigger_client_event

from generation import actions
from generation.access import job_for
from generation.actions.copy_take import copy_take
from generation.engine.durations import typical_seconds
from generation.models import GenerationJob
from generation.models.status import UNFINISHED
from generation.pages.job_rows import load_job
from projects.access import permissions
from projects.actions.kept_frames import keep_frame
from projects.models import Asset
from projects.pages.responses import Request, add_problem_to_form, page, toast
from projects.problems import Problem, not_found, wrong_field

# the buttons that set or clear a mark, by the value of `do`
MARKS: dict[str, Any] = {
    "star": {"starred": True},
    "unstar": {"starred": False},
    "reject": {"rejected": True},
    "unreject": {"rejected": False},
}
CHOICES = {"choose": True, "unchoose": False}
# in place of the folder of a scene
NEW_SCENE = "new"


class NoteForm(forms.Form):
    """A person's note on a take."""

    note = forms.CharField(required=False)


class ResolveForm(forms.Form):
    """The task of Runway that an unconfirmed job is to adopt."""

    task_id = forms.CharField(
        max_length=80, error_messages={"required": gettext_lazy("Paste the task ID from Runway.")}
    )


@page("GET", "HEAD")
def take(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Return the card of a take in the player."""
    return _card(request, job_id)


@page("GET", "HEAD")
def tile(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Return the tile of a take in the strip, or with `sheet` the one on the contact sheet."""
    template = "generation/_sheet_tile.html" if "sheet" in request.GET else "generation/_tile.html"
    return render(request, template, {"job": load_job(request, job_id)})


@page("POST")
def mark(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Star, reject or choose a take, or undo it, as `do` says."""
    job = job_for(request.user, str(job_id), "change")
    action = request.POST.get("do", "")
    if action in MARKS:
        actions.annotate(job, **MARKS[action])
        return _answer(request, job)
    if action not in CHOICES:
        raise wrong_field("do", _("do must be one of {names}.").format(names=", ".join([*CHOICES, *MARKS])))
    # choosing a take unchooses the others, whose tiles have to change too
    uploads = _chosen_uploads(job) if CHOICES[action] else []
    _chosen, *others = actions.choose(job, CHOICES[action])
    # they were read before the choice, which has changed their rows
    for asset in uploads:
        asset.refresh_from_db(fields=["selected"])
    return _answer(request, job, others=others, unchosen=uploads)


@page("POST")
def note(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Set the note of a take."""
    job = job_for(request.user, str(job_id), "change")
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise wrong_field("note", _("note must be plain text."))
    # browsers send line breaks as two characters, and the note is also read by programs
    actions.annotate(job, note=form.cleaned_data["note"].replace("\r\n", "\n"))
    return _answer(request, job, _("Note saved."))


@page("POST")
def keep_take_frame(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Store a frame of the clip as a picture of the scene, and return its tile in the composer.

    It is the one at `seconds`, or the last one without. With `scene` it becomes a picture of that one, or of a new one
    for `new`, whose page opens with it as the first frame.
    """
    job = job_for(request.user, str(job_id), "change")
    if job.asset is None or job.asset.trashed_at:
        raise not_found(_("clip of this take"))
    if following := request.POST.get("scene"):
        if following == NEW_SCENE:
            picture = keep_frame(job.asset, in_new_scene=True)
        else:
            scene = permissions.scene_for(request.user, job.project.slug, following, "change")
            picture = keep_frame(job.asset, scene=scene)
        address = reverse("scene", args=[job.project.slug, picture.scene.folder_name])
        return redirect(f"{address}?first={picture.pk}")
    picture = keep_frame(job.asset, _seconds(request.POST.get("seconds")))
    if request.htmx:
        context = {"picture": picture, "chosen_pk": picture.pk, "may_change": True}
        return render(request, "projects/_picture.html", context)
    messages.success(request, _("Saved {file_name}.").format(file_name=picture.file_name))
    return redirect("scene", job.project.slug, job.scene.folder_name)


def _seconds(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise wrong_field("seconds", _("seconds must be a number.")) from None


@page("POST")
def cancel(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Cancel a take."""
    job = job_for(request.user, str(job_id), "change")
    return _answer(request, job, actions.cancel(request.user, job))


@page("POST")
def copy(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Copy a finished take to another scene of its film."""
    job = job_for(request.user, str(job_id), "change")
    scene = permissions.scene_for(request.user, job.project.slug, request.POST.get("scene", ""), "change")
    copied = copy_take(request.user, job, scene)
    message = _("Copied to “{name}” as take {take}, for 0 credits.").format(name=scene.name, take=copied.take)
    if request.htmx:
        return toast(HttpResponse(), message)
    messages.success(request, message)
    return redirect("scene", job.project.slug, scene.folder_name)


@page("POST")
def retry(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Continue a paid job at no cost, or make one new job; then the page's script fetches its tile."""
    job = job_for(request.user, str(job_id), "spend")
    confirmed = "confirm_refused" in request.POST
    retried, _created = actions.retry(
        request.user, job, idempotency_key=request.POST.get("key"), confirm_refused=confirmed
    )
    if retried.pk == job.pk:
        return _answer(request, job, _("Downloading the clip again, at no cost."))
    return announce_takes(_answer(request, job, _("Take {take} is queued.").format(take=retried.take)), [retried])


@page("POST")
def resolve(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Resolve an unconfirmed job: adopt a task of Runway's, or give the job up."""
    job = job_for(request.user, str(job_id), "change")
    if request.POST.get("lost"):
        actions.resolve(request.user, job, lost=True)
        return _answer(request, job, _("Marked as failed. Nothing was resent."))
    form = ResolveForm(request.POST)
    if form.is_valid():
        try:
            actions.resolve(request.user, job, task_id=form.cleaned_data["task_id"])
            return _answer(request, job, _("Task linked to this take."))
        except Problem as problem:
            add_problem_to_form(form, problem)
    # the card comes back with the form and what is wrong in it; without a script the problem is a page of its own
    if request.htmx:
        return _card(request, job_id, resolve_form=form)
    raise wrong_field("taskId", " ".join(str(error) for errors in form.errors.values() for error in errors))


def announce_takes(response: HttpResponse, jobs: Sequence[GenerationJob]) -> HttpResponse:
    """Tell the page's script of new takes: it fetches their tiles and shows the first in the player."""
    takes = [{"jobId": str(job.pk), "take": job.take} for job in jobs]
    return trigger_client_event(response, "dailies:takes", {"jobs": takes})


def _chosen_uploads(job: GenerationJob) -> list[Asset]:
    """Return the uploaded clips that are chosen for the scene."""
    return list(job.scene.assets.filter(selected=True, trashed_at=None, job=None))


def _answer(
    request: Request,
    job: GenerationJob,
    message: str = "",
    others: Sequence[GenerationJob] = (),
    unchosen: Sequence[Asset] = (),
) -> HttpResponse:
    """Return the card anew, with a toast; for a plain form, the scene's page with the message."""
    if request.htmx:
        response = _card(request, job.pk, others=others, unchosen=unchosen)
        return toast(response, message) if message else response
    if message:
        messages.success(request, message)
    return redirect("scene", job.project.slug, job.scene.folder_name)


def _card(
    request: Request,
    job_id: uuid.UUID,
    resolve_form: ResolveForm | None = None,
    others: Sequence[GenerationJob] = (),
    unchosen: Sequence[Asset] = (),
) -> HttpResponse:
    """Return the card in the player, and out of band its tile, its details, and what else changed with it.

    The status is 422 with a form that has errors.
    """
    job = load_job(request, job_id)
    context = {
        "job": job,
        "typical_seconds": typical_seconds(job) if job.status in UNFINISHED else None,
        # loaded again, since the choice has changed their versions
        "others": [load_job(request, other.pk) for other in others],
        "unchosen": unchosen,
        **permissions.rights(request.user, job.project),
        "resolve_form": resolve_form,
    }
    return render(request, "generation/_take_parts.html", context, status=422 if resolve_form else 200)
