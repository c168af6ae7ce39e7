"""Restore a backup into a folder that no studio has used."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config.backup.archive import DATABASE_NAME, JOURNAL_NAME, BackupProblem, Contents, extract, read_contents
from config.studio.startup import CannotStart, lock_data_dir
from projects.disk.flush import sync_folder
from projects.web.backups import BACKUP_FOLDER

# what is there before a studio has run: the key that any command creates, and what was copied there by hand
_HARMLESS = {"secret_key", "studio.lock", BACKUP_FOLDER}


def restore_backup(file: Path) -> Contents:
    """Put the database and the journal of a backup where the settings say. Raise BackupProblem, and change nothing."""
    contents = read_contents(file)
    _check_version(file, contents)
    _check_engine(file, contents)
    try:
        with lock_data_dir(settings.DATA_DIR):
            _check_unused()
            _restore(file, contents)
    except CannotStart as error:
        raise BackupProblem(f"Nothing was restored: {error}") from None
    return contents


def _check_version(file: Path, contents: Contents) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if not set(contents.migrations) <= known:
        raise BackupProblem(f"{file} was made by a later version ({contents.version}). Update Dailies first.")


def _check_engine(file: Path, contents: Contents) -> None:
    if contents.engine == connection.vendor:
        return
    if contents.engine == "sqlite":
        raise BackupProblem(f"{file} has an SQLite database. Restore it without DATABASE_URL.")
    raise BackupProblem(f"{file} is of a studio with PostgreSQL. Set DATABASE_URL to the database that you restored.")


def _check_unused() -> None:
    data_dir = Path(settings.DATA_DIR)
    # the films may have been copied first
    harmless = {*_HARMLESS, Path(settings.PROJECTS_ROOT).name}
    used = sorted(entry.name for entry in data_dir.iterdir() if entry.name not in harmless)
    if connection.vendor == "sqlite" and _database().exists() and _database().name not in used:
        used.append(str(_database()))
    if used:
        raise BackupProblem(f"DATA_DIR {data_dir} is in use: it has {used[0]}. Choose an empty folder as DATA_DIR.")


def _database() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _restore(file: Path, contents: Contents) -> None:
    """Extract and check everything first, then give each part its name, the database last."""
    targets = {JOURNAL_NAME: Path(settings.DATA_DIR) / JOURNAL_NAME}
    if connection.vendor == "sqlite":
        targets[DATABASE_NAME] = _database()
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.DATA_DIR) as folder:
        extract(file, contents, Path(folder))
        if connection.vendor == "sqlite":
            _check_database(file, Path(folder) / DATABASE_NAME)
        try:
            for name, target in targets.items():
                if name in contents.hashes:
                    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    (Path(folder) / name).replace(target)
                    sync_folder(target.parent)
        except OSError as error:
            raise BackupProblem(f"{file} cannot be restored: {error.strerror}.") from None


def _check_database(file: Path, database: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            answer = str(copy.execute("PRAGMA quick_check").fetchone()[0])
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        raise BackupProblem(f"{file} is damaged: its database says {answer}. Use another backup.")
