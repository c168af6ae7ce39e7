"""A job's story as a line of time: each step with what it came after, and each state with how long it lasted."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import template
from django.utils import timezone

from generation.models import GenerationJob, JobEvent
from generation.models.status import UNFINISHED, Status
from generation.templatetags.takes import ICONS, WORDS

register = template.Library()

KIND_ICONS = {
    JobEvent.Kind.REQUEST: "send",
    JobEvent.Kind.ANSWER: "reply",
    JobEvent.Kind.WAIT: "hourglass",
    JobEvent.Kind.NOTE: "sticky-note",
}


@dataclass(frozen=True)
class Step:
    """`after`: the time since the step before; `lasted`: how long the state that it began has held."""

    event: JobEvent
    words: str
    icon: str
    data: str
    new_day: bool
    after: str
    lasted: str


@dataclass(frozen=True)
class Story:
    steps: list[Step]
    sum: str


@register.filter
def story(job: GenerationJob) -> Story:
    events = list(job.events.all())
    ends = _ends(job, events)
    steps = [_step(event, before, ends.get(event.pk)) for before, event in zip([None, *events], events, strict=False)]
    return Story(steps, _sum(job))


def _ends(job: GenerationJob, events: list[JobEvent]) -> dict[int, datetime]:
    """Of each move that began a state: when the next one ended it. Of one that holds still and will not stay: now."""
    moves = [event for event in events if event.kind == JobEvent.Kind.MOVE]
    ends = {move.pk: following.at for move, following in itertools.pairwise(moves)}
    if moves and job.status in UNFINISHED:
        ends[moves[-1].pk] = timezone.now()
    return ends


def _step(event: JobEvent, before: JobEvent | None, end: datetime | None) -> Step:
    status = Status(event.status) if event.kind == JobEvent.Kind.MOVE else None
    return Step(
        event,
        WORDS[status] if status else event.get_kind_display(),
        ICONS.get(status, "clock") if status else KIND_ICONS[JobEvent.Kind(event.kind)],
        json.dumps(event.data, ensure_ascii=False, indent=1) if event.data else "",
        before is None or before.at.date() != event.at.date(),
        spoken(event.at - before.at) if before else "",
        spoken(end - event.at) if end else "",
    )


def _sum(job: GenerationJob) -> str:
    end = job.finished_at or timezone.now()
    whole = f"{spoken(end - job.created_at)} {'in all' if job.finished_at else 'so far'}"
    if job.submitted_at is None:
        return f"{whole}; Runway was never asked."
    return f"{whole}; sent after {spoken(job.submitted_at - job.created_at)}."


def spoken(time: timedelta) -> str:
    """0.4 s, 12 s, 3 min 5 s, 2 h 10 min, 3 days."""
    seconds = max(time.total_seconds(), 0)
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
