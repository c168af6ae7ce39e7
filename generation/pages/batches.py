"""Batches on pages: the list, a new one (with its price before the press), and one as it goes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from generation.batches import access as finding
from generation.batches import sources
from generation.batches.cancel import cancel_batch
from generation.batches.create import batch_digest, create_batch
from generation.batches.planner import Planner
from generation.batches.retry import failed_jobs, retry_batch
from generation.batches.shotlist import Row, rows_from_json
from generation.batches.summary import summarize, summarize_all
from generation.engine import forecast as quota
from generation.models import GenerationJob
from generation.models.batch import Batch
from generation.models.status import Status
from generation.pages.batch_forms import KIND, ListForm, MatrixForm, models
from generation.pages.job_rows import with_related_rows
from generation.runway import catalog
from projects.access import permissions
from projects.models import Project
from projects.pages.responses import Request, page
from projects.problems import Problem, wrong_field

ON_A_PAGE = 50


@page("GET", "HEAD", "POST")
def batches(request: Request, project_id: str) -> HttpResponse:
    """The list; a POST starts what was shown as a preview."""
    if request.method == "POST":
        return start(request, permissions.project_for(request.user, project_id, "spend"))
    project = permissions.project_for(request.user, project_id)
    found = Paginator(project.batches.select_related("project", "created_by"), ON_A_PAGE)
    shown = found.get_page(request.GET.get("page"))
    context = {
        "project": project,
        "page": shown,
        "rows": summarize_all(list(shown)),
        "may_spend": permissions.has_right(request.user, project, "spend"),
    }
    return render(request, "generation/batches.html", context)


@page("GET", "HEAD", "POST")
def new(request: Request, project_id: str) -> HttpResponse:
    """Two forms; a POST of one shows what it would cost."""
    project = permissions.project_for(request.user, project_id, "spend")
    matrix, pasted = MatrixForm(project, initial=_initial(project)), ListForm()
    if request.method != "POST":
        return _new(request, project, matrix, pasted)
    if request.POST.get("way") == "list":
        form: MatrixForm | ListForm = (pasted := ListForm(request.POST, request.FILES))
    else:
        form = matrix = MatrixForm(project, request.POST)
    if not form.is_valid():
        return _new(request, project, matrix, pasted, 422)
    try:
        return preview(request, project, form.rows(), form.cleaned_data["name"], confirm=False)
    except Problem as problem:
        wrong = [field.message for field in problem.fields] or [problem.message]
        return _new(request, project, matrix, pasted, problem.status, wrong, form)


def _initial(project: Project) -> dict[str, object]:
    scenes = project.scenes.filter(trashed_at=None, assets__kind="image", assets__trashed_at=None).distinct()
    return {"scenes": [scene.folder_name for scene in scenes], "models": [models()[0].name], "takes": 1, "draw": True}


def _new(
    request: Request,
    project: Project,
    matrix: MatrixForm,
    pasted: ListForm,
    status: int = 200,
    wrong: Sequence[str] = (),
    form: object = None,
) -> HttpResponse:
    context = {
        "project": project,
        "matrix": matrix,
        "pasted": pasted,
        "wrong": wrong,
        "wrong_list": form is pasted,
        "models": models(),
    }
    return render(request, "generation/batch_new.html", context, status=status)


def preview(
    request: Request, project: Project, rows: Sequence[Row], name: str, *, confirm: bool, problem: str = ""
) -> HttpResponse:
    plan = Planner(request.user, project).plan(rows)
    context = {
        "project": project,
        "name": name,
        "plan": plan,
        "forecast": plan.forecast(),
        "rows": json.dumps([item.as_row() for item in plan.items]),
        "key": uuid.uuid4(),
        "problem": problem,
        "confirm": confirm,
    }
    return render(request, "generation/batch_preview.html", context, status=409 if problem else 200)


def start(request: Request, project: Project) -> HttpResponse:
    """As it was shown; where budgets or refusals speak against it, that is shown with it once more."""
    rows, name = rows_from_json(request.POST.get("rows", "")), request.POST.get("name", "")[:200]
    key = request.POST.get("key", "")[:255] or None
    confirmed = "confirm_refused" in request.POST
    try:
        batch, _ = create_batch(
            request.user,
            project,
            rows,
            name=name,
            idempotency_key=key,
            digest=batch_digest(project.slug, [dict(row.values) for row in rows]),
            confirm_refused=confirmed,
        )
    except Problem as problem:
        if problem.status != 409 or problem.code == "idempotency_key_reused":
            raise
        refused = problem.code == "refused_before"
        return preview(request, project, rows, name, confirm=refused, problem=problem.message)
    return redirect("batch", project.slug, batch.pk)


@page("GET", "HEAD")
def batch(request: Request, project_id: str, batch_id: uuid.UUID) -> HttpResponse:
    found = _batch(request, project_id, batch_id)
    return _show(request, found)


def _show(request: Request, found: Batch, wrong: str = "", status: int = 200) -> HttpResponse:
    jobs = (
        with_related_rows(GenerationJob.objects.filter(batch=found))
        .with_first_frame()
        .order_by("batch_row", "created_at", "take")
    )
    failed = list(failed_jobs(found))
    going_on = [job for job in failed if job.clip_may_come]
    prices = [job.credits_estimated for job in failed if job not in going_on]
    context = {
        "project": found.project,
        "batch": found,
        "summary": summarize(found),
        "page": Paginator(jobs, ON_A_PAGE).get_page(request.GET.get("page")),
        "plans": quota.forecast_batch(found),
        "failed": len(failed),
        "retry_price": sum(price for price in prices if price),
        "retry_unknown": None in prices,
        "chosen": found.jobs.filter(status=Status.COMPLETED, asset__selected=True, asset__trashed_at=None).count(),
        "models": [model for model in catalog.models(KIND) if model.durations],
        "may_change": permissions.has_right(request.user, found.project, "change"),
        "may_spend": permissions.has_right(request.user, found.project, "spend"),
        "wrong": wrong,
    }
    return render(request, "generation/batch.html", context, status=status)


def _batch(request: Request, project_id: str, batch_id: uuid.UUID, right: permissions.Right = "see") -> Batch:
    project = permissions.project_for(request.user, project_id)
    found = finding.batch_for(request.user, batch_id, right)
    if found.project_id != project.pk:
        raise Problem("There is no such batch.", code="not_found", status=404)
    return found


@page("POST")
def cancel(request: Request, project_id: str, batch_id: uuid.UUID) -> HttpResponse:
    found = _batch(request, project_id, batch_id, "change")
    messages.success(request, cancel_batch(request.user, found).sentence)
    return redirect("batch", project_id, found.pk)


@page("POST")
def retry(request: Request, project_id: str, batch_id: uuid.UUID) -> HttpResponse:
    found = _batch(request, project_id, batch_id, "spend")
    messages.success(request, retry_batch(request.user, found).sentence)
    return redirect("batch", project_id, found.pk)


@page("POST")
def final(request: Request, project_id: str, batch_id: uuid.UUID) -> HttpResponse:
    """The chosen takes of this batch with the good model: the price, and then the press that spends it."""
    found = _batch(request, project_id, batch_id, "spend")
    model = request.POST.get("model", "")
    if catalog.find(KIND, model) is None:
        raise wrong_field("model", f"model must be one of {', '.join(known.name for known in models())}.")
    return preview(
        request, found.project, sources.final_rows(found, model), f"{found.name}, final"[:200], confirm=False
    )
