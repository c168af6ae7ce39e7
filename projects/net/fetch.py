"""Fetch what is at an address that a person gave: never from a private, loopback, link-local or metadata address."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from projects.net.connections import ConnectionGuard, GuardedAdapter
from projects.net.errors import AddressMalformed, AddressRefused, AddressTooLarge, AddressUnreachable
from projects.translation import gettext as _

DEFAULT_SECONDS = 10.0
MAX_REDIRECTS = 3
# in characters: of an address that a person gives, and of a signed link of a file store
MAX_LENGTH = 2048
MAX_LINK_LENGTH = 8192
_HEADERS = {"User-Agent": "Dailies", "Accept": "image/*, */*;q=0.5", "Accept-Encoding": "identity"}
_CHUNK_BYTES = 64 * 1024
# https://www.iana.org/assignments/http-parameters, without what is no compression
_COMPRESSIONS = frozenset(
    {"br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip", "x-compress", "x-gzip", "zstd"}
)
# urllib3 undoes more where their packages are installed, and takes half of a brotli stream for a whole one
_UNDONE = frozenset({"deflate", "gzip", "x-gzip"})
RouteTo = Callable[[str], Mapping[str, Any]]
"""Returns for an address what `HTTPAdapter.send()` takes besides: `proxies`, `verify`."""


def no_route(_address: str) -> Mapping[str, Any]:
    """Return that nothing is taken besides: no proxy, and the authorities that Python trusts."""
    return {}


def fetch_bytes(address: str, *, limit: int, seconds: float = DEFAULT_SECONDS, allow_private: bool = False) -> bytes:
    """Return at most `limit` bytes from an address, within `seconds` for names, redirects and body together.

    Raise AddressRefused, AddressTooLarge or AddressUnreachable.
    """
    guard = ConnectionGuard(seconds, allow_private=allow_private)
    try:
        body = _follow(address, limit, guard)
        # where no length was announced, a connection that was cut looks like the end of the file
        if guard.expired:
            raise TimeoutError
    except urllib3.exceptions.DecodeError as error:
        raise AddressRefused(
            _("{host} sends the file compressed, and it cannot be decompressed.").format(host=_host(address))
        ) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        host = _host(address)
        if guard.expired:
            raise AddressUnreachable(
                _("{host} did not answer in full within {seconds:g} seconds.").format(host=host, seconds=seconds)
            ) from error
        reason = _("its certificate is not valid") if "CERTIFICATE_VERIFY" in str(error) else _("the connection failed")
        raise AddressUnreachable(_("{host} cannot be reached: {reason}.").format(host=host, reason=reason)) from error
    finally:
        guard.close()
    return body


@contextlib.contextmanager
def fetch_stream(
    address: str,
    headers: Mapping[str, str],
    *,
    seconds: float,
    connect_seconds: float,
    read_seconds: float,
    trusted_host: str = "",
    route_to: RouteTo = no_route,
) -> Iterator[requests.Response]:
    """Open what is at an address as a stream, whatever the status. Redirects are followed with the same headers.

    Only `trusted_host` may have a private address. `seconds` is for everything together, `connect_seconds` for each
    connection, and `read_seconds` is how long a host may send nothing. Where `route_to` gives a proxy, that looks up
    the host, and only a numeric address is checked here. Raise AddressRefused or AddressUnreachable, and what requests
    raises.
    """
    guard = ConnectionGuard(seconds, trusted_host=trusted_host, connect_seconds=connect_seconds)
    try:
        with _open(address, headers, guard, read_seconds, MAX_LINK_LENGTH, route_to) as response:
            yield response
    finally:
        guard.close()


def _follow(address: str, limit: int, guard: ConnectionGuard) -> bytes:
    with _open(address, _HEADERS, guard, math.inf, MAX_LENGTH) as response:
        return _body(response, limit, _host(str(response.url)))


@contextlib.contextmanager
def _open(
    address: str,
    headers: Mapping[str, str],
    guard: ConnectionGuard,
    read_seconds: float,
    max_length: int,
    route_to: RouteTo = no_route,
) -> Iterator[requests.Response]:
    """Open the first answer that is no redirect. Each address is checked, and each connection goes through `guard`."""
    for _redirect in range(MAX_REDIRECTS + 1):
        check_form(address, max_length)
        timeout, route = min(guard.seconds_left(), read_seconds), route_to(address)
        if route.get("proxies"):
            guard.check_number(_host(address))
        with GuardedAdapter(guard) as adapter, _send(adapter, address, headers, timeout, route) as response:
            if not response.is_redirect:
                yield response
                return
            address, max_length = _next_address(response), MAX_LINK_LENGTH
    raise AddressRefused(_("it redirects more than {max_redirects} times.").format(max_redirects=MAX_REDIRECTS))


def _next_address(response: requests.Response) -> str:
    """Return where a redirect leads, with blanks and letters of any language quoted, as browsers do."""
    location = response.headers["Location"].encode("latin-1").decode("utf-8", "replace")
    try:
        return urljoin(str(response.url), requests.utils.requote_uri(location))
    except ValueError:
        raise AddressMalformed(location) from None


def _send(
    adapter: GuardedAdapter, address: str, headers: Mapping[str, str], timeout: float, route: Mapping[str, Any]
) -> requests.Response:
    # not a Session, which would read the whole body of a redirect, and use the proxies of the environment
    try:
        request = requests.Request("GET", address, headers=dict(headers)).prepare()
        return adapter.send(request, stream=True, timeout=timeout, **route)
    except (requests.exceptions.InvalidURL, urllib3.exceptions.LocationParseError, UnicodeError) as error:
        raise AddressMalformed(address) from error


def check_form(address: str, max_length: int = MAX_LENGTH) -> None:
    """Raise AddressMalformed for what is no http or https address, AddressRefused for one with a password in it."""
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or len(address) > max_length or not address.isprintable() or " " in address or "\\" in address:
        raise AddressMalformed(address)
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(_("an address with a name or a password in it is not opened."))


def _body(response: requests.Response, limit: int, host: str) -> bytes:
    if response.status_code != 200:
        raise AddressRefused(
            _("{host} returned {status_code} instead of a file.").format(host=host, status_code=response.status_code)
        )
    if compression := _unpackable(response):
        raise AddressRefused(
            _("{host} sends the file compressed ({compression}), though it was asked not to.").format(
                host=host, compression=compression
            )
        )
    announced = response.headers.get("Content-Length", "")
    body = bytearray()
    if not (announced.isdecimal() and int(announced[:20]) > limit):
        # urllib3 decompresses no more than a chunk at a time, however large the whole would be
        for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    raise AddressTooLarge(
        _("what {host} sends is larger than {limit:g} MB.").format(host=host, limit=limit / 1024 / 1024)
    )


def _unpackable(response: requests.Response) -> str:
    """Return the compression of a body that cannot be undone here, and leave in the header what can; empty for none.

    Servers of files write there whatever they like, such as `aws-chunked` or `UTF-8`: that is as none.
    """
    tokens = [token.strip().lower() for token in response.headers.get("Content-Encoding", "").split(",")]
    # urllib3 takes any token of a list for a compression
    response.raw.headers["Content-Encoding"] = ", ".join(token for token in tokens if token in _UNDONE)
    return ", ".join(token for token in tokens if token in _COMPRESSIONS - _UNDONE)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "it"
    except ValueError:
        return "it"
