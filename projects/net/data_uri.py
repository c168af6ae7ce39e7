"""Data URIs, read as browsers read them: https://fetch.spec.whatwg.org/#data-url-processor."""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote_to_bytes

_SCHEME = "data:"
_WHITE_SPACE = b"\t\n\f\r "
# before the comma, after the type and its parameters
_IS_BASE64 = re.compile(r";[ ]*base64[ ]*", re.IGNORECASE)
# what Python and others write for addresses, where + and / have a meaning
_FROM_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def is_data_uri(text: str) -> bool:
    """Return whether a text has the scheme of data URIs, in any case."""
    return text.lstrip()[: len(_SCHEME)].lower() == _SCHEME


def read_data_uri(uri: str) -> bytes:
    """Return the bytes of a data URI; what it says of their type is not looked at.

    Its base64 may be percent-encoded, and is read as by `read_base64()`. Raise ValueError for one that has no comma, or
    whose base64 is broken.
    """
    head, comma, body = uri.strip().partition(",")
    if not comma:
        raise ValueError("a data URI needs a comma before its data")
    # an address ends where its fragment begins
    data = unquote_to_bytes(re.sub(r"[\t\n\r]", "", body).partition("#")[0])
    parameters = head[len(_SCHEME) :]
    start = parameters.rfind(";")
    return read_base64(data) if start >= 0 and _IS_BASE64.fullmatch(parameters[start:]) else data


def read_base64(data: bytes) -> bytes:
    """Return what is written in base64, with or without padding and white space. Raise ValueError for what is not."""
    data = data.translate(_FROM_URL_SAFE, _WHITE_SPACE).rstrip(b"=")
    return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
