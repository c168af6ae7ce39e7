"""One take: the fragment that page and update share, and what a person can do with it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from generation import actions
from generation.finding import job_for, jobs_of
from generation.forms import ResolveForm
from generation.models import GenerationJob, JobQuerySet
from projects import access
from projects.pages import Request, page, tell, toast
from projects.problems import Problem, not_found, wrong_field


def shown(jobs: JobQuerySet) -> JobQuerySet:
    """With all that a card or a row shows, in one query."""
    return jobs.select_related("scene__project", "asset__scene__project", "prompt_image__scene__project", "successor")


def card(request: Request, job_id: uuid.UUID, resolve_form: ResolveForm | None = None) -> HttpResponse:
    """As it stands in the database now; with a form that has something to mend, 422."""
    job = shown(jobs_of(request.user)).filter(pk=job_id).first()
    if job is None:
        raise not_found("take")
    context = {
        "job": job,
        "may_change": access.may(request.user, job.project, "change"),
        "may_spend": access.may(request.user, job.project, "spend"),
        "resolve_form": resolve_form,
    }
    return render(request, "generation/_take.html", context, status=422 if resolve_form else 200)


@page("GET", "HEAD")
def take(request: Request, job_id: uuid.UUID) -> HttpResponse:
    return card(request, job_id)


@page("POST")
def cancel(request: Request, job_id: uuid.UUID) -> HttpResponse:
    job = job_for(request.user, str(job_id), "change")
    return answer(request, job, actions.cancel(request.user, job))


@page("POST")
def retry(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """The same job goes on at no cost, or one new job comes: then the page's script fetches its card."""
    job = job_for(request.user, str(job_id), "spend")
    confirmed = "confirm_refused" in request.POST
    again, _ = actions.retry(request.user, job, idempotency_key=request.POST.get("key"), confirm_refused=confirmed)
    if again.pk == job.pk:
        return answer(request, job, "Fetching the clip again, at no cost.")
    response = answer(request, job, f"Take {again.take} is on its way.")
    return trigger_client_event(response, "dailies:take", {"jobId": str(again.pk)})


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
            tell(form, problem)
    if request.htmx:
        return card(request, job_id, form)
    raise wrong_field("taskId", " ".join(str(error) for errors in form.errors.values() for error in errors))


def answer(request: Request, job: GenerationJob, message: str) -> HttpResponse:
    """The card anew with a toast; for a plain form, the scene's page with the message."""
    if request.htmx:
        return toast(card(request, job.pk), message)
    messages.success(request, message)
    return redirect("scene", job.project.slug, job.scene.folder_name)
