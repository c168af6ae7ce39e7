"""Fetch what is at an address that a person gave: never from a private, loopback, link-local or metadata address."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from projects.net.connections import ConnectionGuard, GuardedAdapter
from projects.net.errors import AddressMalformed, AddressRefused, AddressTooLarge, AddressUnreachable

DEFAULT_SECONDS = 10.0
MAX_REDIRECTS = 3
# in characters: of an address that a person gives, and of a signed link of a file store
MAX_LENGTH = 2048
MAX_LINK_LENGTH = 8192
_HEADERS = {"User-Agent": "Dailies", "Accept": "image/*, */*;q=0.5", "Accept-Encoding": "identity"}
_CHUNK_BYTES = 64 * 1024


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
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        host = _host(address)
        if guard.expired:
            raise AddressUnreachable(f"{host} did not answer in full within {seconds:g} seconds.") from error
        reason = "its certificate is not valid" if "CERTIFICATE_VERIFY" in str(error) else "the connection failed"
        raise AddressUnreachable(f"{host} cannot be reached: {reason}.") from error
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
) -> Iterator[requests.Response]:
    """Open what is at an address as a stream, whatever the status. Redirects are followed with the same headers.

    Only `trusted_host` may have a private address. `seconds` is for everything together, `connect_seconds` for each
    connection, and `read_seconds` is how long a host may send nothing. Raise AddressRefused or AddressUnreachable, and
    what requests raises.
    """
    guard = ConnectionGuard(seconds, trusted_host=trusted_host, connect_seconds=connect_seconds)
    try:
        with _open(address, headers, guard, read_seconds, MAX_LINK_LENGTH) as response:
            yield response
    finally:
        guard.close()


def _follow(address: str, limit: int, guard: ConnectionGuard) -> bytes:
    with _open(address, _HEADERS, guard, math.inf, MAX_LENGTH) as response:
        return _body(response, limit, _host(str(response.url)))


@contextlib.contextmanager
def _open(
    address: str, headers: Mapping[str, str], guard: ConnectionGuard, read_seconds: float, max_length: int
) -> Iterator[requests.Response]:
    """Open the first answer that is no redirect. Each address is checked, and each connection goes through `guard`."""
    for _ in range(MAX_REDIRECTS + 1):
        _check_form(address, max_length)
        timeout = min(guard.seconds_left(), read_seconds)
        with GuardedAdapter(guard) as adapter, _send(adapter, address, headers, timeout) as response:
            if not response.is_redirect:
                yield response
                return
            address, max_length = _next_address(response), MAX_LINK_LENGTH
    raise AddressRefused(f"it redirects more than {MAX_REDIRECTS} times.")


def _next_address(response: requests.Response) -> str:
    """Return where a redirect leads, with blanks and letters of any language quoted, as browsers do."""
    location = response.headers["Location"].encode("latin-1").decode("utf-8", "replace")
    try:
        return urljoin(str(response.url), requests.utils.requote_uri(location))
    except ValueError:
        raise AddressMalformed(location) from None


def _send(adapter: GuardedAdapter, address: str, headers: Mapping[str, str], timeout: float) -> requests.Response:
    # not a Session, which would read the whole body of a redirect, and use the proxies of the environment
    try:
        request = requests.Request("GET", address, headers=dict(headers)).prepare()
        return adapter.send(request, stream=True, timeout=timeout)
    except (requests.exceptions.InvalidURL, urllib3.exceptions.LocationParseError, UnicodeError) as error:
        raise AddressMalformed(address) from error


def _check_form(address: str, max_length: int) -> None:
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or len(address) > max_length or not address.isprintable() or " " in address or "\\" in address:
        raise AddressMalformed(address)
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("an address with a name or a password in it is not opened.")


def _body(response: requests.Response, limit: int, host: str) -> bytes:
    if response.status_code != 200:
        raise AddressRefused(f"{host} answers {response.status_code} instead of a file.")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        # a small compressed answer may unpack to any size
        raise AddressRefused(f"{host} sends the file compressed, though it was asked not to.")
    announced = response.headers.get("Content-Length", "")
    body = bytearray()
    if not (announced.isdecimal() and int(announced[:20]) > limit):
        for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=False):
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
