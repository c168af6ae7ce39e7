"""The thread that lets rows follow the folders: in one worker of the studio, which holds a lease for it."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from generation.engine import holders, leases, shutdown
from projects.disk import watch
from projects.mirror import hot_folders

logger = logging.getLogger("dailies.mirror")

QUEUE = "check"
"""Of the workers that may watch."""
LEASE_NAME = "folders"
LOOK_SECONDS = 0.5
RENEW_SECONDS = 3.0
# where nobody tells of changes: the pause between two scans, at least, and as a multiple of what a scan takes
SCAN_SECONDS, SCAN_SHARE = 2.0, 10


def start() -> None:
    """Start the thread."""
    threading.Thread(target=_run, name="folders", daemon=True).start()


def _run() -> None:
    token = holders.new_token()
    while not shutdown.requested.wait(LOOK_SECONDS):
        try:
            if leases.acquire(LEASE_NAME, token):
                _follow(token)
            else:
                shutdown.requested.wait(RENEW_SECONDS)
        except (DatabaseError, OSError) as error:
            logger.warning("folders: %s", error)
            connection.close()
        except Exception:
            logger.exception("folders")
            connection.close()
    leases.release(LEASE_NAME, token)
    connection.close()


def _follow(token: str) -> None:
    """Follow the folders as long as the lease is ours."""
    root = Path(settings.PROJECTS_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    if not watch.can_watch(root):
        _scan(token)
        return
    try:
        _watch(token, root)
    except (OSError, RuntimeError) as error:
        # too many folders for the system, or it cannot watch at all
        logger.warning("folders cannot be watched, and are scanned instead: %s", error)
        _scan(token)


def _watch(token: str, root: Path) -> None:
    settling = hot_folders.Settling()
    renew_at, is_first = 0.0, True
    for places in watch.watch(root, LOOK_SECONDS, shutdown.requested):
        settling.note(places)
        if is_first:
            # what changed while nobody watched; now nothing is missed any more
            hot_folders.note_mode("watching")
            hot_folders.follow_all()
            is_first = False
        for slug, numbers in settling.take_settled().items():
            hot_folders.follow(slug, numbers)
        if time.monotonic() >= renew_at:
            if not leases.acquire(LEASE_NAME, token):
                return
            renew_at = time.monotonic() + RENEW_SECONDS


def _scan(token: str) -> None:
    hot_folders.note_mode("scanning")
    while leases.acquire(LEASE_NAME, token):
        began = time.monotonic()
        hot_folders.follow_all()
        pause = max(SCAN_SECONDS, (time.monotonic() - began) * SCAN_SHARE)
        if shutdown.requested.wait(min(pause, RENEW_SECONDS)):
            return
