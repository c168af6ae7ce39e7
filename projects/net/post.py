"""Send something to an address that a person gave, by the same rules as `fetch.py`. Redirects are not followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3

from projects.net.connections import ConnectionGuard, GuardedAdapter
from projects.net.errors import AddressMalformed, AddressUnreachable
from projects.net.fetch import check_form
from projects.translation import gettext as _

# of the answer
_MOST_BYTES = 2048
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status, and the beginning of the text."""

    status: int
    text: str


def check_address(address: str, *, seconds: float, allow_private: bool = False) -> None:
    """Check an address that is to be used later, without opening it.

    Raise AddressRefused for one that is malformed or leads into a private network, AddressUnreachable for a host that
    cannot be found.
    """
    check_form(address)
    parts = urlsplit(address)
    guard = ConnectionGuard(seconds, allow_private=allow_private)
    try:
        guard.check_host(str(parts.hostname), parts.port or _PORTS[parts.scheme])
    except UnicodeError as error:
        raise AddressMalformed(address) from error
    finally:
        guard.close()


def post_bytes(
    address: str, body: bytes, headers: Mapping[str, str], *, seconds: float, allow_private: bool = False
) -> Answer:
    """Send `body` and return the answer, whatever its status, within `seconds` for everything together.

    Raise AddressRefused or AddressUnreachable.
    """
    check_form(address)
    guard = ConnectionGuard(seconds, allow_private=allow_private)
    try:
        return _post(address, body, headers, guard)
    except (requests.exceptions.InvalidURL, urllib3.exceptions.LocationParseError, UnicodeError) as error:
        raise AddressMalformed(address) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise AddressUnreachable(_reason(error, seconds, is_over=guard.expired)) from error
    finally:
        guard.close()


def _post(address: str, body: bytes, headers: Mapping[str, str], guard: ConnectionGuard) -> Answer:
    # not a Session, which would follow redirects, and use the proxies of the environment
    request = requests.Request("POST", address, data=body, headers=dict(headers)).prepare()
    with GuardedAdapter(guard) as adapter:
        response = adapter.send(request, stream=True, timeout=guard.seconds_left())
        with response:
            beginning = response.raw.read(_MOST_BYTES, decode_content=False)
    return Answer(response.status_code, beginning.decode("utf-8", "replace"))


def _reason(error: Exception, seconds: float, *, is_over: bool) -> str:
    if is_over or isinstance(error, requests.Timeout):
        return _("It did not answer within {seconds:g} seconds.").format(seconds=seconds)
    if "CERTIFICATE_VERIFY" in str(error):
        return _("Its certificate is not valid.")
    return _("The connection failed.")
