"""What is connected to the clips of a returned FCPXML file: sounds, titles, captions and markers."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from film.document.cut import Caption, Marker, Place, Title
from film.handover.fcpxml import facts
from film.handover.fcpxml.facts import seconds_of
from film.handover.fcpxml.levels import fade_of, report_changes, settings_of, volume_of
from film.handover.fcpxml.media import FoundMedia, Media
from film.handover.returned import Grid, ReturnedFilm, ReturnedSound, lane_of
from projects.translation import gettext as _

_CLIPS = {"asset-clip", "clip", "audio", "video"}
_OTHERS = {"ref-clip", "mc-clip", "sync-clip", "audition", "spine"}


class Connected:
    """Reads what is connected to one clip after another."""

    def __init__(self, film: ReturnedFilm, grid: Grid, media: Media) -> None:
        self._film, self._grid, self._media = film, grid, media

    def read(self, clip: Element, start: Fraction) -> None:
        """Keep what is connected to a clip that begins at this second of the film."""
        local = seconds_of(clip.get("start"))
        for child in clip:
            if child.tag in ("marker", "chapter-marker"):
                self._marker(child, start - local)
            elif child.tag == "caption":
                self._caption(child, start - local)
            elif child.tag == "title" and child.get("lane"):
                self._title(child, start - local)
            elif child.tag in _CLIPS and child.get("lane"):
                self._clip(child, start - local)
            elif child.tag in _OTHERS and child.get("lane"):
                self._report(child)

    def _report(self, child: Element) -> None:
        name = child.get("name") or child.tag
        self._film.say(_("“{name}” is connected to the film: it was not imported.").format(name=name))

    def _times(self, child: Element, shift: Fraction) -> tuple[int, int]:
        start = seconds_of(child.get("offset")) + shift
        duration = seconds_of(child.get("duration")) or self._media.duration_of(child)
        return max(self._grid.frames(start), 0), self._grid.frames(start + duration)

    def _marker(self, child: Element, shift: Fraction) -> None:
        at = self._grid.frames(seconds_of(child.get("start")) + shift)
        if self._film.markers is not None:
            self._film.markers.append(Marker(max(at, 0), child.get("value") or child.get("note") or ""))

    def _caption(self, child: Element, shift: Fraction) -> None:
        start, end = self._times(child, shift)
        if end > start and self._film.captions is not None:
            self._film.captions.append(Caption(start, end, _words(child)))

    def _title(self, child: Element, shift: Fraction) -> None:
        start, end = self._times(child, shift)
        if end > start and self._film.titles is not None:
            self._film.titles.append(Title(start, end, _words(child), _place(child)))

    def _clip(self, child: Element, shift: Fraction) -> None:
        found = self._media.of(child)
        is_sound = found is not None and (not found.has_picture or child.get("srcEnable") == "audio")
        if found is None or not (is_sound or child.tag == "audio"):
            self._report(child)
            return
        report_changes(self._film, child)
        self._sound(child, found, self._times(child, shift))

    def _sound(self, child: Element, found: FoundMedia, times: tuple[int, int]) -> None:
        start, end = times
        source_in = self._grid.frames(found.source_in)
        sound = ReturnedSound(child.get("name") or "", start, source_in, end - start, found.reference)
        sound.lane = lane_of(child.get("audioRole") or child.get("role") or "")
        sound.own, sound.gain = settings_of(child), volume_of(child)
        sound.fade_in, sound.fade_out = (self._grid.frames(fade_of(child, tag)) for tag in ("fadeIn", "fadeOut"))
        sound.enabled = child.get("enabled") != "0"
        if self._film.sounds is not None:
            self._film.sounds.append(sound)


def _words(child: Element) -> str:
    return "\n".join("".join(text.itertext()) for text in child.iterfind("text"))


def _place(title: Element) -> Place:
    transform = title.find("adjust-transform")
    words = (transform.get("position") or "").split() if transform is not None else []
    height = float(words[1]) if len(words) == 2 else 0.0
    return min(facts.HEIGHTS, key=lambda place: abs(facts.HEIGHTS[place] - height))
