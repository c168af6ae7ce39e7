"""Who may read `/metrics`: programs on this machine, and whoever has a token for it."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from projects.access.tokens import find_token
from projects.models import ApiToken

# a proxy on this machine adds one of them, and then the caller is somebody else
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def may_read_metrics(request: HttpRequest) -> bool:
    """Return whether the caller is on this machine, without a proxy between, or sends a token of staff for metrics."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        token = find_token(text.strip(), ApiToken.Scope.METRICS) if scheme.lower() == "bearer" else None
        return token is not None and token.user.is_staff
    return _is_on_this_machine(request)


def _is_on_this_machine(request: HttpRequest) -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False
