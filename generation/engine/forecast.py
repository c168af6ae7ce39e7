"""When queued jobs will be sent and done, per model: "12 of 40 fit today, the rest from 02:10".

Read from the rows and from Runway's last report; Runway itself is never asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.access import jobs_of
from generation.engine import pauses, runway_account, slots
from generation.engine.account_limits import model_limits
from generation.engine.durations import TypicalDuration, load_typical_duration
from generation.engine.expected_schedule import WINDOW, ModelCapacity, ScheduledJob, WaitingJob, schedule_jobs
from generation.models import GenerationJob, JobQuerySet, RunwayState
from generation.models.batch import Batch
from generation.models.ledger import ZERO
from generation.models.status import AT_RUNWAY, WAITS_FOR_TAKE, Status
from generation.serializers import plain_number
from projects.text.iso_time import iso_time

# the assumed duration of a take before any is finished
FIRST_GUESS_SECONDS = 90.0
# a running task that is later than expected may still take this long
LEAST_REMAINING_SECONDS = 5.0
# a moment further ahead is shown with its day, since its time alone would be read as today's
CLOCK_ONLY = timedelta(hours=20)
# a longer forecast helps no reader, and takes long to compute
MAX_JOBS = 2000


@dataclass
class ModelForecast:
    """The forecast for the jobs of one model that a person may see. Jobs of others are only counted."""

    model: str
    daily: int | None
    """Runway's limit of tasks in 24 hours; None when there is none or it is not known."""
    used: int | None
    """How many of them are used; None without a limit."""
    concurrent: int | None
    """Runway's limit of tasks at once; None when there is none or it is not known."""
    credits: Decimal
    """The price of all `jobs` whose price is known."""
    price_unknown: int
    jobs: list[ScheduledJob] = field(default_factory=list)
    others: int = 0

    @property
    def waiting(self) -> int:
        """Return the number of jobs."""
        return len(self.jobs)

    @property
    def fits(self) -> int:
        """Return how many are sent before the daily limit is reached."""
        return sum(1 for job in self.jobs if not job.next_day)

    @property
    def rest_from(self) -> datetime | None:
        """Return when the first of the rest can be sent; None when all fit, or when the limits allow none."""
        return next((job.starts_at for job in self.jobs if job.next_day), None)

    @property
    def done_at(self) -> datetime | None:
        """Return when the last job ends; None when the limits allow none."""
        return max((job.ends_at for job in self.jobs if job.ends_at), default=None)

    @property
    def sentence(self) -> str:
        """Return the forecast as one sentence for people."""
        if self.fits == self.waiting:
            words = ngettext(
                "It fits today and will be done around {time}.",
                "All {waiting} fit today and will be done around {time}.",
                self.waiting,
            )
            return words.format(waiting=self.waiting, time=_clock(self.done_at))
        if self.rest_from is None:
            return _("None of {waiting} fit: Runway does not allow this model on your account.").format(
                waiting=self.waiting
            )
        if not self.fits:
            words = _("None of {waiting} fit today. They can start from {time}.")
        else:
            words = _("{count} of {waiting} fit today, the rest from {time}.")
        return words.format(count=self.fits, waiting=self.waiting, time=_clock(self.rest_from))


def _clock(moment: datetime | None) -> str:
    """Return the time in UTC, with its day when it is far ahead."""
    if moment is None:
        return "never"
    pattern = "%H:%M" if moment - timezone.now() < CLOCK_ONLY else "%a %H:%M"
    return _("{time} UTC").format(time=format(moment, pattern))


def forecast_queue(user: User, *, cheapest_first: bool | None = None) -> list[ModelForecast]:
    """Return the forecast of each model with queued jobs that the person may see.

    `cheapest_first` computes it as if the queue had that order; None is the order that it has.
    """
    queued = jobs_of(user).queued().order_by()
    visible = set(queued.values_list("pk", flat=True)[:MAX_JOBS])
    return _forecast(visible, (), cheapest_first) if visible else []


def forecast_requests(requests: Sequence[tuple[str, dict[str, Any], Decimal | None]]) -> list[ModelForecast]:
    """Return the forecast of requests that are not created yet, as if they were queued last.

    Each is a model, its parameters, and its price in credits or None.
    """
    jobs = [
        # never saved: they only carry what the schedule reads
        GenerationJob(model=model, parameters=parameters, credits_estimated=credits)
        for model, parameters, credits in requests[:MAX_JOBS]
    ]
    return _forecast({job.pk for job in jobs}, jobs) if jobs else []


def forecast_batch(batch: Batch) -> list[ModelForecast]:
    """Return the forecast of the queued jobs of a batch that have to be paid."""
    # what costs nothing gets the file of another job, and is never sent
    queued = batch.jobs.queued().exclude(credits_estimated=0)
    visible = set(queued.values_list("pk", flat=True)[:MAX_JOBS])
    return _forecast(visible, ()) if visible else []


