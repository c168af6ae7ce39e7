"""The fields that hold one value: text, a choice, numbers, a boolean, a media file.

Fields that are made of other fields are in `composite_fields.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from generation.runway.catalog.base_field import ABSENT, Field, FieldPath, Violation, ViolationCode
from generation.runway.catalog.bounds import describe_count, describe_range, is_integer, is_outside, utf16_length
from projects.translation import gettext as _
from projects.translation import gettext_noop

MediaKind = Literal["image", "video", "audio"]
# a range of at most this many whole numbers is listed in full, a longer one by its ends
MAX_LISTED = 16
PIXELS = re.compile(r"([1-9][0-9]{0,5}):([1-9][0-9]{0,5})")
MEDIA_WORDS = {"image": gettext_noop("a picture"), "video": gettext_noop("a video"), "audio": gettext_noop("a sound")}


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A string. `min` and `max` are lengths in UTF-16 code units; `pattern` must match the whole of it."""

    min: int | None = None
    max: int | None = None
    pattern: str | None = None
    expected = "string"

    def is_type(self, value: object) -> bool:
        """Return whether the value is a string."""
        return isinstance(value, str)

    def allowed(self) -> str:
        """Return for example "1 to 1000 characters of text"."""
        words = (
            _("{count} characters of text").format(count=describe_count(self.min, self.max))
            if self.min or self.max
            else "text"
        )
        return _("{words} that match {pattern}").format(words=words, pattern=self.pattern) if self.pattern else words

    def _check(self, path: FieldPath, value: str) -> Iterator[Violation]:
        length = utf16_length(value)
        # one violation each: of a text that is too long, the pattern says nothing more
        if is_outside(length, self.min, self.max):
            yield Violation(path, self, ViolationCode.RANGE, value, length)
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield Violation(path, self, ViolationCode.PATTERN, value)


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of several strings.

    `deprecated` values are accepted and not offered. With `pixels`, any "width:height" whose product lies between the
    two is accepted too. The `zip` values make Runway answer with an archive of frames.
    """

    values: tuple[str, ...]
    deprecated: tuple[str, ...] = ()
    pixels: tuple[int, int] | None = None
    zip: tuple[str, ...] = ()
    expected = "string"

    def is_type(self, value: object) -> bool:
        """Return whether the value is a string."""
        return isinstance(value, str)

    def allowed(self) -> str:
        """Return for example "one of 1280:720, 720:1280"."""
        more = f", or any width:height with {self.pixels[0]} to {self.pixels[1]} pixels" if self.pixels else ""
        return _("one of {values}{more}").format(values=", ".join(self.values), more=more)

    def check(self, path: FieldPath, value: object) -> Iterator[Violation]:
        """Yield a VALUE violation, for a wrong type too, as Runway does."""
        known = isinstance(value, str) and (value in self.values or value in self.deprecated)
        if not known and not self._has_allowed_pixels(value):
            yield Violation(path, self, ViolationCode.VALUE, value)

    def _has_allowed_pixels(self, value: object) -> bool:
        match = PIXELS.fullmatch(value) if isinstance(value, str) else None
        if self.pixels is None or match is None:
            return False
        return not is_outside(int(match[1]) * int(match[2]), *self.pixels)

    def missing(self, path: FieldPath) -> Violation:
        """Return a VALUE violation, as Runway lists the values of a choice that is left out."""
        return Violation(path, self, ViolationCode.VALUE, ABSENT)


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A finite number from `min` to `max`, in `unit`."""

    min: float | None = None
    max: float | None = None
    unit: str = ""
    expected = "number"

    def is_type(self, value: object) -> bool:
        """Return whether the value is a finite number and no boolean."""
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

    def allowed(self) -> str:
        """Return for example "a number of seconds from 0.5 to 30"."""
        unit = f" of {self.unit}" if self.unit else ""
        return _("a number{unit}{range}").format(unit=unit, range=describe_range(self.min, self.max))

    def _check(self, path: FieldPath, value: float) -> Iterator[Violation]:
        if is_outside(value, self.min, self.max):
            yield Violation(path, self, ViolationCode.RANGE, value, value)


