"""The formats of a hand-over: their names, suffixes and types, and which one a file has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from projects.problems import Problem
from projects.translation import gettext as _

Format = Literal["otio", "fcpxml", "fcp7", "edl"]
FORMATS: tuple[Format, ...] = get_args(Format)
# so much of a file is looked at
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class FormatFacts:
    """What a format is called, and what its files are."""

    title: str
    suffix: str
    mime_type: str


FACTS: dict[Format, FormatFacts] = {
    "otio": FormatFacts("OpenTimelineIO", ".otio", "application/x-opentimelineio"),
    "fcpxml": FormatFacts("Final Cut Pro XML", ".fcpxml", "application/xml"),
    "fcp7": FormatFacts("Final Cut Pro 7 XML", ".xml", "application/xml"),
    "edl": FormatFacts("EDL (CMX 3600)", ".edl", "text/plain; charset=utf-8"),
}


def unreadable(message: str) -> Problem:
    """Return Problem 422 for a file that cannot be read as what it should be."""
    return Problem(message, code="unreadable_file", status=422)


def format_of(data: bytes) -> Format:
    """Return the format of a file by its beginning. Raise Problem 422 where it is none of them."""
    head = _decoded(data[:_HEAD_BYTES]).lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return "otio"
    if "<fcpxml" in head:
        return "fcpxml"
    if "<xmeml" in head:
        return "fcp7"
    if head.startswith("TITLE:") or any(line[:3].isdigit() for line in head.splitlines()):
        return "edl"
    titles = ", ".join(facts.title for facts in FACTS.values())
    raise unreadable(_("The file is none of these: {titles}.").format(titles=titles))


def _decoded(head: bytes) -> str:
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    return head.decode("utf-16" if wide else "utf-8", errors="replace")
