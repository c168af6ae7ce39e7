"""Whether the web server answers, and what it says of the rest."""

from __future__ import annotations

import http.client
import json
import socket

from django.conf import settings

from config.studio import address

_TIMEOUT_SECONDS = 2.0


def health_answer(listener: socket.socket) -> dict[str, object]:
    """Return the answer of `/healthz` of the web server behind `listener`, empty where there is none."""
    host, port = listener.getsockname()[:2]
    server = http.client.HTTPConnection(address.LOOPBACK_BY_WILDCARD.get(host, host), port, timeout=_TIMEOUT_SECONDS)
    try:
        server.request("GET", "/healthz", headers={"Host": address.request_host(settings.ALLOWED_HOSTS)})
        return dict(json.load(server.getresponse()))
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        server.close()
