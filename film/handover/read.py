"""Reads a file that came back from an editing program, as a new state of the cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from film.document.cut import MAX_FRAMES, Clip, Cut
from film.document.timeline import Medium, Timeline
from film.handover import edit
from film.handover.bounds import within_bounds
from film.handover.edl.reader import read_edl
from film.handover.edl.reels import reels_of
from film.handover.fcp7.reader import read_fcp7
from film.handover.fcpxml.reader import read_fcpxml
from film.handover.formats import Format, format_of, unreadable
from film.handover.media_index import MediaIndex
from film.handover.merge import merge
from film.handover.otio.reader import read_otio
from film.handover.returned import ReturnedFilm
from film.handover.safe_xml import MAX_BYTES
from projects.problems import Problem
from projects.translation import gettext as _


@dataclass(frozen=True)
class Returned:
    """What a file makes of the cut."""

    format: Format
    cut: Cut
    report: tuple[str, ...]
    """What of the file was not imported, or not as it is there."""
    is_changed: bool
    """Whether it is another cut than before."""


def read(data: bytes, cut: Cut, film: Timeline, media: Iterable[Medium] = (), format: Format | None = None) -> Returned:
    """Return what a file makes of a cut; `film` is that cut with its media, and `media` all others of the project.

    Raise Problem 413 for a file that is too long, 422 for one that cannot be read or names media that the project does
    not have.
    """
    if len(data) > MAX_BYTES:
        megabytes = MAX_BYTES // 1024**2
        raise Problem(
            _("The file may be at most {megabytes} MB.").format(megabytes=megabytes), code="too_large", status=413
        )
    format = format or format_of(data)
    returned = _returned(data, format, film)
    _refuse_long(returned)
    if returned.version is not None and returned.version < film.version:
        returned.say(
            _("The file was written from version {version}; the cut is at version {film_version} now.").format(
                version=returned.version, film_version=film.version
            )
        )
    before = replace(cut, clips=_automatic_clips(film)) if film.automatic else cut
    after = merge(returned, before, film, MediaIndex([*edit.media_of(film).values(), *media]))
    _report_kept(returned, cut)
    is_changed = after != before
    return Returned(format, within_bounds(after) if is_changed else cut, tuple(returned.report), is_changed)


def _automatic_clips(film: Timeline) -> tuple[Clip, ...]:
    """Return the clips of a cut that nobody has made: each follows its scene."""
    return tuple(Clip(clip.id, clip.scene, kind=clip.kind) for clip in film.clips)


def _returned(data: bytes, format: Format, film: Timeline) -> ReturnedFilm:
    if format == "otio":
        return read_otio(data, film.rate)
    if format == "edl":
        return read_edl(data, film.rate, reels_of(film))
    return read_fcpxml(data, film.rate) if format == "fcpxml" else read_fcp7(data, film.rate)


def _refuse_long(returned: ReturnedFilm) -> None:
    frames = sum(max(clip.length, 0) for clip in returned.clips)
    ends = [sound.start + sound.source_in + sound.length for sound in returned.sounds or ()]
    if max([frames, *ends]) > MAX_FRAMES:
        raise unreadable(_("The film in the file is longer than 24 hours."))


def _report_kept(returned: ReturnedFilm, cut: Cut) -> None:
    """Name what the file cannot carry, and the cut therefore keeps where it is."""
    parts = {
        "sounds": (returned.sounds, cut.sounds),
        "captions": (returned.captions, cut.captions),
        "titles": (returned.titles, cut.titles),
        "markers": (returned.markers, cut.markers),
    }
    kept = [name for name, (found, own) in parts.items() if found is None and own]
    if kept:
        returned.say(
            _("The file does not carry {kept}: the cut keeps its own, at the same times.").format(
                kept=" and ".join(kept)
            )
        )
