"""The body of a job's paid request: its parameters, with each file as a data URI where it fits, else as an upload."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation import references
from generation.engine import runway_account
from generation.models import GenerationJob
from generation.runway import catalog
from generation.runway.catalog.base_field import FieldPath
from generation.runway.catalog.media import MediaReference
from generation.runway.picture import MAX_DATA_URI_LENGTH, UnusablePicture, fit_for_request, fit_for_upload
from generation.runway.recording import without_place
from generation.runway.request_body import FileAsDataUri, set_at_path
from projects.models import Asset

Fields = dict[str, Any]
Files = dict[FieldPath, FileAsDataUri]

# Runway's limit
MAX_UPLOAD_BYTES = 200 * 1024 * 1024
FILE_GONE = gettext_noop("A file of this take is gone. Choose another one.")


@contextmanager
def prepare(job: GenerationJob) -> Iterator[tuple[Fields, Files]]:
    """Yield the fields of the request, and the files that go into its body by their path in the fields.

    Raise UnusablePicture when a file is gone or too large, NotAccepted when an upload fails.
    """
    fields: Fields = {"model": job.model, **copy.deepcopy(job.parameters)}
    files: Files = {}
    # the body has room for about one file of the largest size, so the others are uploaded
    room = MAX_DATA_URI_LENGTH
    with ExitStack() as stack:
        for medium, asset in _files(job, fields):
            data_uri = stack.enter_context(_as_data_uri(asset))
            if data_uri is not None and len(data_uri) <= room:
                room -= len(data_uri)
                files[medium.path] = data_uri
            else:
                set_at_path(fields, medium.path, _upload(asset, data_uri))
        yield fields, files


def describe(fields: Fields, files: Files) -> Fields:
    """Return a request for the job's history, with the name and size of each file instead of its content."""
    description = copy.deepcopy(fields)
    for path, file in files.items():
        set_at_path(description, path, f"{file.mime_type}, {file.size} bytes of {file.path.name}")
    return description


def _files(job: GenerationJob, fields: Fields) -> list[tuple[MediaReference, Asset]]:
    """Return the places of the project's files in a request. Raise UnusablePicture when one is gone."""
    model = catalog.find(job.kind, job.model)
    media: Sequence[MediaReference] = model.media_references(fields) if model else ()
    if model and not media and "promptImage" in model.fields:
        raise UnusablePicture(_("The picture of this take is gone. Choose another one."))
    references_to_files = [medium for medium in media if references.is_reference(medium.value)]
    assets = _assets(medium.value for medium in references_to_files)
    if any(medium.value not in assets for medium in references_to_files):
        raise UnusablePicture(FILE_GONE)
    return [(medium, assets[medium.value]) for medium in references_to_files]


def _assets(values: Iterable[str]) -> dict[str, Asset]:
    """Return the files by their reference."""
    ids = [asset_id for value in values if (asset_id := references.asset_id(value))]
    assets = Asset.objects.select_related("scene__project").filter(pk__in=ids)
    return {references.to_asset(asset): asset for asset in assets}


@contextmanager
def _as_data_uri(asset: Asset) -> Iterator[FileAsDataUri | None]:
    """Yield the file as a data URI, a picture re-encoded if needed; None when it does not fit into a body."""
    if asset.kind == Asset.Kind.IMAGE:
        with fit_for_request(asset.path) as data_uri:
            yield data_uri
    elif len(FileAsDataUri(asset.path, asset.mime_type, _size(asset))) > MAX_DATA_URI_LENGTH:
        yield None
    else:
        with without_place(asset.path, asset.mime_type) as file:
            yield file


@contextmanager
def _for_upload(asset: Asset) -> Iterator[FileAsDataUri]:
    """Yield the file of any size as Runway may have it, without the place where it was made."""
    if _size(asset) > MAX_UPLOAD_BYTES:
        limit = MAX_UPLOAD_BYTES // 2**20
        raise UnusablePicture(
            _("{file_name} is larger than {limit} MB, the most that Runway accepts.").format(
                file_name=asset.file_name, limit=limit
            )
        )
    is_picture = asset.kind == Asset.Kind.IMAGE
    with fit_for_upload(asset.path) if is_picture else without_place(asset.path, asset.mime_type) as file:
        yield file


def _size(asset: Asset) -> int:
    if not asset.path.is_file():
        raise UnusablePicture(
            _("The file {file_name} is missing on disk. Put it back or choose another one.").format(
                file_name=asset.file_name
            )
        )
    return asset.path.stat().st_size


def _upload(asset: Asset, data_uri: FileAsDataUri | None) -> str:
    """Upload a file and return its address at Runway. Raise UnusablePicture when it is too large."""
    if data_uri is not None:
        return _upload_file(asset, data_uri)
    with _for_upload(asset) as file:
        return _upload_file(asset, file)


def _upload_file(asset: Asset, file: FileAsDataUri) -> str:
    name = "picture" if asset.kind == Asset.Kind.IMAGE else asset.kind
    return runway_account.client().upload_file(file.path, f"{name}{file.path.suffix}", file.mime_type)
