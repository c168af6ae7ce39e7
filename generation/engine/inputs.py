"""The files of a request: the project's own, data URIs, or addresses. They are stored in the scene's folders.

A job keeps its parameters with `asset:{id}` for each file, so that they can be read, sent and used again. An address
that only Runway may be able to reach is kept as it is.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation import references
from generation.money.media_info import media_info
from generation.runway.catalog import CatalogModel, MediaInfo
from generation.runway.catalog.media import MediaReference
from generation.runway.request_body import set_at_path
from projects.actions import assets, new_assets
from projects.models import Asset, Scene
from projects.net.data_uri import is_data_uri, read_data_uri
from projects.net.errors import AddressRefused, AddressTooLarge, AddressUnreachable
from projects.net.fetch import fetch_bytes
from projects.problems import Problem, wrong_field

EXAMPLE_TYPES = {"image": "image/png", "video": "video/mp4", "audio": "audio/mpeg"}
NAMES = {"image": "picture", "video": "video", "audio": "sound"}
FETCH_SECONDS = 10.0
# Runway fetches no larger video or sound itself, and here it is held in memory
MAX_FETCHED_BYTES = 32 * 1024 * 1024
# Runway's limit
MAX_ADDRESS_LENGTH = 2048
# formats that a browser plays and Runway does not accept
UNSUPPORTED_TYPES = {"audio/ogg": gettext_noop("Runway does not accept Ogg sound. Use MP3, WAV, FLAC, M4A or AAC.")}


@dataclass
class Inputs:
    """A request's parameters as the job keeps them, and its files."""

    parameters: dict[str, Any]
    files: dict[str, list[Asset | None]] = field(default_factory=lambda: defaultdict(list))
    """By the name of their field; None for an address that is passed on to Runway."""
    places: dict[str, Asset] = field(default_factory=dict)
    """By their path in the parameters, such as `references.0.uri`."""
    stored: list[Asset] = field(default_factory=list)
    """The files that were stored for this request."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the job's history."""

    def add(self, medium: MediaReference, asset: Asset | None) -> None:
        """Note the file at one place; None for an address that is passed on to Runway."""
        self.files[str(medium.path[0])].append(asset)
        if asset is not None:
            self.places[_place(medium)] = asset

    @property
    def assets(self) -> list[Asset]:
        """Return all files, without addresses."""
        return [asset for files in self.files.values() for asset in files if asset]

    def undo(self, keep: Collection[UUID] = ()) -> None:
        """Move the files that were stored for a refused request to the trash, but not those in `keep`."""
        assets.discard_assets(asset for asset in self.stored if asset.pk not in keep)


def store(scene: Scene, model: CatalogModel, parameters: Mapping[str, Any]) -> Inputs:
    """Store every file of a new request in the scene. Raise Problem 422 with the place; then nothing was stored."""
    inputs = Inputs(deepcopy(dict(parameters)))
    try:
        for medium in model.media_references(parameters):
            _store_medium(scene, medium, inputs)
    except Problem:
        inputs.undo()
        raise
    return inputs


def look_up(scene: Scene, model: CatalogModel, parameters: Mapping[str, Any]) -> Inputs:
    """Return the files of a job's parameters, and store nothing. Raise Problem 422 when a file is gone."""
    inputs = Inputs(deepcopy(dict(parameters)))
    for medium in model.media_references(parameters):
        inputs.add(medium, _project_file(scene, medium) if references.is_reference(medium.value) else None)
    return inputs


def preview(scene: Scene, model: CatalogModel, parameters: Mapping[str, Any]) -> Inputs:
    """Return the files of a new request as far as they are here, and store and fetch nothing.

    Raise Problem 422 for what `store()` would refuse: a file that does not fit, or a value that is no file at all.
    """
    inputs = Inputs(deepcopy(dict(parameters)))
    for medium in model.media_references(parameters):
        if references.is_reference(medium.value):
            _store_medium(scene, medium, inputs)
        else:
            _check_given(medium)
            inputs.add(medium, None)
    return inputs


def measure(model: CatalogModel, inputs: Inputs) -> dict[str, list[MediaInfo]]:
    """Return what the price depends on, by the name of the field."""
    return media_info(model, inputs.files)


def _store_medium(scene: Scene, medium: MediaReference, inputs: Inputs) -> None:
    asset = _asset(scene, medium, inputs)
    inputs.add(medium, asset)
    if asset is None:
        return
    set_at_path(inputs.parameters, medium.path, references.to_asset(asset))
    unsupported = UNSUPPORTED_TYPES.get(asset.mime_type)
    misfit = _(unsupported) if unsupported else medium.field.misfit(asset.width, asset.height, asset.duration)
    if misfit:
        raise wrong_field(
            _place(medium),
            _("{file_name} cannot be used: {misfit}.").format(file_name=asset.file_name, misfit=misfit.rstrip(".")),
        )


