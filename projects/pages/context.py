"""Template variables about the person, for every page."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest

from projects.models import Preferences


def person(request: HttpRequest) -> dict[str, object]:
    """Return `theme`, which is read when a template asks for it, and once."""
    return {"theme": cache(lambda: theme(request))}


def theme(request: HttpRequest) -> str:
    """Return the person's theme; before the sign-in, the one chosen last in this browser; dark if none was chosen."""
    # a request that was refused early, such as one with a wrong host, has no user
    user = getattr(request, "user", None)
    kept = Preferences.objects.filter(user=user).first() if user and user.is_authenticated else None
    name = kept.theme if kept else request.COOKIES.get("theme", "")
    return name if name in Preferences.Theme.values else Preferences.Theme.DARK
