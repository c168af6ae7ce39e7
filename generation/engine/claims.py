"""Claims: which process works on a job, and until when. A claim ends by expiry, so no crash can make it last."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from generation.engine import holders
from generation.models import GenerationJob, JobQuerySet
from generation.models.status import Status

logger = logging.getLogger("dailies.jobs")

# short enough that a dead holder's job continues within half a minute, long enough for a machine under load
LEASE = timedelta(seconds=15)
RENEW_SECONDS = 4.0


@dataclass(frozen=True)
class Claim:
    """A job that is claimed by `token`.

    The holder passes the token to `move_to()` and `wait()`, which then write only while the row has it. Without it they
    go by the state that the row was read in.
    """

    job: GenerationJob
    token: str


def expired(field: str, now: datetime) -> Q:
    """Return the condition that an expiry is missing or past; one too far ahead is from before a clock was set back."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": now}) | Q(**{f"{field}__gt": now + LEASE * 2})


def unclaimed(now: datetime) -> Q:
    """Return the condition that no living process has claimed a job."""
    return expired("claim_expires_at", now)


def release_dead_claims() -> list[uuid.UUID]:
    """End the claims of processes that are known to be dead, and return the keys of their jobs."""
    released: list[uuid.UUID] = []
    claimed = GenerationJob.objects.unfinished().exclude(claimed_by="").order_by()
    # without order_by() above, DISTINCT would include the columns of the default order
    for token in claimed.values_list("claimed_by", flat=True).distinct():
        if holders.is_dead(token):
            jobs = GenerationJob.objects.filter(claimed_by=token)
            released += jobs.values_list("pk", flat=True)
            jobs.update_in_order(claim_expires_at=timezone.now())
    return released


@contextmanager
def hold(job_id: str, status: Status) -> Iterator[Claim | None]:
    """Claim a job that is in `status`, and renew the claim while it is held; None when it is not or is claimed."""
    with hold_many([job_id], status) as held:
        yield held[0] if held else None


@contextmanager
def hold_many(job_ids: Sequence[str], status: Status) -> Iterator[list[Claim]]:
    """Claim those of several jobs that are in `status` and not claimed, with one token."""
    # new for each claim: a process that lost one and holds another must not pass for the holder of both
    token, now = holders.new_token(), timezone.now()
    free = GenerationJob.objects.filter(unclaimed(now), pk__in=job_ids, status=status)
    # one statement that also checks, so that no other process can come between the look and the claim
    if not free.update_in_order(claimed_by=token, claim_expires_at=now + LEASE):
        yield []
        return
    jobs = GenerationJob.objects.filter(pk__in=job_ids, claimed_by=token)
    with keep_claimed(list(jobs.select_related("project", "scene", "created_by", "asset"))) as claims:
        yield claims


@contextmanager
def keep_claimed(jobs: Sequence[GenerationJob]) -> Iterator[list[Claim]]:
    """Renew the claim of jobs that have one token, and release it in the end unless a move has done so."""
    token, keys = jobs[0].claimed_by, [job.pk for job in jobs]
    for job in jobs:
        # the scene's folder is looked up through its project
        job.scene.project = job.project
    ended, is_complete = threading.Event(), False
    # a thread, since a step may hang in one call (a download, a POST) for longer than a lease lasts
    renewer = threading.Thread(target=_renew, args=(keys, token, ended), name="renew", daemon=True)
    renewer.start()
    try:
        yield [Claim(job, token) for job in jobs]
        is_complete = True
    finally:
        ended.set()
        renewer.join()
        # move_to() ends the claim itself; after an exception the job in memory may be older than its row
        if not is_complete or any(job.claimed_by == token for job in jobs):
            _claimed(keys, token).update_in_order(claimed_by="", claim_expires_at=None)


def _claimed(keys: Sequence[uuid.UUID], token: str) -> JobQuerySet:
    return GenerationJob.objects.filter(pk__in=keys, claimed_by=token)


def _renew(keys: Sequence[uuid.UUID], token: str, ended: threading.Event) -> None:
    """Renew in a thread: a process that hangs as a whole (stopped, swapped out) does not renew and loses its claim."""
    while not ended.wait(RENEW_SECONDS):
        try:
            # by token: a claim that another process has taken over is not renewed
            _claimed(keys, token).update_in_order(claim_expires_at=timezone.now() + LEASE)
        except DatabaseError as error:
            logger.warning("claim jobs=%s not renewed: %s", [str(key) for key in keys], error)
        except Exception:
            # the thread must not end before the step does, whatever happens
            logger.exception("claim jobs=%s not renewed", [str(key) for key in keys])
        finally:
            # the thread has a connection of its own, which nobody else would close
            connection.close()