def _asset(scene: Scene, medium: MediaReference, inputs: Inputs) -> Asset | None:
    """Return the file that a value stands for; None for an address that is passed on."""
    value = medium.value
    if references.is_reference(value):
        return _project_file(scene, medium)
    data = _check_given(medium)
    if data is not None:
        return _store_bytes(scene, medium, NAMES[medium.field.kind], data, inputs)
    return _fetch(scene, medium, inputs)


def _check_given(medium: MediaReference) -> bytes | None:
    """Return the content of a data URI, None for an address. Raise Problem 422 for anything else."""
    if is_data_uri(medium.value):
        return _decode(medium)
    if _scheme(medium.value) not in ("http", "https"):
        raise wrong_field(_place(medium), _allowed(medium))
    if len(medium.value) > MAX_ADDRESS_LENGTH:
        raise wrong_field(
            _place(medium),
            _("The address must be at most {max_address_length} characters long.").format(
                max_address_length=MAX_ADDRESS_LENGTH
            ),
        )
    return None


def _project_file(scene: Scene, medium: MediaReference) -> Asset:
    """Return any file of the project: a scene may begin with the last frame of another. Raise Problem 422."""
    files = Asset.objects.select_related("scene__project").filter(
        scene__project=scene.project_id, scene__trashed_at=None, trashed_at=None
    )
    asset_id = references.asset_id(medium.value)
    asset = files.filter(pk=asset_id).first() if asset_id else None
    if asset is None:
        raise wrong_field(
            _place(medium), _("{place}: there is no such file in this project.").format(place=_place(medium))
        )
    if asset.kind != medium.field.kind:
        message = _("{place} must be a {kind}; {file_name} is {mime_type}.").format(
            place=_place(medium), kind=NAMES[medium.field.kind], file_name=asset.file_name, mime_type=asset.mime_type
        )
        raise wrong_field(_place(medium), message)
    return asset


def _place(medium: MediaReference) -> str:
    return ".".join(map(str, medium.path))


def _allowed(medium: MediaReference) -> str:
    example = EXAMPLE_TYPES[medium.field.kind]
    return _(
        "{place} must be an http or https address, a data URI (data:{example};base64,…), or asset: with "
        "the id of a file of the project."
    ).format(place=_place(medium), example=example)


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def _decode(medium: MediaReference) -> bytes:
    if "," not in medium.value:
        raise wrong_field(_place(medium), _allowed(medium))
    try:
        return read_data_uri(medium.value)
    except ValueError:
        raise wrong_field(_place(medium), _("The data URI is not valid base64, or it is cut off.")) from None


def _fetch(scene: Scene, medium: MediaReference, inputs: Inputs) -> Asset | None:
    """Fetch an address; None when it cannot be reached from here, but perhaps by Runway, which takes https only."""
    kind, place = medium.field.kind, _place(medium)
    limit = settings.MAX_IMAGE_BYTES if kind == "image" else min(new_assets.max_bytes(kind), MAX_FETCHED_BYTES)
    try:
        data = fetch_bytes(
            medium.value, limit=limit, seconds=FETCH_SECONDS, allow_private=settings.IMAGE_URL_ALLOW_PRIVATE
        )
    except AddressUnreachable as error:
        if _scheme(medium.value) != "https":
            raise wrong_field(
                place, _("The {kind} cannot be fetched: {error}").format(kind=NAMES[kind], error=error)
            ) from error
        inputs.notes.append(
            _("The address was passed on to Runway. Fetching it here failed: {error}").format(error=error)
        )
        return None
    except (AddressRefused, AddressTooLarge) as error:
        raise wrong_field(
            place, _("The {kind} cannot be fetched: {error}").format(kind=NAMES[kind], error=error)
        ) from error
    stem = PurePosixPath(unquote(urlsplit(medium.value).path)).stem
    return _store_bytes(scene, medium, stem or NAMES[kind], data, inputs)


def _store_bytes(scene: Scene, medium: MediaReference, name: str, data: bytes, inputs: Inputs) -> Asset:
    """Store a file, unless the scene has one with the same content."""
    kind, sha256 = medium.field.kind, hashlib.sha256(data).hexdigest()
    is_same = Q(sha256=sha256) | Q(original_sha256=sha256)
    existing = scene.assets.filter(is_same, kind=kind, trashed_at=None).first()
    if existing is not None:
        return existing
    asset = new_assets.store_upload(scene, name, [data], only=kind, field=_place(medium))
    inputs.stored.append(asset)
    return asset
