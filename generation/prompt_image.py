"""The picture of a request: one of the scene's, a data URI, or an address; it ends in the scene's `images/`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings

from projects import assets, fetch
from projects.models import Asset, Scene
from projects.problems import wrong_field

FIELD = "promptImage"
DATA_URI = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)(?:;[\w.+-]+=[\w.+-]+)*;base64,", re.ASCII)
ALLOWED = "promptImage must be an http or https address, or a data URI (data:image/png;base64,…)."
FETCH_SECONDS = 10.0
# the longest address that Runway takes
LONGEST_ADDRESS = 2048


@dataclass(frozen=True)
class PromptImage:
    asset: Asset | None
    url: str = ""
    note: str = ""
    new: bool = False  # the asset was stored for this request


def store(scene: Scene, image: Asset | None, address: str | None) -> PromptImage:
    """The picture as an asset of the scene; or the address itself, where only Runway may be able to reach it."""
    if image is not None or not address:
        return PromptImage(image)
    if address[:5].lower() == "data:":
        return _keep(scene, "picture", _decode(address))
    if _scheme(address) not in ("http", "https"):
        raise wrong_field(FIELD, ALLOWED)
    if len(address) > LONGEST_ADDRESS:
        raise wrong_field(FIELD, f"The address must be at most {LONGEST_ADDRESS} characters long.")
    return _from_address(scene, address)


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def _decode(address: str) -> bytes:
    start = DATA_URI.match(address[:200])
    if start is None:
        raise wrong_field(FIELD, ALLOWED)
    try:
        found = base64.b64decode(address[start.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise wrong_field(FIELD, "The data URI is no valid base64; send the picture's bytes encoded whole.") from None
    return found


def _from_address(scene: Scene, address: str) -> PromptImage:
    try:
        found = fetch.fetch(
            address,
            limit=settings.MAX_IMAGE_BYTES,
            seconds=FETCH_SECONDS,
            allow_private=settings.IMAGE_URL_ALLOW_PRIVATE,
        )
    except fetch.AddressUnreachable as error:
        if _scheme(address) != "https":
            raise wrong_field(FIELD, f"The picture cannot be fetched: {error}") from error
        return PromptImage(None, address, f"The address was handed on to Runway as it is, since here {error}")
    except (fetch.AddressRefused, fetch.AddressTooLarge) as error:
        raise wrong_field(FIELD, f"The picture cannot be fetched: {error}") from error
    name = PurePosixPath(unquote(urlsplit(address).path)).stem
    return _keep(scene, name or "picture", found)


def _keep(scene: Scene, name: str, found: bytes) -> PromptImage:
    """A picture that the scene has already is not stored a second time."""
    sha256 = hashlib.sha256(found).hexdigest()
    known = scene.assets.filter(kind=Asset.Kind.IMAGE, sha256=sha256, trashed_at=None).first()
    if known is not None:
        return PromptImage(known)
    return PromptImage(assets.store_upload(scene, name, [found], only=Asset.Kind.IMAGE, field=FIELD), new=True)
