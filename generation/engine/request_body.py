"""The body of a job's paid request: its parameters, with every file as a data URI where it fits, else as an upload."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from generation import references
from generation.engine import runway_account
from generation.models import GenerationJob
from generation.runway import catalog, picture
from generation.runway.catalog.base_field import FieldPath
from generation.runway.request_body import FileAsDataUri, set_at_path
from projects.models import Asset

Fields = dict[str, Any]
Files = dict[FieldPath, FileAsDataUri]

# Runway takes no larger upload
MAX_UPLOAD_BYTES = 200 * 1024 * 1024


@contextmanager
def of(job: GenerationJob) -> Iterator[tuple[Fields, Files]]:
    """UnusablePicture where a file is gone or too large; NotAccepted where an upload does not come through."""
    fields: Fields = {"model": job.model, **copy.deepcopy(job.parameters)}
    known = catalog.find(job.kind, job.model)
    media = known.media_references(fields) if known else []
    if not media and "promptImage" in (known.fields if known else ()):
        raise picture.UnusablePicture("The picture of this take is gone; choose another one.")
    assets = _assets(medium.value for medium in media)
    files: Files = {}
    # a body has room for about one file of the greatest size: the others go as uploads
    left = picture.MAX_DATA_URI
    with ExitStack() as stack:
        for medium in media:
            if not medium.value.startswith(references.PREFIX):
                continue
            asset = assets.get(medium.value)
            if asset is None:
                raise picture.UnusablePicture("A file of this take is gone; choose another one.")
            data_uri = stack.enter_context(_fit(asset))
            if data_uri is not None and len(data_uri) <= left:
                left -= len(data_uri)
                files[medium.path] = data_uri
            else:
                set_at_path(fields, medium.path, _upload(asset, data_uri))
        yield fields, files


def told(fields: Fields, files: Files) -> Fields:
    """What is written down of a request: files by their name and size."""
    found = copy.deepcopy(fields)
    for place, file in files.items():
        set_at_path(found, place, f"{file.mime_type}, {file.size} bytes of {file.path.name}")
    return found


def _assets(values: Iterator[str]) -> dict[str, Asset]:
    keys = [key for value in values if (key := references.asset_id(value))]
    found = Asset.objects.select_related("scene__project").filter(pk__in=keys)
    return {references.to_asset(asset): asset for asset in found}


@contextmanager
def _fit(asset: Asset) -> Iterator[FileAsDataUri | None]:
    if asset.kind == Asset.Kind.IMAGE:
        with picture.fit_for_request(asset.path) as found:
            yield found
        return
    if not asset.path.is_file():
        raise picture.UnusablePicture(
            f"The file {asset.file_name} is gone from the disk; put it back, or choose another."
        )
    found = FileAsDataUri(asset.path, asset.mime_type, asset.path.stat().st_size)
    yield found if len(found) <= picture.MAX_DATA_URI else None


def _upload(asset: Asset, fitted: FileAsDataUri | None) -> str:
    """What would have been sent in the body, where that could be made small enough: without the place of a picture."""
    path, mime_type = (fitted.path, fitted.mime_type) if fitted else (asset.path, asset.mime_type)
    if path.stat().st_size > MAX_UPLOAD_BYTES:
        limit = MAX_UPLOAD_BYTES // 2**20
        raise picture.UnusablePicture(f"{asset.file_name} is larger than {limit} MB, and Runway takes no larger file.")
    name = "picture" if asset.kind == Asset.Kind.IMAGE else asset.kind
    return runway_account.client().upload_file(path, f"{name}{path.suffix}", mime_type)
