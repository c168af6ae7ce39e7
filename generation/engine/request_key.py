"""The cache key of a request: two requests with the same key are the same, and need to be paid only once.

The key depends on kind, model, API version, canonical parameters, and the content of every input file. Requests to the
simulator have other keys than those to Runway.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from generation.engine.output_files import is_unmodified
from generation.runway.catalog import CatalogModel
from generation.runway.request_body import set_at_path
from projects.disk.media import sha256_of
from projects.models import Asset


def wants_reuse(reuse: bool | None, parameters: Mapping[str, Any]) -> bool:
    """Return whether a request may be served from the cache. By default (None) it may if it names a seed.

    With a seed Runway would make the same again.
    """
    return "seed" in parameters if reuse is None else reuse


def request_key(model: CatalogModel, parameters: Mapping[str, Any], files: Mapping[str, Asset]) -> str:
    """Return the key as 64 hex digits; an empty string when a file is only an address, whose content is unknown.

    `files` has each file by its reference in the parameters, `asset:{id}`.
    """
    canonical = copy.deepcopy(dict(parameters))
    for medium in model.media_references(parameters):
        asset = files.get(medium.value)
        if asset is None:
            return ""
        set_at_path(canonical, medium.path, f"sha256:{_content_sha256(asset)}")
    canonical = {name: _canonical(value) for name, value in canonical.items() if value is not None}
    canonical = {name: value for name, value in canonical.items() if not _is_default(model, name, value)}
    # a drawn clip must never pass for one that was generated
    origin = "simulator" if settings.RUNWAY_IS_SIMULATOR else "runway"
    parts = [origin, settings.RUNWAY_API_VERSION, model.kind, model.name, canonical]
    # sorted: the order of fields makes no difference to Runway
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """Return the value with 5 for 5.0, and without what is None."""
    if isinstance(value, dict):
        return {name: _canonical(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_default(model: CatalogModel, name: str, value: Any) -> bool:
    """Return whether it is Runway's own default, which makes no difference to the request."""
    field = model.fields.get(name)
    return field is not None and field.default is not None and field.default == value


def _content_sha256(asset: Asset) -> str:
    """Return the SHA-256 of the file as it is now; it is read again when it was changed by hand."""
    try:
        # a price is asked for after each change of a form, and hashing a large video takes seconds
        if is_unmodified(asset.path, asset.bytes, asset.created_at.timestamp()):
            return asset.sha256
        return sha256_of(asset.path)
    except OSError:
        # the file is gone: its row says what it was, and submit will say that it is missing
        return asset.sha256
