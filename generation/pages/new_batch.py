"""The page on which a batch is put together, and its preview with the price before it is started."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect, render

from generation.actions.favorite_models import favorite_models
from generation.batches.create import batch_digest, create_batch
from generation.batches.planner import Planner
from generation.batches.row import Row
from generation.batches.shotlist import rows_from_json
from generation.forms.credit_limit import read_credit_limit
from generation.money.balance import available_credits
from generation.pages.batch_forms import KIND, ListForm, MatrixForm, batch_models
from generation.pages.batch_pictures import picture_uses, replace_pictures
from generation.pages.model_picker import ModelGroup, last_bills, model_groups, recent_models
from projects.access import permissions
from projects.models import Project
from projects.pages.responses import Request, page
from projects.problems import Problem

# of a take for which no duration is given, where its model has it
USUAL_SECONDS = 5
# as in the columns of a batch
MAX_KEY_LENGTH, MAX_NAME_LENGTH = 255, 200


@page("GET", "HEAD", "POST")
def new(request: Request, project_id: str) -> HttpResponse:
    """Show the two forms; a POST of one of them shows the preview of its batch."""
    project = permissions.project_for(request.user, project_id, "spend")
    matrix, pasted = MatrixForm(project, initial=_initial(project)), ListForm()
    if request.method != "POST":
        return _show_forms(request, project, matrix, pasted)
    is_list = request.POST.get("way") == "list"
    if is_list:
        pasted = ListForm(request.POST, request.FILES)
    else:
        matrix = MatrixForm(project, request.POST)
    form: MatrixForm | ListForm = pasted if is_list else matrix
    if not form.is_valid():
        return _show_forms(request, project, matrix, pasted, status=422)
    try:
        return show_preview(request, project, form.rows(), form.cleaned_data["name"])
    except Problem as problem:
        errors = [wrong.message for wrong in problem.fields] or [problem.message]
        return _show_forms(
            request, project, matrix, pasted, status=problem.status, errors=errors, is_list_wrong=is_list
        )


def start_batch(request: Request, project: Project) -> HttpResponse:
    """Start the batch of a preview; where a budget or an earlier refusal is against it, show the preview again."""
    shown_rows, name = rows_from_json(request.POST.get("rows", "")), _name(request.POST.get("name", ""))
    max_credits = request.POST.get("max_credits", "")
    rows = replace_pictures(project, shown_rows, request.POST)
    if rows != shown_rows:
        # the price that was shown is that of other requests
        return show_preview(request, project, rows, name, max_credits=max_credits)
    try:
        batch, _ = create_batch(
            request.user,
            project,
            rows,
            name=name,
            idempotency_key=request.POST.get("key", "")[:MAX_KEY_LENGTH] or None,
            digest=batch_digest(project.slug, [dict(row.values) for row in rows]),
            confirm_refused="confirm_refused" in request.POST,
            max_credits=read_credit_limit(max_credits),
            needs_limit=True,
        )
    except Problem as problem:
        if not _belongs_to_preview(problem):
            raise
        return show_preview(request, project, rows, name, problem, max_credits)
    return redirect("batch", project.slug, batch.pk)


def show_preview(
    request: Request,
    project: Project,
    rows: Sequence[Row],
    name: str,
    problem: Problem | None = None,
    max_credits: str = "",
) -> HttpResponse:
    """Show what a batch would make and cost, and the button that starts it. Raise Problem 422 for wrong rows.

    `max_credits` is the most that each take may cost, as it is typed.
    """
    plan = Planner(request.user, project, crops=True).plan(rows)
    available = available_credits()
    context = {
        "project": project,
        "credits_after": None if available is None else available - plan.known_credits,
        "name": _name(name),
        "plan": plan,
        "pictures": picture_uses(project, plan),
        "forecasts": plan.forecast(),
        "rows": json.dumps([item.as_row() for item in plan.items]),
        "key": uuid.uuid4(),
        "problem": problem,
        "max_credits": max_credits,
        "was_refused_before": problem is not None and problem.code == "refused_before",
    }
    return render(request, "generation/batch_preview.html", context, status=problem.status if problem else 200)


def _belongs_to_preview(problem: Problem) -> bool:
    """Return whether a problem can be confirmed there, or avoided by a smaller batch or another limit."""
    if problem.status == 409:
        return problem.code != "idempotency_key_reused"
    return bool(problem.fields) and all(wrong.field.endswith("maxCredits") for wrong in problem.fields)


def _name(text: str) -> str:
    """Return the name of a batch, cut to what its column holds."""
    return text[:MAX_NAME_LENGTH]


def _initial(project: Project) -> dict[str, object]:
    with_pictures = project.scenes.filter(trashed_at=None, assets__kind="image", assets__trashed_at=None).distinct()
    scenes = [scene.folder_name for scene in with_pictures]
    return {"scenes": scenes, "models": [batch_models()[0].name], "takes": 1, "draw": True}


def _show_forms(
    request: Request,
    project: Project,
    matrix: MatrixForm,
    pasted: ListForm,
    *,
    status: int = 200,
    errors: Sequence[str] = (),
    is_list_wrong: bool = False,
) -> HttpResponse:
    """Show the forms. `errors` are about the rows of one of them, which is the list with `is_list_wrong`."""
    context = {
        "project": project,
        "matrix": matrix,
        "pasted": pasted,
        "errors": errors,
        "is_list_wrong": is_list_wrong,
        "model_groups": _model_groups(request.user, project, matrix["models"].value() or []),
    }
    return render(request, "generation/batch_new.html", context, status=status)


def _model_groups(user: User, project: Project, chosen: Sequence[str]) -> list[ModelGroup]:
    """Return the models that a batch can have, as the composer lists them, with prices for the usual duration."""
    recent = recent_models(project, KIND)
    return model_groups(batch_models(), chosen, last_bills(KIND), USUAL_SECONDS, recent, favorite_models(user))
