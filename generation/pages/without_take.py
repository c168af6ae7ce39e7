"""The sheet of all scenes without a take: one press requests a take for each that is ticked, as one batch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django_htmx.http import HttpResponseClientRedirect

from generation import references
from generation.actions.fit_picture import fit_picture
from generation.actions.without_take import (
    KIND,
    MAX_SCENES,
    ProposedTake,
    ScenesWithoutTake,
    find_scenes_without_take,
    ratio_for,
)
from generation.batches.create import batch_digest, create_batch
from generation.batches.row import Row
from generation.batches.summary import summarize
from generation.forms.credit_limit import read_credit_limit
from generation.models.batch import Batch
from generation.models.ledger import ZERO
from generation.pages.picture_choice import PictureChoice, picture_choice
from generation.runway import catalog
from projects.access import permissions
from projects.disk.layout import scene_number
from projects.models import Project
from projects.pages.responses import Request, page
from projects.problems import Problem, wrong_field
from projects.text.credit_words import credit_words

BATCH_NAME = gettext_noop("Scenes without a take")
SHEET_IS_BROKEN = gettext_noop("This form is incomplete. Close it and open it again.")


class SceneTakeForm(forms.Form):
    """The take of one scene. Its settings were shown on the sheet, and are requested as they were shown."""

    wanted = forms.BooleanField(required=False)
    scene = forms.IntegerField(min_value=1)
    image = forms.UUIDField()
    model = forms.CharField()
    ratio = forms.CharField()
    duration = forms.IntegerField()
    key = forms.CharField(max_length=255)
    prompt_text = forms.CharField(strip=False, required=False)

    def clean_prompt_text(self) -> str:
        """Return the prompt as the page's counter counts it: a browser sends a line break as two characters."""
        return str(self.cleaned_data["prompt_text"]).replace("\r\n", "\n")

    def clean(self) -> None:
        """Add an error where a take is wanted without a prompt."""
        if self.cleaned_data.get("wanted") and not self.cleaned_data.get("prompt_text", "").strip():
            self.add_error("prompt_text", _("Write a prompt, or skip this scene."))


SceneTakeFormSet = formset_factory(
    SceneTakeForm, extra=0, max_num=MAX_SCENES, absolute_max=MAX_SCENES, validate_max=True
)


class SheetRow:
    """A scene on the sheet: the take that is proposed for it with the chosen picture, and its form."""

    def __init__(self, proposed: ProposedTake, form: SceneTakeForm) -> None:
        self.form = form
        image = form["image"]
        self.picture: PictureChoice = picture_choice(
            image.html_name, proposed.scene.name, proposed.pictures, image.value(), proposed.picture
        )
        """The picture that the take begins with, and those that may take its place."""
        self.takes = [proposed.begin_with(picture) for picture in self.picture.pictures]
        """The take for each of these pictures."""
        self.proposal = next(take for take in self.takes if take.picture == self.picture.chosen)


@page("GET", "HEAD", "POST")
def missing(request: Request, project_id: str) -> HttpResponse:
    """Show the sheet; a POST requests the ticked takes. `scene` in the address names the scenes that are meant."""
    project = permissions.project_for(request.user, project_id, "spend")
    names = request.GET.getlist("scene")
    numbers = {number for name in names if (number := scene_number(name))} if names else None
    scenes = find_scenes_without_take(project, numbers)
    if request.method != "POST":
        formset = SceneTakeFormSet(initial=[proposal.initial for proposal in scenes.proposals])
        return _show_sheet(request, project, scenes, formset)
    formset = SceneTakeFormSet(request.POST)
    if not formset.management_form.is_valid() or formset.non_form_errors():
        raise wrong_field("scenes", _(SHEET_IS_BROKEN))
    if not formset.is_valid():
        return _show_sheet(request, project, scenes, formset)
    return _request_takes(request, project, scenes, formset)


def _request_takes(
    request: Request, project: Project, scenes: ScenesWithoutTake, formset: BaseFormSet[SceneTakeForm]
) -> HttpResponse:
    """Make one batch of all ticked takes, or none and show what is wrong. Scenes with a take by now are left out."""
    proposals = {proposal.scene.number: proposal for proposal in scenes.proposals}
    ticked = [form for form in formset if form.cleaned_data["wanted"] and form.cleaned_data["scene"] in proposals]
    rows = [_row(number, proposals[form.cleaned_data["scene"]], form) for number, form in enumerate(ticked, 1)]
    if any(form.errors for form in ticked):
        return _show_sheet(request, project, scenes, formset)
    if not rows:
        return _leave(request, _("Nothing was requested: every scene already has a take."), "project", project.slug)
    try:
        batch, left_out = _create_possible(request, project, rows)
    except Problem as problem:
        if not problem.fields and problem.code != "price_unknown":
            raise
        rest = _add_problems(ticked, problem)
        return _show_sheet(request, project, scenes, formset, rest)
    for message in left_out:
        messages.warning(request, message)
    rows = rows[: len(rows) - len(left_out)]
    credits = summarize(batch).expected
    message = ngettext(
        "{count} take queued, for about {credits}.", "{count} takes queued, for about {credits}.", len(rows)
    ).format(count=len(rows), credits=credit_words(credits))
    return _leave(request, message, "batch", project.slug, batch.pk)


