"""The states of a job and the moves between them."""

from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    QUEUED = "queued"
    SUBMITTING = "submitting"
    PENDING = "pending"
    THROTTLED = "throttled"
    RUNNING = "running"
    DOWNLOADING = "downloading"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"


class Mark(models.TextChoices):
    """What a person thinks of a take; that it is the chosen one stands on its clip."""

    STARRED = "starred"
    REJECTED = "rejected"


class IllegalMove(Exception):
    """The table of moves does not know this arrow."""


class LostRace(Exception):
    """Somebody else moved the job first: stop, it is theirs."""


S = Status
MOVES: dict[Status, frozenset[Status]] = {
    # waits for us (also for a free place, quota or credits: a reason says which); completed by the cache
    S.QUEUED: frozenset({S.SUBMITTING, S.CANCELLED, S.FAILED, S.COMPLETED}),
    # the paid request is out: nobody else may send it
    S.SUBMITTING: frozenset({S.PENDING, S.QUEUED, S.FAILED, S.UNCONFIRMED}),
    # Runway has it
    S.PENDING: frozenset({S.THROTTLED, S.RUNNING, S.DOWNLOADING, S.FAILED, S.CANCELLED}),
    # Runway has it, over its concurrency limit; not an error
    S.THROTTLED: frozenset({S.PENDING, S.RUNNING, S.DOWNLOADING, S.FAILED, S.CANCELLED}),
    # Runway works on it
    S.RUNNING: frozenset({S.DOWNLOADING, S.FAILED, S.CANCELLED}),
    # paid for: temporary file, checked, flushed, renamed
    S.DOWNLOADING: frozenset({S.COMPLETED, S.FAILED}),
    # a person moves it, or the step that sent it, when its answer came after all
    S.UNCONFIRMED: frozenset({S.PENDING, S.FAILED}),
    # a retry at no cost: the task is paid and its clip may still be had
    S.FAILED: frozenset({S.PENDING}),
    # final; any other retry is a new job and a new take
    S.COMPLETED: frozenset(),
    S.CANCELLED: frozenset(),
}
AT_RUNWAY = (S.PENDING, S.THROTTLED, S.RUNNING)
UNFINISHED = (S.QUEUED, S.SUBMITTING, *AT_RUNWAY, S.DOWNLOADING)
ENDED = (S.COMPLETED, S.FAILED, S.CANCELLED, S.UNCONFIRMED)
# a request that is unconfirmed may have been charged: its credits are held until a person decides
HOLDING_CREDITS = (*UNFINISHED, S.UNCONFIRMED)
# jobs whose estimate may still be charged while their cost is unknown; the clip of a time-out may still come
MAY_BE_CHARGED = models.Q(status__in=HOLDING_CREDITS) | models.Q(status=S.FAILED, clip_may_come=True)
# why a queued job waits whose request is on its way for another one
WAITS_FOR_TAKE = "waiting_for_take"