def _forecast(
    visible: set[UUID], queued_last: Sequence[GenerationJob], cheapest_first: bool | None = None
) -> list[ModelForecast]:
    """Schedule all queued jobs, then `queued_last`, and return what concerns the `visible` ones."""
    now = timezone.now()
    state = runway_account.state()
    order = state.cheapest_first if cheapest_first is None else cheapest_first
    # jobs of all people take part, since they share Runway's slots; only the visible ones are shown
    by_model: dict[str, list[GenerationJob]] = {}
    for job in [*slots.in_queue_order(_jobs_to_send(), cheapest_first=order)[:MAX_JOBS], *queued_last]:
        by_model.setdefault(job.model, []).append(job)
    forecasts = [_forecast_model(model, jobs, visible, state, now) for model, jobs in sorted(by_model.items())]
    return [forecast for forecast in forecasts if forecast.waiting]


def _jobs_to_send() -> JobQuerySet:
    """Select the queued jobs that will be sent: not those that get the file of another job."""
    queued = GenerationJob.objects.queued().filter(~pauses.is_paused(), cancel_requested_at=None)
    return queued.exclude(waiting_code=WAITS_FOR_TAKE)


def _forecast_model(
    model: str, jobs: Sequence[GenerationJob], visible: set[UUID], state: RunwayState, now: datetime
) -> ModelForecast:
    typical = load_typical_duration(model)
    limits = model_limits(state.organization, model)
    started = _started(model, limits.used, state.organization_at, now)
    capacity = ModelCapacity(started, limits.daily, limits.concurrent, _busy_seconds(model, typical, now))
    scheduled = schedule_jobs([WaitingJob(str(job.pk), _seconds(job, typical)) for job in jobs], capacity, now)
    visible_jobs = [job for job in jobs if job.pk in visible]
    keys = {str(job.pk) for job in visible_jobs}
    return ModelForecast(
        model=model,
        daily=limits.daily,
        used=None if limits.daily is None else sum(1 for moment in started if moment > now - WINDOW),
        concurrent=limits.concurrent,
        credits=sum((job.credits_estimated or ZERO for job in visible_jobs), ZERO),
        price_unknown=sum(1 for job in visible_jobs if job.credits_estimated is None),
        jobs=[job for job in scheduled if job.key in keys],
        others=len(jobs) - len(visible_jobs),
    )


def _started(model: str, used: int | None, reported_at: datetime | None, now: datetime) -> list[datetime]:
    """Return when the tasks of the last day were created: ours, and others' as far as Runway counts more than ours.

    It is unknown when others' tasks were created, so the latest possible moment is assumed: that of Runway's report.
    """
    # a day before the report, not before now: what Runway counted then may be older by as much
    since = (min(reported_at, now) if reported_at else now) - WINDOW
    # no index serves the model as it is written here: the day is a smaller part of a long history than a model is.
    # With both ends PostgreSQL takes the days for a small part also without statistics, else for a third of all jobs
    jobs = GenerationJob.objects.alias(any_model=Coalesce("model", Value(""))).filter(any_model=model)
    days = jobs.filter(submitted_at__gt=since, submitted_at__lte=now + WINDOW)
    sent = days.filter(runway_task_id__isnull=False).order_by("submitted_at")
    ours = [moment for moment in sent.values_list("submitted_at", flat=True) if moment]
    if used is None or reported_at is None:
        return ours
    reported_ours = sum(1 for moment in ours if moment <= reported_at)
    return [*ours, *[reported_at] * max(used - reported_ours, 0)]


def _seconds(job: GenerationJob, typical: TypicalDuration) -> float:
    """Return how long a job is expected to occupy its slot."""
    # of takes with the same clip length where there are any, since longer clips take longer
    seconds = typical.of_length(job.parameters.get("duration"))
    if seconds is None:
        seconds = typical.of_model()
    return FIRST_GUESS_SECONDS if seconds is None else seconds


def _busy_seconds(model: str, typical: TypicalDuration, now: datetime) -> list[float]:
    """Return how long each task that is at Runway now still takes."""
    sent: Iterable[GenerationJob] = GenerationJob.objects.in_state(Status.SUBMITTING, *AT_RUNWAY).filter(model=model)
    elapsed = ((job, (now - job.running_at).total_seconds() if job.running_at else 0.0) for job in sent)
    return [max(_seconds(job, typical) - seconds, LEAST_REMAINING_SECONDS) for job, seconds in elapsed]


def forecast_dict(forecast: ModelForecast) -> dict[str, Any]:
    """Return a forecast as JSON, for the API."""
    return {
        "model": forecast.model,
        "sentence": forecast.sentence,
        "waiting": forecast.waiting,
        "fits": forecast.fits,
        "restFrom": iso_time(forecast.rest_from),
        "doneAt": iso_time(forecast.done_at),
        "maxDaily": forecast.daily,
        "usedToday": forecast.used,
        "maxConcurrent": forecast.concurrent,
        "credits": plain_number(forecast.credits),
        "priceUnknown": forecast.price_unknown,
        "othersWaiting": forecast.others,
        "jobs": [
            {
                "jobId": job.key,
                "startsAt": iso_time(job.starts_at),
                "endsAt": iso_time(job.ends_at),
                "nextDay": job.next_day,
            }
            for job in forecast.jobs
        ],
    }
