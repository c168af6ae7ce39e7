"""Where the studio listens, and by which name people and other programs reach it there."""

from __future__ import annotations

import errno
import socket
from typing import Any

from django.http.request import validate_host

from config.studio.startup import CannotStart

LOOPBACK_BY_WILDCARD = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
"""For "all addresses of this machine": the one that works on the machine itself."""
# connections that wait while the web process is restarted
_BACKLOG = 512


def bind(host: str, port: int, count: int = 1) -> list[socket.socket]:
    """Return `count` sockets on one port; port 0 lets the system choose. Connections are refused until `listen()`.

    Raise CannotStart where that is not possible.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        first = _bound(family, address[:2])
        return [first] if count == 1 else _share(first, count)
    except socket.gaierror:
        raise CannotStart(f"--host {host} is not an address of this machine.") from None
    except OSError as error:
        raise CannotStart(_explain(error, host, port)) from None


def listen(sockets: list[socket.socket]) -> None:
    """Let bound sockets take connections, which the system deals out to them. Raise CannotStart."""
    address = sockets[0].getsockname()[:2]
    try:
        # a port that is shared would also be shared with another studio, which has begun at the same time
        _bound(sockets[0].family, address).close()
        for each in sockets:
            each.listen(_BACKLOG)
    except OSError as error:
        raise CannotStart(_explain(error, *address)) from None


def _share(first: socket.socket, count: int) -> list[socket.socket]:
    """Return so many sockets on the port of a first one, which has shown that nobody else is there."""
    address, family = first.getsockname()[:2], first.family
    first.close()
    return [_bound(family, address, shared=True) for _ in range(count)]


def _bound(family: int, address: tuple[Any, ...], *, shared: bool = False) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # as socket.create_server() does: a port is free again as soon as its last owner has ended
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken. Stop what uses it, or choose another one with --port."
    if error.errno == errno.EACCES:
        return f"port {port} needs root. Choose one above 1023 with --port."
    return f"nothing can listen on {host}, port {port}: {error.strerror}."


def url_host(host: str) -> str:
    """Return the host part of a URL that works on this machine, IPv6 in brackets."""
    host = LOOPBACK_BY_WILDCARD.get(host, host)
    return f"[{host}]" if ":" in host else host


def request_host(allowed: list[str]) -> str:
    """Return a `Host` header that Django accepts, for requests of our own, out of ALLOWED_HOSTS."""
    first = allowed[0]
    return "localhost" if first == "*" else first.removeprefix(".")


def access_warning(host: str, allowed: list[str]) -> str | None:
    """Return one line when ALLOWED_HOSTS refuses the address that is printed, or the one that others would use."""
    here = url_host(host)
    if not validate_host(here, allowed):
        return f"ALLOWED_HOSTS does not have {here}. Open the studio at one of {', '.join(allowed)}, or add it there."
    if host in LOOPBACK_BY_WILDCARD and all(_is_local(name) for name in allowed):
        return "Other machines cannot open the studio yet. Set ALLOWED_HOSTS to the name or address that they use."
    return None


def _is_local(name: str) -> bool:
    return name.strip("[].") in ("localhost", "127.0.0.1", "::1")
