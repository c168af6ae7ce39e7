"""The items of a returned FCP7 track with their real times: -1 is the cut point of the transition beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element

from film.handover.fcp7.files import Files
from film.handover.safe_xml import text_of

_ITEMS = {"clipitem", "generatoritem"}


@dataclass(frozen=True)
class TrackItem:
    """An item between its cut points, in frames of the sequence."""

    element: Element
    start: int
    end: int
    source_in: Fraction
    """In seconds of its file."""
    transition: Element | None
    """Into it."""
    before: int
    """Frames of the transition that lie before the cut point."""
    after: int


def number_in(element: Element, path: str, default: int | None = None) -> int:
    """Return a whole number. Raise ValueError where there is none, and no default."""
    text = text_of(element, path)
    if not text and default is not None:
        return default
    return int(text) if "." not in text else round(float(text))


def rate_of(element: Element | None, default: Fraction) -> Fraction:
    """Return the frames per second of an element."""
    if element is None or element.find("rate/timebase") is None:
        return default
    timebase = number_in(element, "rate/timebase")
    if timebase < 1:
        raise ValueError("a timebase of 0")
    return Fraction(timebase * 1000, 1001) if text_of(element, "rate/ntsc").upper() == "TRUE" else Fraction(timebase)


def cut_point(transition: Element) -> int:
    """Return the frame at which one clip gives way to the next."""
    start, end = number_in(transition, "start"), number_in(transition, "end")
    alignment = text_of(transition, "alignment", "center")
    if alignment.startswith("start"):
        return start
    return end if alignment.startswith("end") else (start + end) // 2


def items_of(track: Element, rate: Fraction, files: Files) -> Iterator[TrackItem]:
    """Yield the items of a track in their order."""
    children = [child for child in track if child.tag in {*_ITEMS, "transitionitem"}]
    for number, child in enumerate(children):
        if child.tag in _ITEMS:
            head = children[number - 1] if number and children[number - 1].tag == "transitionitem" else None
            tail = children[number + 1] if number + 1 < len(children) else None
            tail = tail if tail is not None and tail.tag == "transitionitem" else None
            yield _item(files.explained(child), head, tail, rate)


def _item(element: Element, head: Element | None, tail: Element | None, rate: Fraction) -> TrackItem:
    start, end = number_in(element, "start"), number_in(element, "end")
    own_rate = rate_of(element, rate)
    source_in = number_in(element, "in", 0) / own_rate
    if start == -1:
        if head is None:
            raise ValueError("a start of -1 without a transition")
        start = cut_point(head)
        source_in += (start - number_in(head, "start")) / rate
    if end == -1:
        if tail is None:
            raise ValueError("an end of -1 without a transition")
        end = cut_point(tail)
    before = after = 0
    if head is not None:
        before, after = max(start - number_in(head, "start"), 0), max(number_in(head, "end") - start, 0)
    return TrackItem(element, start, end, source_in, head, before, after)
