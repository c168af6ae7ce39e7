"""The names of events. An app above this one registers its own in AppConfig.ready()."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

_EVENTS: dict[str, str] = {
    "job.completed": gettext_noop("A take, picture or sound is on disk"),
    "job.failed": gettext_noop("A generation has failed"),
    "job.cancelled": gettext_noop("A generation was cancelled"),
    "job.unconfirmed": gettext_noop("A request may have been charged, and a person must decide"),
    "batch.started": gettext_noop("A batch was started"),
    "batch.completed": gettext_noop("The last job of a batch has ended"),
    "budget.reached": gettext_noop("A budget is used up, or has refused a request"),
}
TEST = "webhook.test"
"""What the test button sends, whatever the webhook asked for."""


def register(events: dict[str, str]) -> None:
    """Add events, each with what it says in words."""
    _EVENTS.update(events)


def names() -> list[str]:
    """Return the names of all events."""
    return list(_EVENTS)


def descriptions() -> dict[str, str]:
    """Return all events, each with what it says in words."""
    return {name: _(words) for name, words in _EVENTS.items()}
