"""The plan of what waits, from the rows: "12 of 40 fit today, the rest from 02:10". Runway is never asked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone

from generation.access import jobs_of
from generation.engine import pauses, runway_account, slots
from generation.engine.schedule import WINDOW, Lane, Place, Waiting, plan
from generation.models import GenerationJob, RunwayState
from generation.models.batch import Batch
from generation.models.status import AT_RUNWAY, WAITS_FOR_TAKE, Status
from generation.serializers import plain_number
from projects.iso_time import iso_time
from projects.problems import forbidden

# so many of what was done last say how long the next takes
DONE = 60
# before anything was done here
FIRST_GUESS_SECONDS = 90.0
# what is at Runway and is later than it should be may still take so long
LEAST_SECONDS = 5.0
# a time of the clock that is less far off is not mistaken for today's
CLEAR = timedelta(hours=20)
# a plan of more would be read by nobody
MOST = 2000


@dataclass
class ModelPlan:
    """Of the jobs of one model that the person may see. Others' are in the way, and only counted."""

    model: str
    daily: int | None
    used: int | None
    concurrent: int | None
    credits: Decimal
    price_unknown: int
    places: list[Place] = field(default_factory=list)
    others: int = 0

    @property
    def waiting(self) -> int:
        return len(self.places)

    @property
    def fits(self) -> int:
        """How many are sent before the day is full."""
        return sum(1 for place in self.places if not place.next_day)

    @property
    def rest_from(self) -> datetime | None:
        """When the day opens for the first of the rest; None where all fit, or nothing ever will."""
        return next((place.starts_at for place in self.places if place.next_day), None)

    @property
    def done_at(self) -> datetime | None:
        ends = [place.ends_at for place in self.places if place.ends_at]
        return max(ends, default=None)

    @property
    def sentence(self) -> str:
        if self.fits == self.waiting:
            whole = "It fits" if self.waiting == 1 else f"All {self.waiting} fit"
            return f"{whole} today, done about {_clock(self.done_at)}."
        if self.rest_from is None:
            return f"None of {self.waiting} fits: Runway allows none of this model."
        fits = self.fits or "None"
        return f"{fits} of {self.waiting} fit today, the rest from {_clock(self.rest_from)}."


def _clock(moment: datetime | None) -> str:
    """In UTC; with the day where the clock alone could be taken for today's."""
    if moment is None:
        return "never"
    form = "%H:%M" if moment - timezone.now() < CLEAR else "%a %H:%M"
    return f"{moment:{form}} UTC"


def cheapest_first() -> bool:
    """Whether the queue goes that way."""
    return runway_account.state().cheapest_first


def choose_order(user: User, *, cheapest: bool) -> None:
    """For the whole studio, since all of it stands in one line at Runway."""
    if not user.is_staff:
        raise forbidden("The order of the queue is the whole studio's: its staff choose it.")
    runway_account.state()
    RunwayState.objects.filter(pk=1).update(cheapest_first=cheapest)


def read(user: User, *, cheapest: bool | None = None) -> list[ModelPlan]:
    """For each model of which something waits that the person may see; in the queue's order, or as if in that."""
    now = timezone.now()
    seen = set(jobs_of(user).filter(status=Status.QUEUED).order_by().values_list("pk", flat=True)[:MOST])
    return _plans(seen, (), now, cheapest) if seen else []


def forecast(asked: Sequence[tuple[str, dict[str, Any], Decimal | None]]) -> list[ModelPlan]:
    """Of requests (model, parameters, credits) that are not made yet: they would stand behind all that waits."""
    jobs = [
        GenerationJob(model=model, parameters=parameters, credits_estimated=credits)
        for model, parameters, credits in asked[:MOST]
    ]
    return _plans({job.pk for job in jobs}, jobs, timezone.now()) if jobs else []


def of_batch(batch: Batch) -> list[ModelPlan]:
    """Of what waits in it."""
    seen = set(batch.jobs.filter(status=Status.QUEUED).exclude(credits_estimated=0).values_list("pk", flat=True)[:MOST])
    return _plans(seen, (), timezone.now()) if seen else []


