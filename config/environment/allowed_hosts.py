"""Which names in ALLOWED_HOSTS can be those of a request: Django compares them with the header `Host`."""

from __future__ import annotations

import ipaddress
import re

# what Django takes for a host; a leading dot stands for all names below
_NAME = re.compile(r"\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE | re.ASCII)


def why_never_matched(name: str) -> str | None:
    """Return why no request can have this name, with what to write instead; None for a name that one can have."""
    if name == "*" or _NAME.fullmatch(name):
        return None
    if (address := _ipv6(name)) is not None:
        written = f"[{address}]"
        return None if name == written else f"is written {written}"
    if name.startswith("*."):
        return f"is written {name[1:]}, which stands for all names below"
    if "://" in name:
        return "is a whole address; leave out what is before and after the name"
    if re.fullmatch(r".+:[0-9]+", name):
        return f"has a port; write {name.rpartition(':')[0]}"
    if name.isprintable() and not name.isascii() and (ascii_name := _punycode(name)):
        return f"is written {ascii_name}"
    return "is no name and no address of a host"


def _ipv6(name: str) -> ipaddress.IPv6Address | None:
    try:
        return ipaddress.IPv6Address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def _punycode(name: str) -> str | None:
    try:
        written = name.encode("idna").decode()
    except UnicodeError:
        return None
    return written if _NAME.fullmatch(written) else None
