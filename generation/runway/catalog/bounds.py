"""Bounds of numbers and lengths: what lies outside of them, and how they read in a sentence.

`None` as a bound means that Runway publishes none.
"""

from __future__ import annotations

from projects.translation import gettext as _


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 code units, as Runway counts it: most emoji count as 2.

    A lone surrogate, which JSON can carry, counts as 1.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_integer(value: object) -> bool:
    """Return whether a value is an int and not a bool, which Python counts among the ints and JSON does not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_outside(size: float, least: float | None, most: float | None) -> bool:
    """Return whether a size is below `least` or above `most`; a bound of None never refuses."""
    return (least is not None and size < least) or (most is not None and size > most)


def describe_count(least: float | None, most: float | None) -> str:
    """Return the bounds of a count: "3", "1 to 3", "at least 1" or "at most 3". One of the two must be given."""
    if least == most:
        return str(most)
    if most is None:
        return _("at least {least:g}").format(least=least)
    return (
        _("{least:g} to {most}").format(least=least, most=most)
        if least is not None
        else _("at most {most}").format(most=most)
    )


def describe_range(least: float | None, most: float | None) -> str:
    """Return what follows "a number": " from 1 to 3", " of at least 1", " of at most 3", or nothing."""
    if least is None and most is None:
        return ""
    if least is None:
        return f" of at most {most}"
    return f" from {least:g} to {most}" if most is not None else f" of at least {least:g}"
