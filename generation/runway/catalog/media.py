"""Where the media files stand in a request, however deep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generation.runway.catalog.base_field import Field, FieldPath
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import Media


@dataclass(frozen=True)
class MediaReference:
    """One media file of a request: where it stands, the field with its bounds, and the address or URI given for it."""

    path: FieldPath
    field: Media
    value: str


def media_references(field: Field, path: FieldPath, value: object) -> Iterator[MediaReference]:
    """Yield every media file in a value, in order; a part of the wrong type is skipped."""
    match field:
        case Media() if isinstance(value, str):
            yield MediaReference(path, field, value)
        case Object() if isinstance(value, dict):
            for name, part in field.fields.items():
                if name in value:
                    yield from media_references(part, (*path, name), value[name])
        case List() if isinstance(value, list):
            for index, item in enumerate(value):
                yield from media_references(field.items, (*path, index), item)
        case AnyOf():
            option = field.closest(value)
            if option is not None:
                yield from media_references(option, path, value)


def media_fields(fields: Iterable[Field]) -> Iterator[Media]:
    """Yield every media field among fields and their parts."""
    for field in fields:
        match field:
            case Media():
                yield field
            case AnyOf():
                yield from media_fields(field.options)
            case List():
                yield from media_fields([field.items])
            case Object():
                yield from media_fields(field.fields.values())
