"""Connections to public addresses only, within one time limit for everything together.

The check is made where the connection is made: whatever a name resolves to at that moment is checked, and the
connection goes to the checked address. So neither a second answer of the DNS nor a redirect leads around it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import math
import queue
import socket
import threading
import time
from collections.abc import Iterable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from projects.net.errors import AddressRefused, AddressUnreachable
from projects.net.public_ip import is_public
from projects.translation import gettext as _


class ConnectionGuard:
    """Opens the connections of one fetch, each to a checked address, and cuts them when the time is over."""

    def __init__(
        self, seconds: float, *, allow_private: bool = False, trusted_host: str = "", connect_seconds: float = math.inf
    ) -> None:
        """Start the time limit of `seconds`, in which each connection may take `connect_seconds`.

        `allow_private` switches the check of addresses off, `trusted_host` for one host.
        """
        self._ends_at = time.monotonic() + seconds
        self._allow_private = allow_private
        self._trusted_host = _normal(trusted_host)
        self._connect_seconds = connect_seconds
        self._sockets: list[socket.socket] = []
        self.expired = False
        # a socket's own timeout starts again with each byte; this one does not
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def seconds_left(self) -> float:
        """Return the seconds that are left, and never 0, which a socket takes for "do not wait"."""
        return max(0.01, self._ends_at - time.monotonic())

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connected socket.

        Raise AddressRefused where the name has a private address, AddressUnreachable where it has none, OSError where
        no connection can be made.
        """
        addresses = self.check_host(host, port)
        last_error: OSError = OSError("no address")
        for family, address in addresses:
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                connection.settimeout(self._seconds_to_connect())
                connection.connect(address)
                # a duplicate, since TLS detaches the socket itself
                self._sockets.append(connection.dup())
            except OSError as error:
                connection.close()
                last_error = error
            else:
                return connection
        raise last_error

    def check_host(self, host: str, port: int) -> list[tuple[int, Any]]:
        """Return the address families and addresses of a host that may be opened. Raise as `connect()` does."""
        addresses = self._resolve(host.strip("[]"), port)
        self._check(host, [str(address[0]) for _, address in addresses])
        return addresses

    def check_number(self, host: str) -> None:
        """Raise AddressRefused where a host is a number inside. For what a proxy opens, which looks up the names."""
        with contextlib.suppress(ValueError):
            self._check(host, [str(ipaddress.ip_address(host.strip("[]")))])

    def _check(self, host: str, numbers: Iterable[str]) -> None:
        is_trusted = self._allow_private or _normal(host) == self._trusted_host
        if not is_trusted and not all(map(is_public, numbers)):
            message = _("it leads to {host}, an address inside a private network, which Dailies does not open.").format(
                host=host
            )
            raise AddressRefused(message)

    def _seconds_to_connect(self) -> float:
        return min(self.seconds_left(), self._connect_seconds)

    def _resolve(self, host: str, port: int) -> list[tuple[int, Any]]:
        """Return the address families and addresses of a name, within the time limit."""
        answers: queue.SimpleQueue[list[tuple[int, Any]] | Exception] = queue.SimpleQueue()

        def resolve() -> None:
            try:
                infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                answers.put([(family, address) for family, _, _, _, address in infos])
            except (OSError, UnicodeError) as error:
                answers.put(error)

        # nothing can interrupt getaddrinfo, so a thread that takes too long is left behind
        threading.Thread(target=resolve, daemon=True, name="resolve").start()
        try:
            answer = answers.get(timeout=self._seconds_to_connect())
        except queue.Empty:
            raise AddressUnreachable(_("Looking up {host} took too long.").format(host=host)) from None
        if isinstance(answer, Exception):
            raise AddressUnreachable(_("{host} cannot be found. Is the name right?").format(host=host)) from answer
        return answer

    def _cut(self) -> None:
        self.expired = True
        for connection in self._sockets:
            # it may be closed already
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop the time limit and close what is open."""
        self._timer.cancel()
        for connection in self._sockets:
            connection.close()


def _normal(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


class GuardedAdapter(HTTPAdapter):
    """The transport of requests with connections that a guard opens. TLS still checks the host's name."""

    def __init__(self, guard: ConnectionGuard) -> None:
        """Use `guard` for every connection."""
        self._guard = guard
        super().__init__()

    def __enter__(self) -> GuardedAdapter:
        """Return the adapter itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the pool."""
        self.close()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Replace the classes of the pool by ones that connect through the guard."""
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pool_classes(self._guard)


def _pool_classes(guard: ConnectionGuard) -> dict[str, Any]:
    class GuardedHTTPConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port)

    class GuardedHTTPSConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port)

    class GuardedHTTPPool(HTTPConnectionPool):
        ConnectionCls = GuardedHTTPConnection

    class GuardedHTTPSPool(HTTPSConnectionPool):
        ConnectionCls = GuardedHTTPSConnection

    return {"http": GuardedHTTPPool, "https": GuardedHTTPSPool}