def _plans(
    seen: set[UUID], behind: Sequence[GenerationJob], now: datetime, cheapest: bool | None = None
) -> list[ModelPlan]:
    found = GenerationJob.objects.filter(~pauses.holding(), status=Status.QUEUED, cancel_requested_at=None)
    # whoever waits for another's file is not sent
    found = found.exclude(waiting_code=WAITS_FOR_TAKE)
    by_model: dict[str, list[GenerationJob]] = {}
    state = runway_account.state()
    order = state.cheapest_first if cheapest is None else cheapest
    for job in [*slots.in_order(found, cheapest_first=order)[:MOST], *behind]:
        by_model.setdefault(job.model, []).append(job)
    plans = [_model(model, jobs, seen, state, now) for model, jobs in sorted(by_model.items())]
    return [each for each in plans if each.waiting]


def told(found: ModelPlan) -> dict[str, Any]:
    """As JSON."""
    return {
        "model": found.model,
        "sentence": found.sentence,
        "waiting": found.waiting,
        "fits": found.fits,
        "restFrom": iso_time(found.rest_from),
        "doneAt": iso_time(found.done_at),
        "maxDaily": found.daily,
        "usedToday": found.used,
        "maxConcurrent": found.concurrent,
        "credits": plain_number(found.credits),
        "priceUnknown": found.price_unknown,
        "othersWaiting": found.others,
        "jobs": [
            {
                "jobId": place.key,
                "startsAt": iso_time(place.starts_at),
                "endsAt": iso_time(place.ends_at),
                "nextDay": place.next_day,
            }
            for place in found.places
        ],
    }


def _model(model: str, jobs: Sequence[GenerationJob], seen: set[UUID], state: RunwayState, now: datetime) -> ModelPlan:
    usual = _usual(model)
    limits = runway_account.limits(dict(state.organization), model)
    started = _started(model, limits["dailyGenerations"], state.organization_at, now)
    lane = Lane(started, limits["maxDailyGenerations"], limits["maxConcurrentGenerations"], _busy(model, usual, now))
    placed = plan([Waiting(str(job.pk), usual.of(job)) for job in jobs], lane, now)
    mine = [job for job in jobs if job.pk in seen]
    keys = {str(job.pk) for job in mine}
    return ModelPlan(
        model=model,
        daily=lane.daily,
        used=None if lane.daily is None else sum(1 for moment in started if moment > now - WINDOW),
        concurrent=lane.concurrent,
        credits=sum((job.credits_estimated or Decimal(0) for job in mine), Decimal(0)),
        price_unknown=sum(1 for job in mine if job.credits_estimated is None),
        places=[place for place in placed if place.key in keys],
        others=len(jobs) - len(mine),
    )


def _started(model: str, used: int | None, told_at: datetime | None, now: datetime) -> list[datetime]:
    """Ours by our own book. What Runway counts beyond that is others': when, nobody knows, so at the last moment."""
    sent = GenerationJob.objects.filter(model=model, runway_task_id__isnull=False, submitted_at__isnull=False)
    since = (min(told_at, now) if told_at else now) - WINDOW
    ours = [moment for moment in sent.filter(submitted_at__gt=since).values_list("submitted_at", flat=True) if moment]
    if used is None or told_at is None:
        return ours
    known = sum(1 for moment in ours if moment <= told_at)
    return [*ours, *[told_at] * max(used - known, 0)]


@dataclass(frozen=True)
class Usual:
    """Seconds at Runway, by what the studio has seen; the same duration first, then the model."""

    by_duration: dict[object, float]
    model: float

    def of(self, job: GenerationJob) -> float:
        return self.by_duration.get(job.parameters.get("duration"), self.model)


def _usual(model: str) -> Usual:
    done = GenerationJob.objects.filter(model=model, status=Status.COMPLETED, submitted_at__isnull=False)
    seen: dict[object, list[float]] = {}
    fields = ("parameters", "running_at", "submitted_at", "finished_at")
    for parameters, running, submitted, finished in done.order_by("-finished_at").values_list(*fields)[:DONE]:
        began = running or submitted
        if began and finished:
            seen.setdefault(parameters.get("duration"), []).append((finished - began).total_seconds())
    everything = [seconds for each in seen.values() for seconds in each]
    by_duration = {duration: median(seconds) for duration, seconds in seen.items()}
    return Usual(by_duration, median(everything) if everything else FIRST_GUESS_SECONDS)


def _busy(model: str, usual: Usual, now: datetime) -> list[float]:
    """How long what is there now still takes."""
    there: Iterable[GenerationJob] = GenerationJob.objects.filter(
        model=model, status__in=(Status.SUBMITTING, *AT_RUNWAY)
    )
    return [
        max(usual.of(job) - ((now - job.running_at).total_seconds() if job.running_at else 0), LEAST_SECONDS)
        for job in there
    ]
