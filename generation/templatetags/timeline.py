"""The events of a job as a timeline: how long after the one before each came, and how long each state lasted."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.labels import STATUS_LABELS
from generation.models import GenerationJob, JobEvent
from generation.models.status import UNFINISHED, Status
from generation.templatetags.takes import DEFAULT_STATUS_ICON, STATUS_ICONS

register = template.Library()

EVENT_ICONS = {
    JobEvent.Kind.REQUEST: "send",
    JobEvent.Kind.ANSWER: "reply",
    JobEvent.Kind.WAIT: "hourglass",
    JobEvent.Kind.NOTE: "sticky-note",
}
# a shorter time is shown with tenths of a second, a longer one in days
TENTHS_BELOW_SECONDS = 10
DAYS_FROM_HOURS = 48


@dataclass(frozen=True)
class Step:
    """One event: `after` is the time since the one before, `lasted` how long the state that it began has held."""

    event: JobEvent
    label: str
    icon: str
    data: str
    is_new_day: bool
    after: str
    lasted: str


@dataclass(frozen=True)
class Timeline:
    """All events of a job, the oldest first, and how long it took in all."""

    steps: list[Step]
    summary: str


@register.filter
def timeline(job: GenerationJob) -> Timeline:
    """Return the timeline of a job."""
    events = list(job.events.all())
    ends = _state_ends(job, events)
    pairs = zip([None, *events], events, strict=False)
    return Timeline([_step(event, before, ends.get(event.pk)) for before, event in pairs], _summary(job))


def _state_ends(job: GenerationJob, events: list[JobEvent]) -> dict[int, datetime]:
    """Return when the state that a move began was left, by the move's id; for a state that will not last, now."""
    moves = [event for event in events if event.kind == JobEvent.Kind.MOVE]
    ends = {move.pk: following.at for move, following in itertools.pairwise(moves)}
    if moves and job.status in UNFINISHED:
        ends[moves[-1].pk] = timezone.now()
    return ends


def _step(event: JobEvent, before: JobEvent | None, end: datetime | None) -> Step:
    status = Status(event.status) if event.kind == JobEvent.Kind.MOVE else None
    return Step(
        event,
        _(STATUS_LABELS[status]) if status else event.get_kind_display(),
        STATUS_ICONS.get(status, DEFAULT_STATUS_ICON) if status else EVENT_ICONS[JobEvent.Kind(event.kind)],
        json.dumps(event.data, ensure_ascii=False, indent=1) if event.data else "",
        before is None or before.at.date() != event.at.date(),
        format_time(event.at - before.at) if before else "",
        format_time(end - event.at) if end else "",
    )


def _summary(job: GenerationJob) -> str:
    end = job.finished_at or timezone.now()
    total = (_("{time} in all") if job.finished_at else _("{time} so far")).format(
        time=format_time(end - job.created_at)
    )
    if job.submitted_at is None:
        return _("{total}; never sent to Runway.").format(total=total)
    return _("{total}; sent after {time}.").format(total=total, time=format_time(job.submitted_at - job.created_at))


def format_time(time: timedelta) -> str:
    """Return for example "0.4 s", "12 s", "3 min 5 s", "2 h 10 min" or "3 days"; a negative time counts as 0."""
    seconds = max(time.total_seconds(), 0)
    if seconds < TENTHS_BELOW_SECONDS:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= DAYS_FROM_HOURS:
        return _("{hours} days").format(hours=hours // 24)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return _("{minutes} min {rest} s").format(minutes=minutes, rest=rest) if minutes else f"{rest} s"
