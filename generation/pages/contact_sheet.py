"""The contact sheet: all finished takes of a film or of a scene, to be scrubbed, rated and compared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from generation.models import GenerationJob, JobQuerySet, Mark
from generation.models.paging import page as page_of
from generation.models.quality import QualityReport
from generation.models.status import Status
from generation.pages.job_rows import with_related_rows
from generation.runway import catalog
from projects.access import permissions
from projects.disk.layout import scene_number
from projects.models import Project, Scene
from projects.pages.responses import Request, page

TAKES_PER_PAGE = 60
MARKS = {
    "chosen": Q(asset__selected=True),
    "starred": Q(mark=Mark.STARRED),
    "rejected": Q(mark=Mark.REJECTED),
    "kept": ~Q(mark=Mark.REJECTED),
    "unrated": Q(mark="", asset__selected=False),
}
COSTS = {
    "free": Q(credits_charged=0),
    "25": Q(credits_charged__gt=0, credits_charged__lte=25),
    "100": Q(credits_charged__gt=25, credits_charged__lte=100),
    "more": Q(credits_charged__gt=100),
}


class SheetFilter(forms.Form):
    """The query of the sheet's address. A value that makes no sense filters nothing."""

    mark = forms.ChoiceField(
        label=gettext_lazy("Rating"),
        required=False,
        choices=[
            ("", gettext_lazy("Any rating")),
            ("chosen", gettext_lazy("Chosen")),
            ("starred", gettext_lazy("Starred")),
            ("kept", gettext_lazy("Not rejected")),
            ("rejected", gettext_lazy("Rejected")),
            ("unrated", gettext_lazy("Not rated")),
        ],
    )
    verdict = forms.ChoiceField(
        required=False,
        choices=[
            ("", gettext_lazy("Any check")),
            ("pass", gettext_lazy("Passed")),
            ("warn", gettext_lazy("With warnings")),
            ("fail", gettext_lazy("Failed")),
        ],
    )
    cost = forms.ChoiceField(
        required=False,
        choices=[
            ("", gettext_lazy("Any cost")),
            ("free", gettext_lazy("Free")),
            ("25", gettext_lazy("Up to 25 credits")),
            ("100", gettext_lazy("26 to 100 credits")),
            ("more", gettext_lazy("More than 100 credits")),
        ],
    )


class ContactSheet:
    """What the sheet shows, by the query of its address."""

    def __init__(self, project: Project, query: Mapping[str, Any]) -> None:
        self.project = project
        self.form = SheetFilter(query)
        self.form.is_valid()
        self._cursor = query.get("cursor")
        number = scene_number(query.get("scene", ""))
        self.scene = next((scene for scene in self.scenes if scene.number == number), None)
        self.model: str = query.get("model", "") if query.get("model") in self.models else ""
        self.person: str = query.get("person", "") if query.get("person") in self.people else ""

    @cached_property
    def scenes(self) -> list[Scene]:
        """The scenes of the film, in its order."""
        return list(self.project.scenes.filter(trashed_at=None))

    @cached_property
    def models(self) -> list[str]:
        """The models that make videos, by name."""
        kinds = [kind for kind in catalog.kinds() if catalog.output_kind(kind) == "video"]
        return sorted({model.name for kind in kinds for model in catalog.models(kind)})

    @cached_property
    def people(self) -> list[str]:
        """The names of the members."""
        members = User.objects.filter(memberships__project=self.project)
        return list(members.order_by("username").values_list("username", flat=True))

    @property
    def is_filtered(self) -> bool:
        """Whether something may be left out besides other scenes."""
        return bool(self.model or self.person or any(self.form.cleaned_data.values()))

    @cached_property
    def takes(self) -> list[GenerationJob]:
        """The takes of the page, the newest first. Raise Problem 422 for a cursor of no page."""
        return self._page[0]

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None after the last take."""
        return self._page[1]

    @cached_property
    def _page(self) -> tuple[list[GenerationJob], str | None]:
        return page_of(with_related_rows(self._jobs), TAKES_PER_PAGE, self._cursor)

    @property
    def _jobs(self) -> JobQuerySet:
        # by the project or the scene alone, so that an index has the order and the page ends the search
        of: dict[str, Any] = {"scene": self.scene} if self.scene else {"project": self.project}
        values = self.form.cleaned_data
        jobs = GenerationJob.objects.takes().filter(**of, status=Status.COMPLETED, asset__trashed_at=None)
        if not self.scene:
            # no join, with which PostgreSQL may begin
            jobs = jobs.exclude(scene__in=self.project.scenes.exclude(trashed_at=None).values("pk"))
        jobs = jobs.filter(MARKS.get(values.get("mark", ""), Q()), COSTS.get(values.get("cost", ""), Q()))
        if verdict := values.get("verdict"):
            jobs = jobs.filter(quality__verdict=QualityReport.Verdict(verdict))
        if self.model:
            jobs = jobs.filter(model=self.model)
        return jobs.filter(created_by__username=self.person) if self.person else jobs


@page("GET", "HEAD")
def contact_sheet(request: Request, project_id: str) -> HttpResponse:
    """Show the takes of a film, or with `scene` those of a scene, a page at a time."""
    project = permissions.project_for(request.user, project_id)
    sheet = ContactSheet(project, request.GET.dict())
    context = {"sheet": sheet, "project": project, **permissions.rights(request.user, project)}
    return render(request, "generation/contact_sheet.html", context)
