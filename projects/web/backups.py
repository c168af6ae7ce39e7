"""When the last backup was made, for the page that warns of an old one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Min
from django.utils import timezone

BACKUP_FOLDER = "backups"
# its time of change is that of the last backup; a file and no row, since a restored database would have an old one
_MARK = "last-backup"
OLD_AFTER = timedelta(days=7)


def note_backup() -> None:
    """Note that a backup was made now. Raise OSError."""
    folder = Path(settings.DATA_DIR) / BACKUP_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / _MARK).touch()


def last_backup_at() -> datetime | None:
    """Return when `manage.py backup` last succeeded on this machine; None where it never did."""
    try:
        status = (Path(settings.DATA_DIR) / BACKUP_FOLDER / _MARK).stat()
    except OSError:
        return None
    return datetime.fromtimestamp(status.st_mtime, UTC)


def is_backup_due() -> bool:
    """Return whether the last backup is older than a week, or there is none and the studio is older than that."""
    since = last_backup_at() or User.objects.aggregate(first=Min("date_joined"))["first"]
    return since is not None and timezone.now() - since > OLD_AFTER