@dataclass(frozen=True, kw_only=True)
class Integer(Field):
    """A whole number in `unit`: one of `values`, or from `min` to `max`; `words` such as "auto" are accepted too."""

    min: int | None = None
    max: int | None = None
    values: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    unit: str = ""
    expected = "number"

    def is_type(self, value: object) -> bool:
        """Return whether the value is a whole number or one of the words."""
        return is_integer(value) or value in self.words

    def choices(self) -> tuple[int, ...]:
        """Return all numbers that it may be, when there are at most `MAX_LISTED` of them; else nothing."""
        if self.values or self.min is None or self.max is None:
            return self.values
        few = self.max - self.min < MAX_LISTED
        return tuple(range(self.min, self.max + 1)) if few else ()

    def allowed(self) -> str:
        """Return for example 'a whole number of seconds, one of 4, 6, 8, or "auto"'."""
        unit = f" of {self.unit}" if self.unit else ""
        choices = self.choices()
        span = f", one of {', '.join(map(str, choices))}" if choices else describe_range(self.min, self.max)
        words = "".join(f', or "{word}"' for word in self.words)
        return _("a whole number{unit}{span}{words}").format(unit=unit, span=span, words=words)

    def _check(self, path: FieldPath, value: Any) -> Iterator[Violation]:
        if value in self.words and isinstance(value, str):
            return
        if self.values and value not in self.values:
            yield Violation(path, self, ViolationCode.VALUE, value)
        elif is_outside(value, self.min, self.max):
            yield Violation(path, self, ViolationCode.RANGE, value, value)


@dataclass(frozen=True, kw_only=True)
class Boolean(Field):
    """true or false."""

    expected = "boolean"

    def is_type(self, value: object) -> bool:
        """Return whether the value is a boolean."""
        return isinstance(value, bool)

    def allowed(self) -> str:
        """Return "true or false"."""
        return _("true or false")


@dataclass(frozen=True, kw_only=True)
class Media(Field):
    """A media file, which a request gives as an address, a data URI or a Runway upload.

    `aspect` bounds width divided by height, `side` the shorter and the longer side in pixels, `seconds` the length.
    None stands where Runway publishes no bound.
    """

    kind: MediaKind
    aspect: tuple[float, float] | None = None
    side: tuple[int | None, int | None] = (None, None)
    seconds: tuple[float | None, float | None] = (None, None)
    expected = "string"

    def is_type(self, value: object) -> bool:
        """Return whether the value is a string; what it leads to is checked by `misfit`."""
        return isinstance(value, str)

    def allowed(self) -> str:
        """Return for example "a picture, as asset:<id>, a web address or a data URI"."""
        return _("{media_words}, as asset:<id>, a web address or a data URI").format(
            media_words=_(MEDIA_WORDS[self.kind])
        )

    def misfit(self, width: int | None, height: int | None, seconds: float | None) -> str | None:
        """Return why a file of this size (pixels) and length cannot be used; None when it can, or nothing is known."""
        reason = self._size_misfit(width, height) if width and height else None
        if reason is None and seconds is not None and is_outside(seconds, *self.seconds):
            return _("it must last{range} seconds; it lasts {seconds:.1f}").format(
                range=describe_range(*self.seconds), seconds=seconds
            )
        return reason

    def has_allowed_aspect(self, width: int, height: int) -> bool:
        """Return whether width divided by height is within the bounds of `aspect`."""
        return self.aspect is None or not is_outside(width / height, *self.aspect)

    def _size_misfit(self, width: int, height: int) -> str | None:
        # the shape comes first, since a person can crop a picture more easily than find a larger one
        least, most = self.side
        if self.aspect and not self.has_allowed_aspect(width, height):
            return _("width / height must be{range}; it is {width:.3f}").format(
                range=describe_range(*self.aspect), width=width / height
            )
        if is_outside(min(width, height), least, None):
            return _("each side must be at least {least} pixels; it is {width} × {height}").format(
                least=least, width=width, height=height
            )
        if is_outside(max(width, height), None, most):
            return _("each side must be at most {most} pixels; it is {width} × {height}").format(
                most=most, width=width, height=height
            )
        return None
