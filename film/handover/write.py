"""Writes a film in one of the formats, with a report of what that format cannot carry."""

from __future__ import annotations

from dataclasses import dataclass

from film.document.timeline import Timeline
from film.handover.edl.writer import write_edl
from film.handover.fcp7.writer import write_fcp7
from film.handover.fcpxml.writer import write_fcpxml
from film.handover.formats import FACTS, Format
from film.handover.losses import losses_of
from film.handover.otio.writer import write_otio


@dataclass(frozen=True)
class Handover:
    """A file for an editing program."""

    format: Format
    name: str
    """Of the file."""
    data: bytes
    report: tuple[str, ...]
    """What the format cannot carry of this film."""

    @property
    def mime_type(self) -> str:
        """The type of the file."""
        return FACTS[self.format].mime_type


def write(film: Timeline, format: Format, root: str | None = None, handles: int | None = None) -> Handover:
    """Return a film as a file.

    `root` is the absolute path of the project's folder, for formats that need addresses of files; without it they are
    relative to the hand-over. OTIO and EDL have relative paths always.
    """
    data = _data(film, format, root)
    return Handover(format, f"{film.project}{FACTS[format].suffix}", data, tuple(losses_of(film, format, handles)))


def _data(film: Timeline, format: Format, root: str | None) -> bytes:
    if format == "otio":
        return write_otio(film)
    if format == "edl":
        return write_edl(film)
    return write_fcpxml(film, root) if format == "fcpxml" else write_fcp7(film, root)
