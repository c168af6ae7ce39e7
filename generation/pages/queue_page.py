"""What the page of the queue shows: what is at Runway, what waits in the order in which it is sent, what has ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import Exists, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.access import jobs_of
from generation.actions import bulk
from generation.engine import forecast, pauses, slots
from generation.labels import STATUS_LABELS
from generation.models import GenerationJob, JobQuerySet, Pause, RunwayState
from generation.models.status import AT_RUNWAY, ENDED, UNFINISHED, Status
from generation.pages.chained_jobs import ChainedJobs
from generation.pages.job_rows import with_related_rows
from projects.access import permissions
from projects.models import Membership, Project

JOBS_PER_PAGE = 50
# of each state no more jobs are counted, unless somebody pages that far
MAX_COUNTED = 1000
# of a longer queue only the front is numbered
MAX_NUMBERED = 2000
IN_PROGRESS = (Status.SUBMITTING, *AT_RUNWAY, Status.DOWNLOADING)


class QueueFilter(forms.Form):
    """The query of the queue's address. A value that makes no sense is left out and is no error."""

    STATE_TABS = [
        ("", gettext_noop("All")),
        ("unfinished", gettext_noop("Unfinished")),
        *((status, STATUS_LABELS[status]) for status in (Status.QUEUED, *ENDED)),
    ]
    state = forms.ChoiceField(choices=[*STATE_TABS, *((s, s.label) for s in Status)], required=False)
    project = forms.ModelChoiceField(Project.objects.none(), to_field_name="slug", required=False)
    person = forms.CharField(max_length=150, required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = permissions.projects_of(user)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Section:
    """A part of the table; `kind` is out, waiting or ended."""

    kind: str
    title: str
    jobs: list[GenerationJob]


class QueuePage:
    """The queue as a person may see it, by the query of the page's address."""

    def __init__(self, user: User, query: Mapping[str, Any]) -> None:
        self.user = user
        self.projects = list(permissions.projects_of(user).order_by("name", "slug"))
        form = QueueFilter(user, query)
        form.is_valid()
        self.state: str = form.cleaned_data.get("state") or ""
        self.project: Project | None = form.cleaned_data.get("project")
        person = form.cleaned_data.get("person")
        # a name that nobody here has would show an empty queue without a reason
        self.person: str = person if person in self.people else ""
        number = str(query.get("page", ""))
        self._page_number = int(number) if number.isdecimal() and len(number) < 7 else 1

    @cached_property
    def people(self) -> list[str]:
        """The usernames of everybody who asked for a job in these projects."""
        # the first in the order of an index, for each person and project: a database would join all jobs with a plain
        # Exists()
        theirs = GenerationJob.objects.filter(created_by=OuterRef(OuterRef("pk")), project=OuterRef("pk"))
        first = Subquery(theirs.order_by("created_at").values("pk")[:1])
        projects = permissions.visible_to(self.user).alias(first_job=first).exclude(first_job=None)
        return list(User.objects.filter(Exists(projects)).order_by("username").values_list("username", flat=True))

    @property
    def is_filtered(self) -> bool:
        """Whether jobs may be hidden by the filter."""
        return bool(self.state or self.project or self.person)

    @property
    def state_tabs(self) -> list[tuple[str, str, int]]:
        """The value, label and number of jobs of each tab."""
        return [
            (value, label, sum(self._counts.get(status, 0) for status in _statuses(value)))
            for value, label in QueueFilter.STATE_TABS
        ]

    @cached_property
    def jobs(self) -> JobQuerySet:
        """The jobs of the chosen project and person, in any state."""
        jobs = jobs_of(self.user)
        if self.project:
            jobs = jobs.filter(project=self.project)
        # by the key itself: an index is walked in its order for one person, not for a list of them
        return jobs.filter(created_by=self._person_id) if self.person else jobs

    @cached_property
    def unfinished_jobs(self) -> JobQuerySet:
        """The unfinished ones among these jobs, by their own index and not by that of a person's jobs."""
        jobs = jobs_of(self.user).unfinished()
        if self.project:
            jobs = jobs.filter(project=self.project)
        by_person = jobs.alias(its_person=Coalesce("created_by_id", 0)).filter(its_person=self._person_id)
        return by_person if self.person else jobs

    @cached_property
    def page(self) -> Page[GenerationJob]:
        """One page of the table."""
        jobs, shown = with_related_rows(self.jobs), _statuses(self.state)
        unfinished = with_related_rows(self.unfinished_jobs)
        if self.state:
            jobs, unfinished = jobs.filter(status__in=shown), unfinished.filter(status__in=shown)
        # each part has an order of its own, which one query could only have with a sort of all 100,000 jobs
        queries = {
            IN_PROGRESS: unfinished.in_state(*IN_PROGRESS).order_by("created_at", "id"),
            (Status.QUEUED,): self._in_order(unfinished),
            # not `status__in`: the newest jobs are walked, most of which have ended
            ENDED: jobs.exclude(status__in=UNFINISHED) if shown == tuple(Status) else jobs.filter(status__in=shown),
        }
        counts = [sum(self._counts.get(each, 0) for each in statuses if each in shown) for statuses in queries]
        # the counts are known from the tabs, so no part is counted again
        rows = ChainedJobs([*queries.values()], counts)
        return Paginator(rows, JOBS_PER_PAGE).get_page(self._page_number)  # type: ignore[arg-type]

    @cached_property
    def sections(self) -> list[Section]:
        """The rows of the page in their parts; a part without rows is left out."""
        jobs = list(self.page.object_list)
        for job in jobs:
            job.queue_position = self._positions.get(job.pk)  # type: ignore[attr-defined]
        sections = [
            Section("out", _("In progress"), [job for job in jobs if job.status in IN_PROGRESS]),
            Section("waiting", _("Queued, in this order"), [job for job in jobs if job.status == Status.QUEUED]),
            Section("ended", "Finished", [job for job in jobs if job.status in ENDED]),
        ]
        return [section for section in sections if section.jobs]

    @property
    def live_projects(self) -> str:
        """The slugs of the projects whose changes the page follows, separated by spaces."""
        return " ".join(project.slug for project in ([self.project] if self.project else self.projects))

    @cached_property
    def may_change(self) -> set[int]:
        """The ids of the projects that the person may change."""
        return {each.project_id for each in self._memberships if permissions.allows(each, "change")}

    @cached_property
    def may_spend(self) -> set[int]:
        """The ids of the projects on which the person may spend."""
        return {each.project_id for each in self._memberships if permissions.allows(each, "spend")}

    @cached_property
    def retryable(self) -> list[GenerationJob]:
        """The failed jobs that one press can retry."""
        return bulk.newest_retryable(self.user, self.jobs) if self._counts.get("failed") else []

    @property
    def retry_price(self) -> dict[str, object]:
        """The credits for all of these, and for how many the price is unknown."""
        credits, unknown = bulk.total_price(self.retryable)
        return {"credits": credits, "unknown": unknown}

    @cached_property
    def pauses(self) -> list[Pause]:
        """The pauses in force that the person may see."""
        return list(pauses.visible_pauses(self.user))

    @cached_property
    def paused_projects(self) -> set[int]:
        """The ids of the projects of which nothing new is sent."""
        if self.is_studio_paused:
            return {project.pk for project in self.projects}
        return {pause.project_id for pause in self.pauses if pause.project_id}

    @property
    def is_studio_paused(self) -> bool:
        """Whether the queue of all projects is paused."""
        return any(pause.project_id is None for pause in self.pauses)

    @cached_property
    def forecasts(self) -> list[forecast.ModelForecast]:
        """When the jobs that wait here can start, for each model."""
        return forecast.forecast_queue(self.user)

    @property
    def is_cheapest_first(self) -> bool:
        """Whether the cheapest of the queued jobs go first."""
        return slots.is_cheapest_first()

    @property
    def outage(self) -> RunwayState | None:
        """Runway's state while it cannot be reached."""
        return self._runway if self._runway.condition == RunwayState.Condition.UNREACHABLE else None

    @cached_property
    def next_try_at(self) -> datetime | None:
        """When the next job is due that waits for a time."""
        later = self.unfinished_jobs.filter(due_at__gt=timezone.now())
        return later.order_by().aggregate(at=Min("due_at"))["at"]  # type: ignore[no-any-return]

    @cached_property
    def _person_id(self) -> int | None:
        return User.objects.filter(username=self.person).values_list("pk", flat=True).first()

    @cached_property
    def _memberships(self) -> list[Membership]:
        return list(self.user.memberships.all())

    @cached_property
    def _counts(self) -> dict[str, int]:
        # those that ended are counted no further than anybody pages: all of them would be the whole history
        most = max(MAX_COUNTED, self._page_number * JOBS_PER_PAGE + 1)
        jobs = self.jobs.select_related(None)
        if self.project or self.person:
            # in any order; else by the index of a state, since PostgreSQL would begin with all jobs of it
            jobs = jobs.order_by()
        unfinished = self.unfinished_jobs.select_related(None).order_by()
        counts: dict[str, int] = Counter(unfinished.values_list("status", flat=True))
        return counts | {status: jobs.filter(status=status)[:most].count() for status in ENDED}

    @cached_property
    def _positions(self) -> dict[UUID, int]:
        """The position of each job in the queue of the whole studio, which has other people's jobs too."""
        # over all projects: the position says how many are sent before it
        ids = self._in_order(GenerationJob.objects.all()).values_list("pk", flat=True)[:MAX_NUMBERED]
        return {job_id: position for position, job_id in enumerate(ids, 1)}

    @cached_property
    def _runway(self) -> RunwayState:
        return RunwayState.objects.filter(pk=1).first() or RunwayState()

    def _in_order(self, jobs: JobQuerySet) -> JobQuerySet:
        return slots.in_queue_order(jobs.queued(), cheapest_first=self._runway.cheapest_first)


def _statuses(state: str) -> Sequence[Status]:
    """Return the statuses that a tab shows; all of them for an empty text."""
    if not state:
        return tuple(Status)
    return UNFINISHED if state == "unfinished" else (Status(state),)
