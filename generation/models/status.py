"""The states of a job and the moves between them."""

from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    """The states of a job; `MOVES` says which may follow which."""

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
    """A person's opinion of a take. The chosen take of a scene is recorded on its clip, not here."""

    STARRED = "starred"
    REJECTED = "rejected"


class IllegalMove(Exception):
    """The table of moves does not allow this move."""


class LostRace(Exception):
    """Another process has moved the job since it was read: the caller must stop."""


S = Status
MOVES: dict[Status, frozenset[Status]] = {
    # waiting to be sent, for a free slot, quota or credits: `waiting_code` says which; completed by the cache
    S.QUEUED: frozenset({S.SUBMITTING, S.CANCELLED, S.FAILED, S.COMPLETED}),
    # the paid request is out: no other process may send it
    S.SUBMITTING: frozenset({S.PENDING, S.QUEUED, S.FAILED, S.UNCONFIRMED}),
    # Runway has it
    S.PENDING: frozenset({S.THROTTLED, S.RUNNING, S.DOWNLOADING, S.FAILED, S.CANCELLED}),
    # Runway has it, over its concurrency limit; not an error
    S.THROTTLED: frozenset({S.PENDING, S.RUNNING, S.DOWNLOADING, S.FAILED, S.CANCELLED}),
    # Runway is generating it
    S.RUNNING: frozenset({S.DOWNLOADING, S.FAILED, S.CANCELLED}),
    # the task is paid and done: its files are downloaded, flushed, checked and linked to their names
    S.DOWNLOADING: frozenset({S.COMPLETED, S.FAILED}),
    # moved by a person, or by the step that sent it when its answer arrives after all
    S.UNCONFIRMED: frozenset({S.PENDING, S.FAILED}),
    # a retry at no cost: the task is paid and its clip may still be available
    S.FAILED: frozenset({S.PENDING}),
    # final; every other retry is a new job and a new take
    S.COMPLETED: frozenset(),
    S.CANCELLED: frozenset(),
}
AT_RUNWAY = (S.PENDING, S.THROTTLED, S.RUNNING)
UNFINISHED = (S.QUEUED, S.SUBMITTING, *AT_RUNWAY, S.DOWNLOADING)
WITHOUT_TAKE = (S.FAILED, S.CANCELLED, S.UNCONFIRMED)
ENDED = (S.COMPLETED, S.FAILED, S.CANCELLED, S.UNCONFIRMED)
# an unconfirmed request may have been charged: its credits are held until a person decides
HOLDING_CREDITS = (*UNFINISHED, S.UNCONFIRMED)
# jobs whose estimate may still be charged while their cost is unknown; the clip of a time-out may still come
MAY_BE_CHARGED = models.Q(status__in=HOLDING_CREDITS) | models.Q(status=S.FAILED, clip_may_come=True)
# the `waiting_code` of a queued job whose request another job is already waiting for
WAITS_FOR_TAKE = "waiting_for_take"
