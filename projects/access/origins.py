"""Whether a page of ours sends a request, by the address that the browser names, and what is wrong if it does not.

Behind a proxy the studio knows its own address from the proxy alone: from `Host`, and from `X-Forwarded-Proto` with
BEHIND_HTTPS_PROXY. Where the proxy changes them, the browser's address is another one than the studio's.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
HOST_ADVICE = gettext_noop(
    "Let the proxy pass on the Host header (nginx: proxy_set_header Host $http_host), and name that "
    "host in ALLOWED_HOSTS."
)
SCHEME_ADVICE = gettext_noop("Set BEHIND_HTTPS_PROXY=on, and let the proxy send X-Forwarded-Proto.")


def has_host(origin: str, host: str) -> bool:
    """Return whether an origin, `https://film.example`, is at the host that a `Host` header names."""
    parts = _split(origin)
    return parts is not None and _host(parts, parts.scheme) == _host(_split(f"//{host}"), parts.scheme)


def refusal(request: HttpRequest) -> str:
    """Return why a request seems to come from a page of another address; empty where it does not."""
    own = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin", "")
    # as Django does: without an Origin the Referer counts, for HTTPS
    if not origin and request.is_secure() and (referer := _split(request.headers.get("Referer", ""))):
        origin = f"{referer.scheme}://{referer.netloc}"
    return explain(origin, own) if origin and origin != own else ""


def explain(origin: str, own: str) -> str:
    """Return in two sentences that a page was opened at `origin` and not at `own`, and which setting may be wrong."""
    parts = _split(origin)
    is_same_scheme = parts is None or parts.scheme == own.partition("://")[0]
    advice = [] if has_host(origin, own.partition("://")[2]) else [_(HOST_ADVICE)]
    advice += [] if is_same_scheme else [_(SCHEME_ADVICE)]
    return " ".join(
        [
            _("The page was opened at {origin}, but the request reached the studio as {own}.").format(
                origin=origin, own=own
            ),
            *(advice or [_(HOST_ADVICE)]),
        ]
    )


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        # raises ValueError for a port that is none
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _host(parts: SplitResult | None, scheme: str) -> tuple[str | None, int | None] | None:
    return parts and (parts.hostname, parts.port or DEFAULT_PORTS.get(scheme))
