"""What `manage.py diagnostics` gathers: what somebody needs who helps from afar, and no secret."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis.exceptions
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from config.backup.write import program_version
from config.environment import SETTINGS, Environment, without_password
from generation.engine import queues
from generation.engine.job_counts import count_by_state, oldest_unfinished_seconds, poll_lateness_seconds
from generation.models import RunwayState
from projects.web.backups import last_backup_at
from projects.web.troubles import read_troubles

_PACKAGES = ("django", "channels", "daphne", "redis", "rq", "requests", "pillow", "av", "psycopg")
_LOG_BYTES = 64 * 1024


def write_diagnostics(output: Path) -> None:
    """Write a ZIP archive for its owner alone. Raise OSError."""
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, read in PARTS.items():
            archive.writestr(f"{name}.json", json.dumps(_or_error(read), indent=1, default=str))
        for log in sorted(Path(settings.DATA_DIR).glob("**/*.log")):
            if log.is_relative_to(settings.PROJECTS_ROOT) or log.is_symlink():
                continue
            archive.writestr(f"logs/{log.name}", _last_lines(log))


def _or_error(read: Callable[[], Any]) -> Any:
    """Return what is read; where the database or Redis is away, the error instead."""
    try:
        return read()
    except (DatabaseError, redis.exceptions.RedisError, OSError) as error:
        return {"error": f"{type(error).__name__}: {without_password(str(error))}"}


def _settings() -> dict[str, dict[str, str]]:
    environment: Environment = settings.ENVIRONMENT
    shown: dict[str, dict[str, str]] = {}
    for setting in (*SETTINGS, *environment.numbered()):
        text, source = environment.text(setting.name), environment.source(setting.name)
        value = ("set" if text else "not set") if setting.secret else without_password(text)
        shown[setting.name] = {"value": value, "from": source}
    return shown


def _versions() -> dict[str, str]:
    packages = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {
        "dailies": program_version(),
        "python": sys.version,
        "system": platform.platform(),
        "processors": str(os.cpu_count()),
        "sqlite": sqlite3.sqlite_version,
        "database": connection.vendor,
        **packages,
    }


def _counts() -> dict[str, int]:
    """Return how many rows each of our tables has."""
    models = [
        model for name in ("projects", "generation", "film", "auth") for model in apps.get_app_config(name).get_models()
    ]
    return {model._meta.label: model._default_manager.order_by().count() for model in models}


def _migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _jobs() -> dict[str, Any]:
    return {
        "byState": count_by_state(),
        "oldestUnfinishedSeconds": oldest_unfinished_seconds(),
        "pollLatenessSeconds": poll_lateness_seconds(),
    }


def _queues() -> dict[str, Any]:
    return {
        "live workers": queues.count_live_workers(),
        **queues.count_waiting(),
    }


def _runway() -> dict[str, Any]:
    """Return the last contact with Runway. Its message may quote an answer, and no answer has the key."""
    columns = ("condition", "message", "since", "organization_at")
    return dict(RunwayState.objects.filter(pk=1).values(*columns).first() or {})


def _troubles() -> dict[str, Any]:
    return {"processes": read_troubles(), "lastBackup": last_backup_at()}


def _last_lines(log: Path) -> bytes:
    """Return the end of a log, from the beginning of a line on."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - _LOG_BYTES, 0))
            content = file.read(_LOG_BYTES)
    except OSError as error:
        return str(error).encode()
    return content if size <= _LOG_BYTES else content.partition(b"\n")[2]


PARTS: dict[str, Callable[[], Any]] = {
    "settings": _settings,
    "versions": _versions,
    "migrations": _migrations,
    "counts": _counts,
    "jobs": _jobs,
    "queues": _queues,
    "runway": _runway,
    "troubles": _troubles,
}
"""The files of the archive, each with what is in it."""
