"""What the queue's page shows: what is at Runway, what waits in the order in which it is sent, and what has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, prefetch_related_objects
from django.utils import timezone

from generation.access import jobs_of
from generation.actions import bulk
from generation.engine import pauses
from generation.engine.slots import in_order
from generation.forms.composer_form import QueueFilter
from generation.models import GenerationJob, JobQuerySet, Pause, RunwayState
from generation.models.job import input_files
from generation.models.status import AT_RUNWAY, ENDED, UNFINISHED, Status
from generation.pages.workbench import with_related_rows
from projects.access import permissions
from projects.models import Membership, Project

JOBS_ON_A_PAGE = 50
# of a longer line only the front is numbered
NUMBERED = 2000
OUT = (Status.SUBMITTING, *AT_RUNWAY, Status.DOWNLOADING)


class Rows:
    """Several queries one after the other, to be cut into pages; `counts` says how many rows each has."""

    def __init__(self, parts: Sequence[JobQuerySet], counts: Sequence[int]) -> None:
        self._parts = parts
        self._counts = counts

    def __len__(self) -> int:
        return sum(self._counts)

    def __getitem__(self, cut: slice) -> list[GenerationJob]:
        found: list[GenerationJob] = []
        start, stop = cut.start, cut.stop
        for part, count in zip(self._parts, self._counts, strict=True):
            if start < count and stop > 0:
                found += part[max(start, 0) : stop]
            start, stop = start - count, stop - count
        prefetch_related_objects(found, input_files())
        return found


@dataclass(frozen=True)
class Section:
    """`kind`: out, waiting or ended."""

    kind: str
    title: str
    jobs: list[GenerationJob]


class QueuePage:
    """`query`: what stands in the page's address; what makes no sense there is left out, not an error."""

    def __init__(self, user: User, query: Mapping[str, Any]) -> None:
        self.user = user
        self.projects = list(permissions.projects_of(user).order_by("name", "slug"))
        form = QueueFilter(query)
        form.fields["project"].queryset = permissions.projects_of(user)  # type: ignore[attr-defined]
        form.is_valid()
        self.state: str = form.cleaned_data.get("state") or ""
        self.project: Project | None = form.cleaned_data.get("project")
        self.person: str = form.cleaned_data.get("person") or ""
        if self.person not in self.people:
            self.person = ""
        self.groups = [(value, label, self._count(value)) for value, label in QueueFilter.GROUPS]
        self._number = query.get("page")

    @cached_property
    def people(self) -> list[str]:
        """Whoever has asked for something here."""
        asked = jobs_of(self.user).order_by().values_list("created_by__username", flat=True).distinct()
        return sorted(name for name in asked if name)

    @property
    def filtered(self) -> bool:
        return bool(self.state or self.project or self.person)

    @cached_property
    def jobs(self) -> JobQuerySet:
        """Of the project and the person that were chosen, in whatever state."""
        found = jobs_of(self.user)
        if self.project:
            found = found.filter(project=self.project)
        return found.filter(created_by__username=self.person) if self.person else found

    @cached_property
    def page(self) -> Page[GenerationJob]:
        jobs = with_related_rows(self.jobs)
        if self.state:
            jobs = jobs.filter(status__in=self._states(self.state))
        parts = {
            OUT: jobs.filter(status__in=OUT).order_by("created_at", "id"),
            (Status.QUEUED,): self._in_order(jobs),
            ENDED: jobs.filter(status__in=ENDED),
        }
        shown = self._states(self.state)
        counts = [sum(self._counts.get(each, 0) for each in states if each in shown) for states in parts]
        return Paginator(Rows([*parts.values()], counts), JOBS_ON_A_PAGE).get_page(self._number)  # type: ignore[arg-type]

    @cached_property
    def sections(self) -> list[Section]:
        jobs = list(self.page.object_list)
        for job in jobs:
            job.line = self._line.get(job.pk)  # type: ignore[attr-defined]
        cut = [
            Section("out", "Under way", [job for job in jobs if job.status in OUT]),
            Section("waiting", "Waiting, in this order", [job for job in jobs if job.status == Status.QUEUED]),
            Section("ended", "Ended", [job for job in jobs if job.status in ENDED]),
        ]
        return [section for section in cut if section.jobs]

    @cached_property
    def may_change(self) -> set[int]:
        return {each.project_id for each in self._memberships if permissions.allows(each, "change")}

    @cached_property
    def may_spend(self) -> set[int]:
        return {each.project_id for each in self._memberships if permissions.allows(each, "spend")}

    @cached_property
    def retryable(self) -> list[GenerationJob]:
        """All that failed here and may be sent again by one press."""
        return list(bulk.retryable(self.user, self.jobs)[: bulk.MOST]) if self._counts.get("failed") else []

    @property
    def retry_price(self) -> dict[str, object]:
        credits, unknown = bulk.price(self.retryable)
        return {"credits": credits, "unknown": unknown}

    @cached_property
    def pauses(self) -> list[Pause]:
        return list(pauses.seen_by(self.user))

    @cached_property
    def held(self) -> set[int]:
        """Projects of which nothing new is sent."""
        if self.all_held:
            return {project.pk for project in self.projects}
        return {pause.project_id for pause in self.pauses if pause.project_id}

    @property
    def all_held(self) -> bool:
        return any(pause.project_id is None for pause in self.pauses)

    @property
    def away(self) -> RunwayState | None:
        """Since when Runway cannot be reached."""
        return self.runway if self.runway.condition == RunwayState.Condition.UNREACHABLE else None

    @cached_property
    def next_try(self) -> datetime | None:
        """When something is tried next that waits for a time."""
        later = self.jobs.filter(status__in=UNFINISHED, due_at__gt=timezone.now())
        return later.order_by().aggregate(at=Min("due_at"))["at"]  # type: ignore[no-any-return]

    @cached_property
    def _memberships(self) -> list[Membership]:
        return list(self.user.memberships.all())

    @cached_property
    def _counts(self) -> dict[str, int]:
        rows = self.jobs.order_by().values("status").annotate(count=Count("pk"))
        return {row["status"]: row["count"] for row in rows}

    @cached_property
    def _line(self) -> dict[UUID, int]:
        """The place of each in the studio's whole line, others' takes among it."""
        waiting = self._in_order(GenerationJob.objects.all())
        return {pk: at for at, pk in enumerate(waiting.values_list("pk", flat=True)[:NUMBERED], 1)}

    @cached_property
    def runway(self) -> RunwayState:
        return RunwayState.objects.filter(pk=1).first() or RunwayState()

    def _in_order(self, jobs: JobQuerySet) -> JobQuerySet:
        return in_order(jobs.filter(status=Status.QUEUED), cheapest_first=self.runway.cheapest_first)

    def _count(self, state: str) -> int:
        return sum(self._counts.get(each, 0) for each in self._states(state))

    @staticmethod
    def _states(state: str) -> Sequence[Status]:
        """The states that a filter shows; all without one."""
        if not state:
            return tuple(Status)
        return UNFINISHED if state == "unfinished" else (Status(state),)
