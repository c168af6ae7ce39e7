"""An address that a person gave → bytes. Never from a private, loopback, link-local or metadata address.

The check stands where the connection is made: whatever a name resolves to at that moment is checked, and the
connection goes to the checked address. So a second answer of the DNS, or a redirect, has no way around it.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from projects.net.public_ip import is_public

SECONDS = 10.0
MAX_REDIRECTS = 3
MAX_LENGTH = 2048
_HEADERS = {"User-Agent": "Dailies", "Accept": "image/*, */*;q=0.5", "Accept-Encoding": "identity"}
_CHUNK = 64 * 1024
_FORM = "it must be a whole http or https address without spaces, like https://example.org/a.jpg."


class AddressRefused(Exception):
    """It must not be opened, or it gives nothing. The text is one clause for the person who gave it."""


class AddressUnreachable(Exception):
    """The network does not lead there within the time."""


class AddressTooLarge(Exception):
    """More bytes than the limit."""


def fetch(address: str, *, limit: int, seconds: float = SECONDS, allow_private: bool = False) -> bytes:
    """At most `limit` bytes, within `seconds` for everything together: names, redirects, body."""
    guard = _Guard(seconds, allow_private)
    try:
        found = _follow(address, limit, guard)
        # to the reader a connection that was cut looks like the end of what has no length
        if guard.expired:
            raise TimeoutError
    except (requests.exceptions.InvalidURL, urllib3.exceptions.LocationParseError) as error:
        raise AddressRefused(_FORM) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        host = _host(address)
        if guard.expired:
            raise AddressUnreachable(f"{host} did not answer in full within {seconds:g} seconds.") from error
        reason = "its certificate does not hold" if "CERTIFICATE_VERIFY" in str(error) else "the connection failed"
        raise AddressUnreachable(f"{host} cannot be reached: {reason}.") from error
    finally:
        guard.close()
    return found


@contextlib.contextmanager
def streamed(
    address: str, headers: Mapping[str, str], *, seconds: float, silence: float
) -> Iterator[requests.Response]:
    """One answer of a public host as a stream, whatever its status; redirects are not followed.

    `silence`: for how many seconds it may say nothing. AddressRefused, AddressUnreachable, and what requests raises.
    """
    guard = _Guard(seconds, allow_private=False)
    try:
        _check_form(address)
        request = requests.Request("GET", address, headers=dict(headers)).prepare()
        with _PinnedAdapter(guard) as adapter, adapter.send(request, stream=True, timeout=silence) as response:
            yield response
    finally:
        guard.close()


def _follow(address: str, limit: int, guard: _Guard) -> bytes:
    for _ in range(MAX_REDIRECTS + 1):
        _check_form(address)
        # not a Session: that would read a redirect's whole body, and the proxies of the environment
        request = requests.Request("GET", address, headers=_HEADERS).prepare()
        with _PinnedAdapter(guard) as adapter, adapter.send(request, stream=True, timeout=guard.left()) as response:
            if not response.is_redirect:
                return _body(response, limit, _host(address))
            address = urljoin(address, response.headers["Location"])
    raise AddressRefused(f"it redirects more than {MAX_REDIRECTS} times: give the last address.")


def _check_form(address: str) -> None:
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or len(address) > MAX_LENGTH or not address.isprintable() or " " in address or "\\" in address:
        raise AddressRefused(_FORM)
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("an address with a name or a password in it is not opened.")


def _body(response: requests.Response, limit: int, host: str) -> bytes:
    if response.status_code != 200:
        raise AddressRefused(f"{host} answers {response.status_code} instead of a file.")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise AddressRefused(f"{host} sends the file packed, though it was asked not to.")
    length = response.headers.get("Content-Length", "")
    body = bytearray()
    if not (length.isdecimal() and int(length[:20]) > limit):
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    raise AddressTooLarge(f"what {host} sends is larger than {limit / 1024 / 1024:g} MB.")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "it"
    except ValueError:
        return "it"


class _Guard:
    """Opens the connections of one fetch, each to a checked address, and cuts them when the time is over."""

    def __init__(self, seconds: float, allow_private: bool) -> None:
        self._ends = time.monotonic() + seconds
        self._allow_private = allow_private
        self._sockets: list[socket.socket] = []
        self.expired = False
        # a time-out of a socket counts anew with each byte; this one does not
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def left(self) -> float:
        return max(0.01, self._ends - time.monotonic())

    def connect(self, host: str, port: int) -> socket.socket:
        found = self._resolve(host.strip("[]"), port)
        if not self._allow_private and not all(is_public(str(address[0])) for _, address in found):
            raise AddressRefused(f"{host} is an address inside a private network, which is not opened.")
        error: OSError = OSError("no address")
        for family, address in found:
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                connection.settimeout(self.left())
                connection.connect(address)
                # a copy, since TLS takes the socket itself away
                self._sockets.append(connection.dup())
            except OSError as failure:
                connection.close()
                error = failure
            else:
                return connection
        raise error

    def _resolve(self, host: str, port: int) -> list[tuple[int, Any]]:
        answers: queue.SimpleQueue[list[tuple[int, Any]] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                answers.put([(family, address) for family, _, _, _, address in found])
            except (OSError, UnicodeError) as error:
                answers.put(error)

        # nothing can interrupt getaddrinfo: it is left behind when it takes too long
        threading.Thread(target=ask, daemon=True, name="resolve").start()
        try:
            answer = answers.get(timeout=self.left())
        except queue.Empty:
            raise AddressUnreachable(f"{host} cannot be found in time.") from None
        if isinstance(answer, Exception):
            raise AddressUnreachable(f"{host} cannot be found: is the name right?") from answer
        return answer

    def _cut(self) -> None:
        self.expired = True
        for connection in self._sockets:
            # it may be closed already
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._timer.cancel()
        for connection in self._sockets:
            connection.close()


class _PinnedAdapter(HTTPAdapter):
    """requests' transport whose connections the guard opens; TLS still names and checks the host."""

    def __init__(self, guard: _Guard) -> None:
        self._guard = guard
        super().__init__()

    def __enter__(self) -> _PinnedAdapter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pool_classes(self._guard)


def _pool_classes(guard: _Guard) -> dict[str, Any]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
