"""One press for all scenes of a film that have no take: first the list and the sum, then the requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from generation import references
from generation.actions.without_take import MOST_AT_ONCE, Lacking, Wish, lacking
from generation.batches import create, serializers, shotlist
from generation.engine import runway_account
from generation.forms.composer_form import WishForm
from generation.models.batch import Batch
from projects.access import permissions
from projects.models import Project
from projects.pages.responses import Request, page
from projects.problems import Problem, wrong_field

Wishes = formset_factory(WishForm, extra=0, max_num=MOST_AT_ONCE, absolute_max=MOST_AT_ONCE, validate_max=True)


@dataclass(frozen=True)
class Row:
    """A scene on the sheet: what would be asked for it, and its part of the form."""

    wish: Wish
    form: Any


@page("GET", "HEAD", "POST")
def missing(request: Request, project_id: str) -> HttpResponse:
    """The sheet; a POST asks for what is ticked on it."""
    project = permissions.project_for(request.user, project_id, "spend")
    if request.method != "POST":
        found = lacking(project)
        return sheet(request, project, found, Wishes(initial=[wish.initial for wish in found.wishes]))
    formset = Wishes(request.POST)
    if not formset.management_form.is_valid() or formset.non_form_errors():
        raise wrong_field("scenes", "This sheet is not whole: open it again.")
    if not formset.is_valid():
        return sheet(request, project, lacking(project), formset)
    return ask(request, project, formset)


def ask(request: Request, project: Project, formset: BaseFormSet[WishForm]) -> HttpResponse:
    """One batch: all of it, or nothing and what is wrong with each. What has a take by now is not asked for again."""
    found = lacking(project)
    wishes = {wish.scene.number: wish for wish in found.wishes}
    asked = [form for form in formset if form.cleaned_data["wanted"] and form.cleaned_data["scene"] in wishes]
    rows = [row(number, wishes[form.cleaned_data["scene"]], form) for number, form in enumerate(asked, 1)]
    if any(form.errors for form in asked):
        return sheet(request, project, found, formset)
    if not rows:
        return done(request, "Nothing was asked for: every scene has a take by now.", "project", project.slug)
    try:
        batch = start(request, project, rows)
    except Problem as problem:
        if not problem.fields:
            raise
        refuse(asked, problem)
        return sheet(request, project, found, formset)
    count, credits = len(rows), serializers.summary(batch).waiting
    words = f"{count} take{' is' if count == 1 else 's are'} on the way, for about {credits.normalize():f} credits."
    return done(request, words, "batch", project.slug, batch.pk)


def row(number: int, wish: Wish, form: WishForm) -> shotlist.Row:
    given = form.cleaned_data
    if not given["key"].startswith(f"missing {wish.scene.pk} "):
        raise wrong_field("scenes", "This sheet is not whole: open it again.")
    image = wish.scene.assets.filter(pk=given["image"], trashed_at=None).first()
    if image is None:
        form.add_error(None, "That picture is no longer in this scene: open the sheet again.")
    told = {
        "scene": wish.scene.folder_name,
        "model": given["model"],
        "promptText": given["prompt_text"],
        "promptImage": references.to_asset(image) if image else None,
        "ratio": given["ratio"],
        "duration": given["duration"],
    }
    return shotlist.Row(number, told, key=given["key"])


def start(request: Request, project: Project, rows: Sequence[shotlist.Row]) -> Batch:
    """Who asks for the very same scenes twice, from whichever tab, asks once."""
    digest = create.digest(*(each.key for each in rows))
    name, key = "Scenes without a take", f"missing {digest}"
    return create.start(request.user, project, rows, name=name, idempotency_key=key, digest=digest)[0]


def refuse(asked: Sequence[WishForm], problem: Problem) -> None:
    """`rows.3.duration` is said at the third of those that were asked for."""
    for wrong in problem.fields:
        number = wrong.field.split(".")[1:2]
        if number and number[0].isdigit():
            asked[int(number[0]) - 1].add_error(None, wrong.message.removeprefix(f"Row {number[0]}: "))


def done(request: Request, words: str, *there: Any) -> HttpResponse:
    """On the page of the batch: its bar, one cancel, one retry of what failed."""
    messages.success(request, words)
    if request.htmx:
        return HttpResponseClientRedirect(resolve_url(*there))
    return redirect(*there)


def sheet(request: Request, project: Project, found: Lacking, formset: BaseFormSet[WishForm]) -> HttpResponse:
    """Rows as they were typed; scenes that are under way by now are gone from it."""
    wishes = {wish.scene.number: wish for wish in found.wishes}
    rows = [Row(wishes[number], form) for number, form in _numbered(formset) if number in wishes]
    wanted = [row.wish.credits for row in rows if row.form["wanted"].value()]
    context = {
        "project": project,
        "found": found,
        "formset": formset,
        "rows": rows,
        "count": len(wanted),
        "credits": sum((credits for credits in wanted if credits is not None), Decimal(0)),
        "balance": runway_account.state().organization.get("creditBalance"),
    }
    template = "generation/_missing.html" if request.htmx else "generation/missing.html"
    return render(request, template, context, status=422 if formset.is_bound else 200)


def _numbered(formset: BaseFormSet[WishForm]) -> Iterable[tuple[int, WishForm]]:
    for form in formset:
        value = str(form["scene"].value())
        if value.isascii() and value.isdigit():
            yield int(value), form
