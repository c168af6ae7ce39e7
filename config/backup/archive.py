"""The file of a backup: a ZIP archive with the database, the journal of Runway's tasks, and a list of both.

It has neither the settings with the Runway key, nor the key that signs cookies, nor sessions: with those in hand
somebody could act as any person, and a restored studio does without, since people sign in again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FORMAT = 1
"""The number of this layout; a later one is refused, since this version cannot know what is in it."""
LIST_NAME = "backup.json"
DATABASE_NAME = "dailies.sqlite3"
JOURNAL_NAME = "journal/runway-tasks.jsonl"
_PARTS = frozenset({DATABASE_NAME, JOURNAL_NAME})
_CHUNK = 1024 * 1024


class BackupProblem(Exception):
    """Why a backup cannot be written, read or restored: one sentence that says what to do."""


@dataclass(frozen=True)
class Contents:
    """What the list of a backup says: who wrote it and when, which migrations it has, and a SHA-256 of each part."""

    version: str
    created_at: str
    engine: str
    """`sqlite`, or `postgresql` for a backup without the database."""
    migrations: list[str]
    """As `app.name`, all that were applied."""
    hashes: dict[str, str]


def write_archive(file: IO[bytes], contents: Contents, parts: dict[str, Path]) -> None:
    """Write the parts, by their name in the archive, and the list with their hashes last. Raise OSError."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        hashes = {name: _store(archive, name, path) for name, path in parts.items()}
        values = {
            "format": FORMAT,
            "version": contents.version,
            "createdAt": contents.created_at,
            "database": contents.engine,
            "migrations": contents.migrations,
            "sha256": hashes,
        }
        archive.writestr(LIST_NAME, json.dumps(values, indent=1))


def _store(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def read_contents(path: Path) -> Contents:
    """Return what the list of a backup says. Raise BackupProblem for what is none, is damaged, or is of a later format.

    The parts are not read yet.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            values = json.loads(archive.read(LIST_NAME))
            if values["format"] > FORMAT:
                raise BackupProblem(f"{path} was made by a later version ({values['version']}). Update Dailies first.")
            return Contents(
                version=str(values["version"]),
                created_at=str(values["createdAt"]),
                engine=str(values["database"]),
                migrations=[str(name) for name in values["migrations"]],
                hashes={str(name): str(digest) for name, digest in values["sha256"].items()},
            )
    except OSError as error:
        raise BackupProblem(f"{path} cannot be read: {error.strerror}.") from None
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, AttributeError, EOFError, zlib.error):
        raise BackupProblem(f"{path} is no backup of Dailies, or is damaged.") from None


def extract(path: Path, contents: Contents, folder: Path) -> None:
    """Write the parts that are known into an empty folder. Raise BackupProblem for a damaged one or a full disk."""
    if not contents.hashes.keys() <= _PARTS:
        raise BackupProblem(f"{path} has files that no backup of Dailies has. Nothing was restored.")
    try:
        with zipfile.ZipFile(path) as archive:
            for name, digest in contents.hashes.items():
                if _extract_one(archive, name, folder / name) != digest:
                    raise BackupProblem(f"{path} is damaged: {name} is not as it was written. Use another backup.")
    except OSError as error:
        raise BackupProblem(f"{path} cannot be restored: {error.strerror}.") from None
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, RuntimeError):
        raise BackupProblem(f"{path} is damaged. Use another backup.") from None


def _extract_one(archive: zipfile.ZipFile, name: str, target: Path) -> str:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with archive.open(name) as source, target.open("xb") as file:
        target.chmod(0o600)
        shutil.copyfileobj(source, file, _CHUNK)
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
