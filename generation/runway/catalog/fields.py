"""What a field of a request may be. Each kind of field checks a value, and says in words what it allows.

Places are paths in the body: `("promptImage", 0, "uri")`. What is wrong is told as `Wrong`, which the catalogue turns
into sentences for people and the simulator into Runway's own issues.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Place = tuple[str | int, ...]
MediaKind = Literal["image", "video", "audio"]
# so many whole numbers are named one by one, more by the least and the greatest
NAMED_ONE_BY_ONE = 16
PIXELS = re.compile(r"([1-9][0-9]{0,5}):([1-9][0-9]{0,5})")
MEDIA_WORDS = {"image": "a picture", "video": "a video", "audio": "a sound"}


class Absent:
    """What a field is that was not given."""


ABSENT = Absent()


class Code(StrEnum):
    TYPE = "type"
    VALUE = "value"
    RANGE = "range"
    PATTERN = "pattern"
    KEYS = "keys"
    BRANCH = "branch"
    RULE = "rule"


@dataclass(frozen=True)
class Wrong:
    """`size`: what is out of the field's range; `keys`: those that nobody knows; `message`: the rule that is broken."""

    place: Place
    field: Field
    code: Code
    value: object
    size: float = 0
    keys: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class Medium:
    """A place in a request where a file goes: the rule for it, and what was given for it."""

    place: Place
    rule: Media
    value: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """`default` is Runway's own, `usual` what we take where it publishes none; `facts` stands in the catalogue."""

    facts: Mapping[str, Any]
    required: bool = False
    default: Any = None
    usual: Any = None
    expected = "anything"

    def is_type(self, value: object) -> bool:
        raise NotImplementedError

    def allowed(self) -> str:
        raise NotImplementedError

    def check(self, place: Place, value: object) -> Iterator[Wrong]:
        if not self.is_type(value):
            yield Wrong(place, self, Code.TYPE, value)
        else:
            yield from self._check(place, value)

    def _check(self, place: Place, value: Any) -> Iterator[Wrong]:
        yield from ()

    def media(self, place: Place, value: object) -> Iterator[Medium]:
        """Every file in a value that fits."""
        yield from ()

    def missing(self, place: Place) -> Wrong:
        return Wrong(place, self, Code.TYPE, ABSENT)


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """Lengths in UTF-16 code units, as Runway counts; None where no bound is published."""

    min: int | None = None
    max: int | None = None
    pattern: str | None = None
    expected = "string"

    def is_type(self, value: object) -> bool:
        return isinstance(value, str)

    def allowed(self) -> str:
        words = f"{span_of(self.min, self.max)} characters of text" if self.min or self.max else "text"
        return f"{words}, as {self.pattern}" if self.pattern else words

    def _check(self, place: Place, value: str) -> Iterator[Wrong]:
        length = utf16_length(value)
        if outside(length, self.min, self.max):
            yield Wrong(place, self, Code.RANGE, value, length)
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield Wrong(place, self, Code.PATTERN, value)


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """`deprecated` values are taken and not offered; `pixels`: any W:H with so many of them is taken too; `zip` values
    give an archive of frames."""

    values: tuple[str, ...]
    deprecated: tuple[str, ...] = ()
    pixels: tuple[int, int] | None = None
    zip: tuple[str, ...] = ()
    expected = "string"

    def is_type(self, value: object) -> bool:
        return isinstance(value, str)

    def allowed(self) -> str:
        more = f", or any W:H of {self.pixels[0]} to {self.pixels[1]} pixels" if self.pixels else ""
        return f"one of {', '.join(self.values)}{more}"

    def check(self, place: Place, value: object) -> Iterator[Wrong]:
        if not isinstance(value, str) or not (value in self.values or value in self.deprecated or self._is_free(value)):
            yield Wrong(place, self, Code.VALUE, value)

    def _is_free(self, value: str) -> bool:
        match = PIXELS.fullmatch(value) if self.pixels else None
        return bool(match and self.pixels and self.pixels[0] <= int(match[1]) * int(match[2]) <= self.pixels[1])

    def missing(self, place: Place) -> Wrong:
        return Wrong(place, self, Code.VALUE, ABSENT)


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    min: float | None = None
    max: float | None = None
    unit: str = ""
    expected = "number"

    def is_type(self, value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

    def allowed(self) -> str:
        unit = f" of {self.unit}" if self.unit else ""
        return f"a number{unit}{_from_to(self.min, self.max)}"

    def _check(self, place: Place, value: float) -> Iterator[Wrong]:
        if outside(value, self.min, self.max):
            yield Wrong(place, self, Code.RANGE, value, value)


@dataclass(frozen=True, kw_only=True)
class Whole(Field):
    """A whole number: one of `values`, or within the bounds; `words` are taken in its place, such as "auto"."""

    min: int | None = None
    max: int | None = None
    values: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    unit: str = ""
    expected = "number"

    def is_type(self, value: object) -> bool:
        return is_whole(value) or value in self.words

    def choices(self) -> tuple[int, ...]:
        """All that it may be, where these are few; else empty."""
        if self.values or self.min is None or self.max is None:
            return self.values
        few = self.max - self.min < NAMED_ONE_BY_ONE
        return tuple(range(self.min, self.max + 1)) if few else ()

    def allowed(self) -> str:
        unit = f" of {self.unit}" if self.unit else ""
        choices = self.choices()
        span = f", one of {', '.join(map(str, choices))}" if choices else _from_to(self.min, self.max)
        words = "".join(f', or "{word}"' for word in self.words)
        return f"a whole number{unit}{span}{words}"

    def _check(self, place: Place, value: Any) -> Iterator[Wrong]:
        if value in self.words and isinstance(value, str):
            return
        if self.values and value not in self.values:
            yield Wrong(place, self, Code.VALUE, value)
        elif outside(value, self.min, self.max):
            yield Wrong(place, self, Code.RANGE, value, value)


@dataclass(frozen=True, kw_only=True)
class Boolean(Field):
    expected = "boolean"

    def is_type(self, value: object) -> bool:
        return isinstance(value, bool)

    def allowed(self) -> str:
        return "true or false"


@dataclass(frozen=True, kw_only=True)
class Media(Field):
    """A file: on the wire an address, a data URI or an upload. Bounds of what it shows; None where none is known."""

    kind: MediaKind
    aspect: tuple[float, float] | None = None
    side: tuple[int | None, int | None] = (None, None)
    seconds: tuple[float | None, float | None] = (None, None)
    expected = "string"

    def is_type(self, value: object) -> bool:
        return isinstance(value, str)

    def allowed(self) -> str:
        return f"{MEDIA_WORDS[self.kind]}: asset: with a file's id, an address, or a data URI"

    def media(self, place: Place, value: object) -> Iterator[Medium]:
        if isinstance(value, str):
            yield Medium(place, self, value)

    def misfit(self, width: int | None, height: int | None, seconds: float | None) -> str | None:
        """Why a file of this size and length cannot be used; None where it can, or where nothing is known."""
        if width and height and self.aspect and not self.aspect[0] <= width / height <= self.aspect[1]:
            least, greatest = self.aspect
            return f"width / height must be from {least:g} to {greatest:g}, this one has {width / height:.3f}"
        if width and height and (outside(min(width, height), self.side[0], None)):
            return f"each side must have at least {self.side[0]} pixels, this one has {width} × {height}"
        if width and height and (outside(max(width, height), None, self.side[1])):
            return f"each side may have at most {self.side[1]} pixels, this one has {width} × {height}"
        if seconds is not None and outside(seconds, *self.seconds):
            return f"it must last{_from_to(*self.seconds)} seconds, this one lasts {seconds:.1f}"
        return None


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_whole(value: object) -> bool:
    """True is an int to Python, but no number to anybody else."""
    return isinstance(value, int) and not isinstance(value, bool)


def outside(size: float, least: float | None, most: float | None) -> bool:
    return (least is not None and size < least) or (most is not None and size > most)


def span_of(least: float | None, most: float | None) -> str:
    if least == most:
        return str(most)
    if most is None:
        return f"at least {least:g}"
    return f"{least:g} to {most}" if least is not None else f"at most {most}"


def _from_to(least: float | None, most: float | None) -> str:
    if least is None and most is None:
        return ""
    if least is None:
        return f" of at most {most}"
    return f" from {least:g} to {most}" if most is not None else f" of at least {least:g}"
