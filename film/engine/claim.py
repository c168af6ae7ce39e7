"""The claim on an export: one process makes it, renews the claim in a thread, and hears there of a wish to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone

from film.models import Export
from film.models.export import ExportQuerySet
from generation.engine import claims, holders, shutdown

logger = logging.getLogger("dailies.exports")

# a wish to cancel is seen within a second
LOOK_SECONDS = 0.4


class ExportClaim:
    """An export that this process makes. `stop` is set when it shall end: cancelled, taken over, or with the worker."""

    def __init__(self, export: Export, token: str) -> None:
        """Begin with nothing to stop it."""
        self.export = export
        self.token = token
        self.stop = threading.Event()
        # from 0 to 1; set by the threads that render, and told by the one that watches
        self.progress = 0.0
        self._told = 0.0
        self._ended = threading.Event()

    def watch(self) -> None:
        """Renew the claim and look at the row until the export has ended. Runs in a thread of its own."""
        renewed_at = time.monotonic()
        while not self._ended.wait(LOOK_SECONDS):
            try:
                self._tell_progress()
                if shutdown.requested.is_set() or not self._is_wanted():
                    self.stop.set()
                if time.monotonic() - renewed_at > claims.RENEW_SECONDS:
                    self._rows().update(claim_expires_at=timezone.now() + claims.LEASE)
                    renewed_at = time.monotonic()
            except DatabaseError as error:
                # tried again: the claim lasts for some of these rounds
                logger.warning("export %s: its row cannot be read: %s", self.export.pk, error)
                connection.close()
        connection.close()

    def end(self) -> None:
        """Let the thread end."""
        self._ended.set()

    def release(self) -> None:
        """Give the export back, if it is still ours and not finished."""
        self._rows().update(claimed_by="", claim_expires_at=None)

    def _tell_progress(self) -> None:
        """Write and publish how far it is, when that has changed: a few times a second at most."""
        if self.progress == self._told:
            return
        self._told = self.progress
        if self._rows().update(progress=self._told, version=F("version") + 1):
            Export.objects.select_related("project").get(pk=self.export.pk).publish("progress")

    def _rows(self) -> ExportQuerySet:
        return Export.objects.filter(pk=self.export.pk, claimed_by=self.token)

    def _is_wanted(self) -> bool:
        wishes = list(self._rows().values_list("cancel_requested_at", flat=True))
        return wishes == [None]


@contextmanager
def hold(export_id: str) -> Iterator[ExportClaim | None]:
    """Claim an unfinished export that nobody has; None when there is none."""
    token, now = holders.new_token(), timezone.now()
    free = Export.objects.unfinished().filter(claims.unclaimed(now), pk=export_id, project__trashed_at=None)
    # one statement that also checks, so that no other process can come between the look and the claim
    if not free.update(claimed_by=token, claim_expires_at=now + claims.LEASE):
        yield None
        return
    claim = ExportClaim(Export.objects.select_related("project").get(pk=export_id), token)
    watcher = threading.Thread(target=claim.watch, name="export-claim", daemon=True)
    watcher.start()
    try:
        yield claim
    finally:
        claim.end()
        watcher.join()
        claim.release()
