"""The files of a request: the project's own, data URIs, or addresses; they end in the scene's folders.

A job keeps its parameters with `asset:{id}` where a file goes, so that they can be read, sent and asked for again. An
address that only Runway may be able to reach stays as it is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError

from generation import references
from generation.runway.catalog import CatalogModel, MediaInfo
from generation.runway.catalog.media import MediaReference
from generation.runway.request_body import set_at_path
from projects.actions import assets
from projects.disk.recordings import frame_rate
from projects.models import Asset, Scene
from projects.net.errors import AddressRefused, AddressTooLarge, AddressUnreachable
from projects.net.fetch import fetch_bytes
from projects.problems import Problem, wrong_field

DATA_URI = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)(?:;[\w.+-]+=[\w.+-]+)*;base64,", re.ASCII)
EXAMPLES = {"image": "image/png", "video": "video/mp4", "audio": "audio/mpeg"}
NAMES = {"image": "picture", "video": "video", "audio": "sound"}
FETCH_SECONDS = 10.0
# Runway itself fetches no more of a video or a sound, and it is held in memory here
MAX_FETCHED_BYTES = 32 * 1024 * 1024
# the longest address that Runway takes
LONGEST_ADDRESS = 2048
# what a browser plays and Runway does not take
NOT_TAKEN = {"audio/ogg": "Runway takes no OGG sound: use MP3, WAV, FLAC, M4A or AAC."}


@dataclass
class Inputs:
    """A request's parameters as the job keeps them, and its files by the name of their field."""

    parameters: dict[str, Any]
    files: dict[str, list[Asset | None]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, Asset] = field(default_factory=dict)  # by their path in the parameters: references.0.uri
    stored: list[Asset] = field(default_factory=list)  # for this request
    notes: list[str] = field(default_factory=list)

    def add(self, medium: MediaReference, asset: Asset | None) -> None:
        """Note the file at one place; None for an address that is handed on to Runway."""
        self.files[str(medium.path[0])].append(asset)
        if asset is not None:
            self.places[_name(medium)] = asset

    @property
    def assets(self) -> list[Asset]:
        return [asset for found in self.files.values() for asset in found if asset]

    def undo(self) -> None:
        """Nothing of a request that is refused after all stays in the folders."""
        for asset in self.stored:
            # one that another request has found meanwhile is that one's
            with suppress(Problem):
                assets.trash_asset(asset)


def store(scene: Scene, model: CatalogModel, parameters: Mapping[str, Any]) -> Inputs:
    """Every file as an asset of the project. Problem 422 names the place; then nothing was stored."""
    found = Inputs(deepcopy(dict(parameters)))
    try:
        for medium in model.media_references(parameters):
            _take_in(scene, medium, found)
    except Problem:
        found.undo()
        raise
    return found


def look_up(scene: Scene, model: CatalogModel, parameters: Mapping[str, Any]) -> Inputs:
    """The same for parameters that were kept. Problem 422 where a file is gone."""
    found = Inputs(deepcopy(dict(parameters)))
    for medium in model.media_references(parameters):
        asset = _known(scene, medium) if medium.value.startswith(references.PREFIX) else None
        found.add(medium, asset)
    return found


def measures(model: CatalogModel, found: Inputs) -> dict[str, Sequence[MediaInfo]]:
    """What the price has to know of the files; frames are counted only where a model is paid by them."""
    frames = any(part.per == "frame" for part in model.price.parts)
    return {name: [_measure(asset, frames=frames) for asset in known if asset] for name, known in found.files.items()}


def _measure(asset: Asset, *, frames: bool) -> MediaInfo:
    fps = frame_rate(asset.path) if frames and asset.kind == Asset.Kind.VIDEO else None
    return MediaInfo(asset.duration, asset.width, asset.height, fps)


