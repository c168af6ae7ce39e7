"""Values out of project.json and scene.json, which people and other versions of this program may have written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from projects.disk.layout import TRASH
from projects.disk.trash import move_to_trash
from projects.problems import Problem
from projects.text.json_input import load_kept_json


def read_json(path: Path, notes: list[str]) -> dict[str, Any]:
    """Return the object in a JSON file; empty without a file.

    A file that is not a JSON object goes to the trash, since the program writes its own in its place; `notes` says so.
    """
    try:
        data = load_kept_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        data = None
    if isinstance(data, dict):
        return data
    kept = move_to_trash(path, path.parent / TRASH)
    notes.append(_("{path} cannot be read; it is kept as {kept}.").format(path=path, kept=kept))
    return {}


def entries(data: Mapping[str, Any], part: str, *names: str) -> list[dict[str, Any]]:
    """Return the objects in the lists `data[part][name]`, whatever else stands there."""
    lists = data[part] if isinstance(data.get(part), dict) else {}
    return [entry for name in names for entry in objects(lists.get(name))]


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects in a list; none for anything else."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def moment(text: object, default: datetime | None = None) -> datetime:
    """Return an ISO time with its zone; `default` for anything else, which is now without one."""
    try:
        value = datetime.fromisoformat(str(text))
    except ValueError:
        return default or timezone.now()
    # a time without a zone says nothing: it may be from a machine in another one
    return value if value.tzinfo else default or timezone.now()


@contextmanager
def skip_bad_entry(notes: list[str], name: str) -> Iterator[None]:
    """Leave out an entry whose values make no row, and note why; the other entries are not touched."""
    try:
        # a savepoint: on PostgreSQL an error would otherwise end the transaction around all entries
        with transaction.atomic():
            yield
    except (ValidationError, IntegrityError, Problem, LookupError, ValueError, TypeError) as error:
        notes.append(_("{name} was left out: {error}").format(name=name, error=str(error).splitlines()[0]))
