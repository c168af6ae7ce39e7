"""Where the studio listens, and how people and machines reach it there."""

from __future__ import annotations

import errno
import socket

from django.http.request import validate_host

from config.studio.cannot_start import CannotStart

# what "all addresses" of a machine means for a person who sits at it
LOOPBACK_FOR_ALL = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
# callers that wait while the web process is started again
BACKLOG = 512


def listen(host: str, port: int) -> socket.socket:
    """Port 0 lets the system choose."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except socket.gaierror:
        raise CannotStart(f"--host {host} is no address of this machine.") from None
    except OSError as error:
        raise CannotStart(_why(error, host, port)) from None


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken: stop what uses it, or choose another one with --port."
    if error.errno == errno.EACCES:
        return f"port {port} is not for ordinary users: choose one above 1023 with --port."
    return f"nothing can listen on {host}, port {port}: {error.strerror}."


def host_of(host: str) -> str:
    """A name or number that works on this machine, for a URL."""
    host = LOOPBACK_FOR_ALL.get(host, host)
    return f"[{host}]" if ":" in host else host


def allowed_host(allowed: list[str]) -> str:
    """What a request of our own calls the studio, so that Django answers it."""
    first = allowed[0]
    return "localhost" if first == "*" else first.removeprefix(".")


def warning(host: str, allowed: list[str]) -> str | None:
    """One line when the address that is printed, or the one others would use, gets a 400."""
    here = host_of(host)
    if not validate_host(here, allowed):
        return f"ALLOWED_HOSTS does not have {here}: open the studio by one of {', '.join(allowed)}, or add it there."
    if host in LOOPBACK_FOR_ALL and all(_is_local(name) for name in allowed):
        return "Other machines get no page: set ALLOWED_HOSTS to the name or address by which they reach this one."
    return None


def _is_local(name: str) -> bool:
    return name.strip("[].") in ("localhost", "127.0.0.1", "::1")