def _take_in(scene: Scene, medium: MediaReference, found: Inputs) -> None:
    asset = _asset(scene, medium, found)
    found.add(medium, asset)
    if asset is None:
        return
    set_at_path(found.parameters, medium.path, references.to_asset(asset))
    misfit = NOT_TAKEN.get(asset.mime_type) or medium.field.misfit(asset.width, asset.height, asset.duration)
    if misfit:
        raise wrong_field(_name(medium), f"{asset.file_name} cannot be used: {misfit.rstrip('.')}.")


def _asset(scene: Scene, medium: MediaReference, found: Inputs) -> Asset | None:
    value = medium.value
    if value.startswith(references.PREFIX):
        return _known(scene, medium)
    if value[:5].lower() == "data:":
        return _keep(scene, medium, NAMES[medium.field.kind], _decode(medium), found)
    if _scheme(value) not in ("http", "https"):
        raise wrong_field(_name(medium), _allowed(medium))
    if len(value) > LONGEST_ADDRESS:
        raise wrong_field(_name(medium), f"The address must be at most {LONGEST_ADDRESS} characters long.")
    return _from_address(scene, medium, found)


def _known(scene: Scene, medium: MediaReference) -> Asset:
    """Any file of the project: a scene may begin with what another one ended with."""
    try:
        key = UUID(medium.value.removeprefix(references.PREFIX))
        asset = Asset.objects.select_related("scene__project").get(
            pk=key, scene__project=scene.project_id, scene__trashed_at=None, trashed_at=None
        )
    except (ValueError, ValidationError, Asset.DoesNotExist):
        raise wrong_field(_name(medium), f"{_name(medium)}: there is no such file in this project.") from None
    if asset.kind != medium.field.kind:
        message = f"{_name(medium)} must be a {NAMES[medium.field.kind]}; {asset.file_name} is {asset.mime_type}."
        raise wrong_field(_name(medium), message)
    return asset


def _name(medium: MediaReference) -> str:
    return ".".join(map(str, medium.path))


def _allowed(medium: MediaReference) -> str:
    example = EXAMPLES[medium.field.kind]
    return (
        f"{_name(medium)} must be an http or https address, a data URI (data:{example};base64,…),"
        " or asset: with the id of a file of the project."
    )


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def _decode(medium: MediaReference) -> bytes:
    start = DATA_URI.match(medium.value[:200])
    if start is None:
        raise wrong_field(_name(medium), _allowed(medium))
    try:
        return base64.b64decode(medium.value[start.end() :], validate=True)
    except (binascii.Error, ValueError):
        words = f"The data URI is no valid base64; send the {NAMES[medium.field.kind]}'s bytes encoded whole."
        raise wrong_field(_name(medium), words) from None


def _from_address(scene: Scene, medium: MediaReference, found: Inputs) -> Asset | None:
    kind, name = medium.field.kind, _name(medium)
    limit = settings.MAX_IMAGE_BYTES if kind == "image" else min(assets.max_bytes(kind), MAX_FETCHED_BYTES)
    try:
        fetched = fetch_bytes(
            medium.value, limit=limit, seconds=FETCH_SECONDS, allow_private=settings.IMAGE_URL_ALLOW_PRIVATE
        )
    except AddressUnreachable as error:
        if _scheme(medium.value) != "https":
            raise wrong_field(name, f"The {NAMES[kind]} cannot be fetched: {error}") from error
        found.notes.append(f"The address was handed on to Runway as it is, since here {error}")
        return None
    except (AddressRefused, AddressTooLarge) as error:
        raise wrong_field(name, f"The {NAMES[kind]} cannot be fetched: {error}") from error
    stem = PurePosixPath(unquote(urlsplit(medium.value).path)).stem
    return _keep(scene, medium, stem or NAMES[kind], fetched, found)


def _keep(scene: Scene, medium: MediaReference, name: str, data: bytes, found: Inputs) -> Asset:
    """A file that the scene has already is not stored a second time."""
    kind, sha256 = medium.field.kind, hashlib.sha256(data).hexdigest()
    known = scene.assets.filter(kind=kind, sha256=sha256, trashed_at=None).first()
    if known is not None:
        return known
    asset = assets.store_upload(scene, name, [data], only=kind, field=_name(medium))
    found.stored.append(asset)
    return asset
