"""One press for all scenes of a film that have no take: first the list and the sum, then the requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from generation import actions, connection
from generation.forms import KIND, WishForm
from generation.lacking import MOST_AT_ONCE, Lacking, Wish, lacking
from generation.money import door
from generation.runway import catalog
from projects import access
from projects.models import Project
from projects.pages import Request, page, tell, toast
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
    project = access.project_for(request.user, project_id, "spend")
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
    """A scene that got a take, or one that is under way, since the sheet was opened is not asked for again."""
    wishes = {wish.scene.number: wish for wish in lacking(project).wishes}
    door.check_sum(request.user, project, _prices(formset, wishes))
    count, credits = 0, Decimal(0)
    for form in formset:
        wish = wishes.get(form.cleaned_data["scene"])
        if not form.cleaned_data["wanted"] or wish is None:
            continue
        try:
            job = generate(request, wish, form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
            continue
        count, credits = count + 1, credits + (job.credits_estimated or 0)
    words = f"{count} take{' is' if count == 1 else 's are'} on the way, for about {credits.normalize():f} credits."
    if any(form.errors for form in formset):
        return sheet(request, project, lacking(project), formset, words if count else "")
    return done(request, project, words if count else "Nothing was asked for: every scene has a take by now.")


def _prices(formset: BaseFormSet[WishForm], wishes: Mapping[int, Wish]) -> Iterable[Decimal | None]:
    """Of what is ticked. A model that there is not costs nothing: its row says so."""
    for form in formset:
        given = form.cleaned_data
        model = catalog.find(KIND, given["model"])
        if given["wanted"] and given["scene"] in wishes and model:
            fields = {"promptText": given["prompt_text"], "ratio": given["ratio"], "duration": given["duration"]}
            yield model.credits(fields)


def generate(request: Request, wish: Wish, given: dict[str, Any]) -> Any:
    if not given["key"].startswith(f"missing {wish.scene.pk} "):
        raise wrong_field("scenes", "This sheet is not whole: open it again.")
    image = wish.scene.assets.filter(pk=given["image"], trashed_at=None).first()
    if image is None:
        raise wrong_field("promptImage", "That picture is no longer in this scene: open the sheet again.")
    job, _ = actions.generate(
        request.user,
        wish.scene,
        model=given["model"],
        prompt_text=given["prompt_text"],
        ratio=given["ratio"],
        duration=given["duration"],
        image=image,
        idempotency_key=given["key"],
    )
    return job


def done(request: Request, project: Project, words: str) -> HttpResponse:
    if request.htmx:
        return trigger_client_event(toast(HttpResponse(), words), "dailies:sheet-done", {})
    messages.success(request, words)
    return redirect("project", project.slug)


def sheet(
    request: Request, project: Project, found: Lacking, formset: BaseFormSet[WishForm], words: str = ""
) -> HttpResponse:
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
        "balance": connection.state().organization.get("creditBalance"),
        "words": words,
    }
    template = "generation/_missing.html" if request.htmx else "generation/missing.html"
    return render(request, template, context, status=422 if formset.is_bound else 200)


def _numbered(formset: BaseFormSet[WishForm]) -> Iterable[tuple[int, WishForm]]:
    for form in formset:
        value = str(form["scene"].value())
        if value.isascii() and value.isdigit():
            yield int(value), form
