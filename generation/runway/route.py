"""The way to Runway: the proxy of the environment, and the authorities that may certify the other side.

Both are for what Runway names: its API, its uploads, and its outputs. Addresses that people give are opened without.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypedDict
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy


class Route(TypedDict):
    """What `HTTPAdapter.send()` takes besides the request."""

    proxies: dict[str, str]
    verify: str | bool


def route_to(url: str, ca_bundle: str | None) -> Route:
    """Return the way to an address: HTTPS_PROXY unless NO_PROXY has the host, and a file of authorities or Python's.

    Only for https, which a proxy passes on unread; over http it would see the key.
    """
    parts = urlsplit(url)
    proxy = _proxy(parts.netloc) if parts.scheme == "https" else None
    return {"proxies": {"https": proxy} if proxy else {}, "verify": ca_bundle or True}


class RunwayAdapter(HTTPAdapter):
    """The transport of requests, which takes that way for each request."""

    def __init__(self, ca_bundle: str | None, **options: Any) -> None:
        """Take the file of authorities, or None, and the options of the transport."""
        self._ca_bundle = ca_bundle
        super().__init__(**options)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Send a request, whatever `verify` and `proxies` a session has for it."""
        return super().send(request, **{**options, **route_to(str(request.url), self._ca_bundle)})


@cache
def _proxy(host: str) -> str | None:
    """Return the address of the proxy to a host: the environment of a process stays as it is."""
    url = f"https://{host}"
    return select_proxy(url, get_environ_proxies(url))
