"""Who works on a row, and until when. A claim ends by expiry: no death of a process can make it last."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, IntegrityError, connection
from django.db.models import Q
from django.utils import timezone

from generation.models import GenerationJob, Lease
from generation.status import Status

logger = logging.getLogger("dailies.jobs")

# short enough that a dead holder's job goes on within half a minute, long enough for a machine under load
LEASE = timedelta(seconds=15)
RENEW_SECONDS = 4.0


@dataclass(frozen=True)
class Claim:
    job: GenerationJob
    token: str


def new_token() -> str:
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def free(now: datetime, field: str = "claim_expires_at") -> Q:
    """Rows whose holder is gone. An expiry further off than a lease is long comes from a clock that was set back."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": now}) | Q(**{f"{field}__gt": now + LEASE * 2})


@contextmanager
def hold(job_id: str, status: Status) -> Iterator[Claim | None]:
    """Claim a job in a state; None when there is nothing to do or somebody else is at it. Renewed while held."""
    token = new_token()
    now = timezone.now()
    mine = GenerationJob.objects.filter(free(now), pk=job_id, status=status)
    if not mine.update(claimed_by=token, claim_expires_at=now + LEASE):
        yield None
        return
    job = GenerationJob.objects.select_related("project", "scene", "prompt_image", "asset").get(pk=job_id)
    ended = threading.Event()
    renewer = threading.Thread(target=_renew, args=(job_id, token, ended), name="renew", daemon=True)
    renewer.start()
    try:
        yield Claim(job, token)
    finally:
        ended.set()
        renewer.join()
        held = GenerationJob.objects.filter(pk=job_id, claimed_by=token)
        held.update(claimed_by="", claim_expires_at=None)


def _renew(job_id: str, token: str, ended: threading.Event) -> None:
    """In a thread: a holder that hangs as a whole (stopped, swapped out) does not renew, and loses its claim."""
    while not ended.wait(RENEW_SECONDS):
        try:
            held = GenerationJob.objects.filter(pk=job_id, claimed_by=token)
            held.update(claim_expires_at=timezone.now() + LEASE)
        except DatabaseError as error:
            logger.warning("claim job=%s not renewed: %s", job_id, error)
        finally:
            connection.close()


def take_lease(name: str, token: str) -> bool:
    """True when the lease is (still) ours."""
    now = timezone.now()
    rows = Lease.objects.filter(Q(holder=token) | free(now, "expires_at"), name=name)
    if rows.update(holder=token, expires_at=now + LEASE):
        return True
    try:
        return Lease.objects.get_or_create(name=name, defaults={"holder": token, "expires_at": now + LEASE})[1]
    except IntegrityError:
        return False


def give_lease(name: str, token: str) -> None:
    Lease.objects.filter(name=name, holder=token).update(holder="", expires_at=timezone.now())


def lease_is_held(name: str) -> bool:
    now = timezone.now()
    return Lease.objects.filter(name=name).exclude(free(now, "expires_at")).exists()
