"""Template variables about the person, for every page."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest

from projects.models import Preferences


def person(request: HttpRequest) -> dict[str, object]:
    return {"theme": cache(lambda: theme(request))}


def theme(request: HttpRequest) -> str:
    """The person's own; before anybody has signed in, what was chosen last in this browser."""
    user = getattr(request, "user", None)
    kept = Preferences.objects.filter(user=user).first() if user and user.is_authenticated else None
    found = kept.theme if kept else request.COOKIES.get("theme", "")
    return found if found in Preferences.Theme.values else Preferences.Theme.SYSTEM
