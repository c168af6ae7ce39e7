"""Write a backup while the studio runs, and by itself before the tables change."""

from __future__ import annotations

import importlib.metadata
import logging
import os
import sqlite3
import tempfile
import tomllib
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from config.backup.archive import DATABASE_NAME, JOURNAL_NAME, BackupProblem, Contents, write_archive
from projects.disk.flush import sync_folder
from projects.web.backups import BACKUP_FOLDER, note_backup

logger = logging.getLogger("dailies.studio")

KEPT = 3
"""How many of the backups are kept that are made before migrations."""
_BEFORE_MIGRATIONS = "before-migrations-"
# of no use after a restore, or dangerous in the wrong hands
_EMPTIED = ("django_session", "projects_signinattempts")


def write_backup(output: Path) -> None:
    """Write a backup to `output`, for its owner alone, and note when. Raise BackupProblem."""
    _write(output)
    try:
        note_backup()
    except OSError as error:
        reason = error.strerror or error
        raise BackupProblem(f"{output} was written, but not noted in DATA_DIR {settings.DATA_DIR}: {reason}.") from None


def back_up_before_migrations() -> Path | None:
    """Write a backup into `DATA_DIR/backups/`, remove all but the last three, and return its path.

    None on PostgreSQL, where pg_dump does this, and before the first migration. Raise BackupProblem.
    """
    if connection.vendor != "sqlite" or not MigrationRecorder(connection).applied_migrations():
        return None
    folder = Path(settings.DATA_DIR) / BACKUP_FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BackupProblem(f"The folder of backups {folder} cannot be made: {error.strerror or error}.") from None
    output = folder / f"{_BEFORE_MIGRATIONS}{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.zip"
    _write(output)
    for old in sorted(folder.glob(f"{_BEFORE_MIGRATIONS}*.zip"))[:-KEPT]:
        old.unlink(missing_ok=True)
    logger.info("the database was backed up to %s before it is brought up to date", output)
    return output


def _write(output: Path) -> None:
    """Write beside the output and rename, so that an earlier backup of that name stays until this one is whole."""
    try:
        if output.is_dir():
            raise BackupProblem(f"{output} is a folder. Name a file in it.")
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=output.parent) as folder:
            # a temporary folder is its owner's alone, and so is the file in it
            temporary = Path(folder) / "backup.zip"
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                write_archive(file, _contents(), _parts(Path(folder)))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(output)
        sync_folder(output.parent)
    except OSError as error:
        raise BackupProblem(f"The backup {output} cannot be written: {error.strerror or error}.") from None
    except (sqlite3.Error, DatabaseError) as error:
        raise BackupProblem(f"The backup {output} cannot be written: the database says {error}.") from None


def _contents() -> Contents:
    applied = MigrationRecorder(connection).applied_migrations()
    return Contents(
        version=program_version(),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        engine=connection.vendor,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        hashes={},
    )


def _parts(folder: Path) -> dict[str, Path]:
    parts: dict[str, Path] = {}
    if connection.vendor == "sqlite":
        parts[DATABASE_NAME] = folder / DATABASE_NAME
        _copy_database(Path(str(connection.settings_dict["NAME"])), parts[DATABASE_NAME])
    # after the database: what the journal knows more than the rows is adopted at the next start
    journal = Path(settings.DATA_DIR) / JOURNAL_NAME
    if journal.exists():
        parts[JOURNAL_NAME] = journal
    return parts


def _copy_database(source: Path, target: Path) -> None:
    """Copy an SQLite database by its online backup, which sees one state and stops nobody, without its sessions."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        # one file, without a write-ahead log beside it
        new.execute("PRAGMA journal_mode=DELETE")
        for table in _EMPTIED:
            with suppress(sqlite3.OperationalError):
                new.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        new.commit()
        # what was deleted is still in the free pages until the file is written anew
        new.execute("VACUUM")


def program_version() -> str:
    """Return the version of Dailies, which runs from its folder and is mostly not installed as a package."""
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version("dailies")
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return str(project["version"])
