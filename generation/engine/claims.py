"""Who works on a row, and until when. A claim ends by expiry: no death of a process can make it last."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.db import DatabaseError, IntegrityError, connection
from django.db.models import Q
from django.utils import timezone

from generation.models import GenerationJob, JobQuerySet, Lease
from generation.models.status import Status

logger = logging.getLogger("dailies.jobs")

# short enough that a dead holder's job goes on within half a minute, long enough for a machine under load
LEASE = timedelta(seconds=15)
RENEW_SECONDS = 4.0


@dataclass(frozen=True)
class Claim:
    job: GenerationJob
    token: str


def new_token() -> str:
    return f"{_here()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


@cache
def _here() -> str:
    """This machine since its start, and who numbers its processes: a container has numbers of its own."""
    name = socket.gethostname()[:20].replace(":", "-")
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        numbers = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:  # not Linux: nobody is known to be near
        return name
    return f"{name}/{boot}/{numbers}"


def is_dead(token: str) -> bool:
    """Whether the holder was a process near us that has died: then its claim need not run out first."""
    here, _, rest = token.partition(":")
    if "/" not in here or here != _here():
        return False
    try:
        os.kill(int(rest.partition(":")[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


def release_the_dead() -> None:
    """Make the claims of the dead end at once."""
    claimed = GenerationJob.objects.unfinished().exclude(claimed_by="").order_by()
    for token in claimed.values_list("claimed_by", flat=True).distinct():
        if is_dead(token):
            GenerationJob.objects.filter(claimed_by=token).update(claim_expires_at=timezone.now())


def free(now: datetime, field: str = "claim_expires_at") -> Q:
    """Rows whose holder is gone. An expiry further off than a lease is long comes from a clock that was set back."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": now}) | Q(**{f"{field}__gt": now + LEASE * 2})


@contextmanager
def hold(job_id: str, status: Status) -> Iterator[Claim | None]:
    """Claim a job in a state; None when there is nothing to do or somebody else is at it. Renewed while held."""
    with hold_all([job_id], status) as found:
        yield found[0] if found else None


@contextmanager
def hold_all(job_ids: Sequence[str], status: Status) -> Iterator[list[Claim]]:
    """The same for several at once: those that nobody else is at."""
    token, now = new_token(), timezone.now()
    free_ones = GenerationJob.objects.filter(free(now), pk__in=job_ids, status=status)
    if not free_ones.update(claimed_by=token, claim_expires_at=now + LEASE):
        yield []
        return
    known = ("project", "scene", "created_by", "asset")
    mine = GenerationJob.objects.filter(pk__in=job_ids, claimed_by=token).select_related(*known)
    with keep(list(mine)) as claims:
        yield claims


@contextmanager
def keep(jobs: Sequence[GenerationJob]) -> Iterator[list[Claim]]:
    """Jobs whose rows carry one claim of ours: renewed while held, and let go of where no move has done so."""
    token, keys = jobs[0].claimed_by, [job.pk for job in jobs]
    for job in jobs:
        # where its files are is asked of it again and again
        job.scene.project = job.project
    ended, undone = threading.Event(), True
    renewer = threading.Thread(target=_renew, args=(keys, token, ended), name="renew", daemon=True)
    renewer.start()
    try:
        yield [Claim(job, token) for job in jobs]
        undone = False
    finally:
        ended.set()
        renewer.join()
        if undone or any(job.claimed_by == token for job in jobs):
            _mine(keys, token).update(claimed_by="", claim_expires_at=None)


def _mine(keys: Sequence[uuid.UUID], token: str) -> JobQuerySet:
    return GenerationJob.objects.filter(pk__in=keys, claimed_by=token)


def _renew(keys: Sequence[uuid.UUID], token: str, ended: threading.Event) -> None:
    """In a thread: a holder that hangs as a whole (stopped, swapped out) does not renew, and loses its claim."""
    while not ended.wait(RENEW_SECONDS):
        try:
            _mine(keys, token).update(claim_expires_at=timezone.now() + LEASE)
        except DatabaseError as error:
            logger.warning("claim jobs=%s not renewed: %s", [str(key) for key in keys], error)
        finally:
            connection.close()


def take_lease(name: str, token: str) -> bool:
    """True when the lease is (still) ours."""
    now = timezone.now()
    dead = [holder for holder in Lease.objects.filter(name=name).values_list("holder", flat=True) if is_dead(holder)]
    rows = Lease.objects.filter(Q(holder__in=[token, *dead]) | free(now, "expires_at"), name=name)
    if rows.update(holder=token, expires_at=now + LEASE):
        return True
    try:
        return Lease.objects.get_or_create(name=name, defaults={"holder": token, "expires_at": now + LEASE})[1]
    except IntegrityError:
        return False


def give_lease(name: str, token: str) -> None:
    Lease.objects.filter(name=name, holder=token).update(holder="", expires_at=timezone.now())


def lease_is_held(name: str) -> bool:
    held = Lease.objects.filter(name=name).exclude(free(timezone.now(), "expires_at"))
    return any(not is_dead(holder) for holder in held.values_list("holder", flat=True))
