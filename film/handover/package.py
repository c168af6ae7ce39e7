"""A hand-over with its media as one zip archive, made while it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from film.document.timeline import Timeline
from film.handover import edit
from film.handover.formats import FACTS
from film.handover.write import Handover
from projects.disk.zip_archive import zip_parts
from projects.translation import gettext as _

REPORT = "report.txt"


def package_parts(handover: Handover, film: Timeline, folder: Path) -> Iterator[bytes]:
    """Yield the bytes of an archive with the file, the report, and all media from the project's `folder`.

    The archive holds one folder, in which the paths of the file are right.
    """
    report = report_text(handover, film, missing_media(film, folder)).encode()
    paths = [medium.path for medium in edit.media_of(film).values()]
    names: list[tuple[str, Path | bytes]] = [(handover.name, handover.data), (REPORT, report)]
    names += [(path, folder / path) for path in paths]
    yield from zip_parts((f"{film.project}/{name}", content) for name, content in names)


def missing_media(film: Timeline, folder: Path) -> list[str]:
    """Return the paths of media that are not in the project's folder."""
    return [medium.path for medium in edit.media_of(film).values() if not (folder / medium.path).is_file()]


def report_text(handover: Handover, film: Timeline, missing: list[str]) -> str:
    """Return what goes with the file: what it is, and what it cannot carry."""
    rate = f"{float(film.rate.fps):.5g}"
    lines = [
        _("{name}, version {version} of the cut, as {title}: {handover_name}").format(
            name=film.name, version=film.version, title=FACTS[handover.format].title, handover_name=handover.name
        ),
        _("{width} × {height}, {rate} frames a second, {timecode} long").format(
            width=film.width, height=film.height, rate=rate, timecode=film.rate.timecode(film.length)
        ),
        "",
        _("What this format cannot carry:") if handover.report else _("This format carries the whole cut."),
        *(f"- {sentence}" for sentence in handover.report),
    ]
    if missing:
        lines += ["", _("Media that are no longer there:"), *(f"- {path}" for path in missing)]
    return "\n".join(lines) + "\n"
