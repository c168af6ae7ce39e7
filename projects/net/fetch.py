"""Fetch what is at an address that a person gave: never from a private, loopback, link-local or metadata address."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from projects.net.connections import ConnectionGuard, GuardedAdapter
from projects.net.errors import AddressRefused, AddressTooLarge, AddressUnreachable

DEFAULT_SECONDS = 10.0
MAX_REDIRECTS = 3
MAX_LENGTH = 2048
_HEADERS = {"User-Agent": "Dailies", "Accept": "image/*, */*;q=0.5", "Accept-Encoding": "identity"}
_CHUNK_BYTES = 64 * 1024
_MALFORMED = "it must be a complete http or https address without spaces, like https://example.org/a.jpg."


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
    except (requests.exceptions.InvalidURL, urllib3.exceptions.LocationParseError) as error:
        raise AddressRefused(_MALFORMED) from error
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
    address: str, headers: Mapping[str, str], *, seconds: float, timeout: float
) -> Iterator[requests.Response]:
    """Open one answer of a public host as a stream, whatever its status. Redirects are not followed.

    `seconds` is for everything together; `timeout`, in seconds, is how long the host may send nothing. Raise
    AddressRefused or AddressUnreachable, and what requests raises.
    """
    guard = ConnectionGuard(seconds, allow_private=False)
    try:
        _check_form(address)
        request = requests.Request("GET", address, headers=dict(headers)).prepare()
        with GuardedAdapter(guard) as adapter, adapter.send(request, stream=True, timeout=timeout) as response:
            yield response
    finally:
        guard.close()


def _follow(address: str, limit: int, guard: ConnectionGuard) -> bytes:
    for _ in range(MAX_REDIRECTS + 1):
        _check_form(address)
        # not a Session, which would read the whole body of a redirect, and use the proxies of the environment
        request = requests.Request("GET", address, headers=_HEADERS).prepare()
        with (
            GuardedAdapter(guard) as adapter,
            adapter.send(request, stream=True, timeout=guard.seconds_left()) as response,
        ):
            if not response.is_redirect:
                return _body(response, limit, _host(address))
            address = urljoin(address, response.headers["Location"])
    raise AddressRefused(f"it redirects more than {MAX_REDIRECTS} times. Use the last address.")


def _check_form(address: str) -> None:
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or len(address) > MAX_LENGTH or not address.isprintable() or " " in address or "\\" in address:
        raise AddressRefused(_MALFORMED)
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
