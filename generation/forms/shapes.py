"""By what kind of control a field of the catalogue is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from generation.runway.catalog.base_field import Field
from generation.runway.catalog.composite_fields import AnyOf, List, Object
from generation.runway.catalog.fields import Choice, Media, Text


class Shape(StrEnum):
    """`FILE` is one file, `FILES` are several with a few words on each, `PRESET` a name in an object of its own."""

    PLAIN = "plain"
    FILE = "file"
    FILES = "files"
    PRESET = "preset"
    ROWS = "rows"
    GROUP = "group"


def shape(field: Field) -> Shape:
    item = items(field)
    if item is not None:
        return Shape.FILES if _is_file_with_words(item) else Shape.ROWS
    if isinstance(field, Media):
        return Shape.FILE
    if not isinstance(field, Object | AnyOf):
        return Shape.PLAIN
    if found := [sole(option) for option in options(field)]:
        if all(isinstance(part, Media) for part in found):
            return Shape.FILE
        if len(found) == 1 and isinstance(found[0], Choice):
            return Shape.PRESET
    return Shape.GROUP


def options(field: Field) -> list[Object]:
    """The objects that it may be."""
    several = field.options if isinstance(field, AnyOf) else (field,)
    return [option for option in several if isinstance(option, Object)]


def parts(field: Field) -> dict[str, Field]:
    """Of an object, or of all those that it may be."""
    return {name: part for option in options(field) for name, part in option.fields.items()}


def needed(field: Field) -> set[str]:
    """The parts that each of them must have."""
    required = [{name for name, part in option.fields.items() if part.required} for option in options(field)]
    return set.intersection(*required) if required else set()


def items(field: Field) -> Field | None:
    """Of a list, also where one file may stand alone."""
    several = field.options if isinstance(field, AnyOf) else (field,)
    return next((option.items for option in several if isinstance(option, List)), None)


def stands_alone(field: Field) -> bool:
    """Whether one file may be given without a list."""
    return isinstance(field, AnyOf) and any(isinstance(option, Media) for option in field.options)


def sole(option: Object) -> Field | None:
    """What an object holds besides the word by which it says what it is; None where it has no such word, or more."""
    held = [part for part in option.fields.values() if not is_fixed(part)]
    return held[0] if len(held) == 1 and fixed(option) else None


def fixed(option: Object) -> dict[str, str]:
    """The words by which an object says what it is."""
    return {name: part.values[0] for name, part in option.fields.items() if isinstance(part, Choice) and is_fixed(part)}


def is_fixed(field: Field) -> bool:
    return isinstance(field, Choice) and field.required and len(field.values) == 1


def words(field: Field) -> Mapping[str, Field]:
    """What can be said of each file of a list."""
    item = items(field)
    found = parts(item) if item else {}
    return {name: part for name, part in found.items() if not isinstance(part, Media) and not is_fixed(part)}


def media_kinds(field: Field) -> list[str]:
    """Of the files that go into it: image, video, audio."""
    match field:
        case Media():
            return [field.kind]
        case AnyOf():
            found = [kind for option in field.options for kind in media_kinds(option)]
        case List():
            found = media_kinds(field.items)
        case Object():
            found = [kind for part in field.fields.values() for kind in media_kinds(part)]
        case _:
            found = []
    return list(dict.fromkeys(found))


def _is_file_with_words(item: Field) -> bool:
    if isinstance(item, Media):
        return True
    if not isinstance(item, Object):
        return False
    media = [part for part in item.fields.values() if isinstance(part, Media)]
    return len(media) == 1 and all(isinstance(part, Media | Choice | Text) for part in item.fields.values())