def _row(number: int, proposal: ProposedTake, form: SceneTakeForm) -> Row:
    """Return a row of the batch. Add an error to the form when its picture is gone; raise Problem 422 for a bad key."""
    values = form.cleaned_data
    # the key comes from the form: one of another scene would make the wrong take
    if not values["key"].startswith(f"missing {proposal.scene.pk} "):
        raise wrong_field("scenes", _(SHEET_IS_BROKEN))
    image = proposal.scene.assets.filter(pk=values["image"], trashed_at=None).first()
    if image is None:
        form.add_error(None, _("That picture is no longer in this scene. Close this form and open it again."))
    ratio = values["ratio"]
    if image:
        model = catalog.find(KIND, values["model"]) or proposal.model
        # as it was shown for each picture
        ratio = ratio_for(model, image, ratio)
        image = fit_picture(model, ratio, image)
    settings = {
        "scene": proposal.scene.folder_name,
        "model": values["model"],
        "promptText": values["prompt_text"],
        "promptImage": references.to_asset(image) if image else None,
        "ratio": ratio,
        "duration": values["duration"],
    }
    return Row(number, settings, key=values["key"])


def _create_possible(request: Request, project: Project, rows: Sequence[Row]) -> tuple[Batch, list[str]]:
    """Return the batch of the takes whose files can be used, and why each of the others was left out.

    Raise Problem when none is left, or where something else is against it.
    """
    try:
        return _create_batch(request, project, rows), []
    except Problem as problem:
        misfits = {row: wrong.message for wrong in problem.fields if (row := _row_of_misfit(wrong.field))}
        if len(misfits) != len(problem.fields) or not 0 < len(misfits) < len(rows):
            raise
    batch = _create_batch(request, project, [row for row in rows if row.number not in misfits])
    return batch, [_("Not requested: {reason}").format(reason=text.partition(": ")[2]) for text in misfits.values()]


def _row_of_misfit(field: str) -> int | None:
    """Return the number of the row whose picture cannot be used: 3 for `rows.3.promptImage`."""
    match = re.fullmatch(r"rows\.(\d+)\.promptImage", field)
    return int(match[1]) if match else None


def _create_batch(request: Request, project: Project, rows: Sequence[Row]) -> Batch:
    """Return the batch; the same scenes requested twice, in two tabs perhaps, make one batch."""
    digest = batch_digest(*(row.key for row in rows))
    key = f"missing {digest}"
    max_credits = read_credit_limit(request.POST.get("max_credits"))
    return create_batch(
        request.user,
        project,
        rows,
        name=_(BATCH_NAME),
        idempotency_key=key,
        digest=digest,
        max_credits=max_credits,
        needs_limit=True,
    )[0]


def _add_problems(ticked: Sequence[SceneTakeForm], problem: Problem) -> str:
    """Add each problem of a row, such as `rows.3.duration`, to that form; return what belongs to no row."""
    rest = [] if problem.fields else [problem.message]
    for wrong in problem.fields:
        number = wrong.field.split(".")[1:2]
        if number and number[0].isdigit():
            ticked[int(number[0]) - 1].add_error(None, wrong.message.removeprefix(f"Row {number[0]}: "))
        else:
            rest.append(wrong.message)
    return " ".join(rest)


def _leave(request: Request, message: str, *target: Any) -> HttpResponse:
    """Redirect to another page with a message."""
    messages.success(request, message)
    if request.htmx:
        return HttpResponseClientRedirect(resolve_url(*target))
    return redirect(*target)


def _show_sheet(
    request: Request,
    project: Project,
    scenes: ScenesWithoutTake,
    formset: BaseFormSet[SceneTakeForm],
    problem: str = "",
) -> HttpResponse:
    """Return the sheet as it was typed; scenes that have a take by now are gone from it."""
    proposals = {proposal.scene.number: proposal for proposal in scenes.proposals}
    rows = [SheetRow(proposals[number], form) for number, form in _by_scene(formset) if number in proposals]
    ticked = [row.proposal for row in rows if row.form["wanted"].value()]
    prices = [take.credits for take in ticked]
    context = {
        "project": project,
        "scenes": scenes,
        "formset": formset,
        "rows": rows,
        "problem": problem,
        "asks_max_credits": any(row.proposal.credits is None for row in rows),
        "max_credits": request.POST.get("max_credits", ""),
        "count": len(prices),
        "shapes": _different_shapes(ticked),
        "credits": sum((price or ZERO for price in prices), Decimal(0)),
    }
    template = "generation/_missing.html" if request.htmx else "generation/missing.html"
    return render(request, template, context, status=422 if formset.is_bound else 200)


def _different_shapes(takes: Sequence[ProposedTake]) -> str:
    """Return the shapes of takes, `2 × 16:9, 1 × 9:16`; empty where all have the same one."""
    counts = Counter(take.aspect for take in takes if take.aspect)
    return ", ".join(f"{count} × {aspect}" for aspect, count in counts.most_common()) if len(counts) > 1 else ""


def _by_scene(formset: BaseFormSet[SceneTakeForm]) -> Iterable[tuple[int, SceneTakeForm]]:
    """Yield each form with the number of its scene; one that a browser cannot have sent is left out."""
    for form in formset:
        value = str(form["scene"].value())
        if value.isascii() and value.isdigit():
            yield int(value), form
