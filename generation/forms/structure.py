"""How a field of the catalog is filled in: by one control, by picking files, by rows, or by a group of controls."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import Choice, Media, Text


class Structure(StrEnum):
    """The ways to fill in a field.

    PLAIN is one value. FILE is one file. FILES are several files, each with a few attributes. PRESET is the choice of
    a name that stands in an object of its own. ROWS are the items of a list, and GROUP the parts of an object.
    """

    PLAIN = "plain"
    FILE = "file"
    FILES = "files"
    PRESET = "preset"
    ROWS = "rows"
    GROUP = "group"


def structure_of(field: Field) -> Structure:
    """Return how a field is filled in."""
    item = list_item(field)
    if item is not None:
        return Structure.FILES if _is_file_with_attributes(item) else Structure.ROWS
    if isinstance(field, Media):
        return Structure.FILE
    if not isinstance(field, Object | AnyOf):
        return Structure.PLAIN
    values = [only_value(option) for option in object_options(field)]
    # the type tag follows from the kind of the file, so that picking the file is enough
    if values and all(isinstance(value, Media) for value in values):
        return Structure.FILE
    if len(values) == 1 and isinstance(values[0], Choice):
        return Structure.PRESET
    return Structure.GROUP


def object_options(field: Field) -> list[Object]:
    """Return the objects that the field may be."""
    options = field.options if isinstance(field, AnyOf) else (field,)
    return [option for option in options if isinstance(option, Object)]


def object_parts(field: Field) -> dict[str, Field]:
    """Return the parts of all objects that the field may be, by name."""
    return {name: part for option in object_options(field) for name, part in option.fields.items()}


def required_parts(field: Field) -> set[str]:
    """Return the names of the parts that every object needs that the field may be."""
    required = [{name for name, part in option.fields.items() if part.required} for option in object_options(field)]
    return set.intersection(*required) if required else set()


def list_item(field: Field) -> Field | None:
    """Return what the items of a list are, also where one value may stand without a list; None without a list."""
    options = field.options if isinstance(field, AnyOf) else (field,)
    return next((option.items for option in options if isinstance(option, List)), None)


def accepts_single_file(field: Field) -> bool:
    """Return whether one file may be given without a list."""
    return isinstance(field, AnyOf) and any(isinstance(option, Media) for option in field.options)


def only_value(option: Object) -> Field | None:
    """Return the one part of an object besides its type tags; None when it has no tag, or more parts."""
    parts = [part for part in option.fields.values() if not is_type_tag(part)]
    return parts[0] if len(parts) == 1 and type_tags(option) else None


def type_tags(option: Object) -> dict[str, str]:
    """Return the parts that say which object it is, such as `{"type": "image"}`."""
    return {
        name: part.values[0] for name, part in option.fields.items() if isinstance(part, Choice) and is_type_tag(part)
    }


def is_type_tag(field: Field) -> bool:
    """Return whether the field is required and can have one value only."""
    return isinstance(field, Choice) and field.required and len(field.values) == 1


def file_attributes(field: Field) -> Mapping[str, Field]:
    """Return what can be given for each file of a list, such as its tag."""
    item = list_item(field)
    parts = object_parts(item) if item else {}
    return {name: part for name, part in parts.items() if not isinstance(part, Media) and not is_type_tag(part)}


def file_part(option: Object) -> str:
    """Return the name of the part that holds an object's file."""
    return next(name for name, part in option.fields.items() if isinstance(part, Media))


def media_kinds(field: Field) -> list[str]:
    """Return the kinds of file that go into a field: "image", "video", "audio"."""
    match field:
        case Media():
            return [field.kind]
        case AnyOf():
            kinds = [kind for option in field.options for kind in media_kinds(option)]
        case List():
            kinds = media_kinds(field.items)
        case Object():
            kinds = [kind for part in field.fields.values() for kind in media_kinds(part)]
        case _:
            kinds = []
    return list(dict.fromkeys(kinds))


def _is_file_with_attributes(item: Field) -> bool:
    if isinstance(item, Media):
        return True
    if not isinstance(item, Object):
        return False
    # attributes have to fit beside the file in its tile; anything larger needs a row
    files = [part for part in item.fields.values() if isinstance(part, Media)]
    return len(files) == 1 and all(isinstance(part, Media | Choice | Text) for part in item.fields.values())
