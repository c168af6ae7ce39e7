"""`manage.py settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.environment import SETTINGS, Environment, Setting, without_password


class Command(BaseCommand):
    """Show every setting; a secret only as set or not."""

    help = "Show every setting, its value, and where it comes from."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each setting."""
        environment: Environment = settings.ENVIRONMENT
        known = [*SETTINGS, *environment.numbered()]
        rows = [(setting.name, _value(setting, environment), environment.source(setting.name)) for setting in known]
        rows += [(name, "no setting of Dailies", place) for name, place in environment.others()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
            self.stdout.write("  ".join(cells).rstrip())


def _value(setting: Setting, environment: Environment) -> str:
    """Return what is in force; in words where it is not set and Django's settings do not have it by that name."""
    given, source = environment.text(setting.name), environment.source(setting.name)
    if setting.secret:
        return setting.default if source.startswith("default") else "***"
    if setting.name in ("DATABASE_URL", "REDIS_URL") or not hasattr(settings, setting.name):
        return without_password(given) or setting.default
    words = _words(getattr(settings, setting.name))
    is_raised = setting.name == "RUNWAY_POLL_SECONDS" and given and float(given) != settings.RUNWAY_POLL_SECONDS
    return f"{words}, the least at Runway, instead of {given}" if is_raised else words


def _words(value: object) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case list():
            return ", ".join(map(str, value)) or "none"
        case float():
            return f"{value:g}"
        case Path() | str():
            return without_password(str(value))
    return str(value)
