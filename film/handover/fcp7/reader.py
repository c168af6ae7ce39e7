"""Reads FCP7 XML of any program: the first picture track, titles above it, and the first channel of each sound."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

from film.document.cut import Marker, Title
from film.document.rate import Rate
from film.handover.fcp7 import facts
from film.handover.fcp7.files import Files
from film.handover.fcp7.heard import Heard
from film.handover.fcp7.track import TrackItem, items_of, number_in, rate_of
from film.handover.formats import unreadable
from film.handover.returned import Grid, ReturnedClip, ReturnedFilm
from film.handover.safe_xml import parse_xml, settings_in, text_of
from projects.translation import gettext as _


def read_fcp7(data: bytes, rate: Rate) -> ReturnedFilm:
    """Return what the file says. Raise Problem 422 where it has no sequence."""
    root = parse_xml(data)
    sequences = _sequences(root)
    if root.tag != "xmeml" or not sequences:
        raise unreadable(_("The FCP7 XML file has no sequence."))
    try:
        return _Reader(root, sequences, rate).read()
    except (ValueError, OverflowError) as error:
        raise unreadable(_("The FCP7 XML file has a value that cannot be read: {error}.").format(error=error)) from None


def _sequences(root: Element) -> list[Element]:
    """Return the sequences that are in no other one."""
    return [*root.iterfind("sequence"), *root.iterfind(".//children/sequence")]


def settings_of(item: Element) -> dict[str, Any]:
    """Return our settings that an item has kept."""
    return settings_in(item.findtext("comments/mastercomment4"))


class _Reader:
    """Reads one sequence."""

    def __init__(self, root: Element, sequences: list[Element], rate: Rate) -> None:
        self.film = ReturnedFilm(sounds=[], titles=[], markers=[])
        self.grid, self.files = Grid(rate, self.film), Files(root)
        self.sequence = sequences[0]
        self.rate = rate_of(self.sequence, rate.fps)
        for extra in sequences[1:]:
            self.film.say(
                _("The sequence “{sequence}” was not imported: only the first one is read.").format(
                    sequence=text_of(extra, "name")
                )
            )

    def read(self) -> ReturnedFilm:
        self.grid.check_rate(self.rate)
        tracks = self.sequence.findall("media/video/track")
        if tracks:
            self._picture(tracks[0])
        for track in tracks[1:]:
            for item in items_of(track, self.rate, self.files):
                self._above(item)
        Heard(self.film, self.grid, self.files, self.rate).read(self.sequence)
        self._markers(self.sequence, 0)
        return self.film

    def _frames(self, start: int, end: int) -> int:
        return self._frame(end) - self._frame(start)

    def _frame(self, number: int) -> int:
        return self.grid.frames(number / self.rate)

    def _picture(self, track: Element) -> None:
        position = 0
        for item in items_of(track, self.rate, self.files):
            if item.start > position:
                self.film.clips.append(ReturnedClip("Gap", 0, self._frames(position, item.start)))
            clip = self._clip(item)
            clip.before, clip.after = self._dissolve(item)
            self.film.clips.append(clip)
            self._markers(item.element, item.start - number_in(item.element, "in", 0) - item.before)
            position = max(item.end, position)
        children = [child for child in track if child.tag in ("clipitem", "generatoritem", "transitionitem")]
        if children and children[-1].tag == "transitionitem":
            self.film.say(_("The transition at the end of the film was not imported."))

    def _clip(self, item: TrackItem) -> ReturnedClip:
        element, length = item.element, self._frames(item.start, item.end)
        name, own = text_of(element, "name"), settings_of(element)
        clip = ReturnedClip(name, self.grid.frames(item.source_in), length, own=own)
        if element.find("logginginfo") is not None:
            clip.note = element.findtext("logginginfo/lognote") or ""
        if text_of(element, "enabled").upper() == "FALSE":
            self.film.say(_("“{name}” is disabled in the file, but is shown here.").format(name=name))
        if element.find("sequence") is not None:
            self._replace(clip, _("a sequence of its own"))
        elif element.tag == "generatoritem" or self.files.is_generator(element):
            self._generator(clip, element)
        else:
            clip.references = (self.files.reference(element),)
            self._filters(element, name)
        return clip

    def _generator(self, clip: ReturnedClip, element: Element) -> None:
        kind = text_of(element, "effect/effectid")
        is_black = kind == facts.SLUG or text_of(element, "file/mediaSource") in (facts.SLUG, "Black")
        if not is_black and clip.own.get("kind") != "card":
            self._replace(clip, _("the generator “{name}”").format(name=kind or "unnamed"))

    def _replace(self, clip: ReturnedClip, what: str) -> None:
        self.film.say(
            _("“{name}” is {what}. It was replaced by a gap of {length} frames.").format(
                name=clip.name, what=what, length=clip.length
            )
        )

    def _filters(self, element: Element, name: str) -> None:
        for effect in element.iterfind("filter/effect"):
            effect_id = text_of(effect, "effectid")
            if effect_id != facts.LEVELS:
                what = (
                    "speed"
                    if effect_id == "timeremap"
                    else _("effect “{name}”").format(name=text_of(effect, "name") or effect_id)
                )
                self.film.say(_("“{name}”: its {what} was not imported.").format(name=name, what=what))

    def _dissolve(self, item: TrackItem) -> tuple[int, int]:
        if item.transition is None:
            return 0, 0
        name = text_of(item.transition, "effect/effectid") or text_of(item.transition, "effect/name")
        if name not in (facts.DISSOLVE, ""):
            self.film.say(_("The transition “{name}” was replaced by a cut.").format(name=name))
            return 0, 0
        start = item.start - item.before
        return self._frames(start, item.start), self._frames(item.start, item.start + item.after)

    def _above(self, item: TrackItem) -> None:
        """Take over a title; a clip over the film is only reported."""
        element, name = item.element, text_of(item.element, "name")
        if text_of(element, "effect/effectid") != facts.TEXT or self.film.titles is None:
            self.film.say(_("“{name}” is above the main track: it was not imported.").format(name=name))
            return
        start, end = self._frame(item.start), self._frame(item.end)
        if end > start:
            values = {text_of(each, "parameterid"): each for each in element.iterfind("effect/parameter")}
            words = values["str"].findtext("value") or "" if "str" in values else ""
            height = text_of(values["origin"], "value/vert", "0") if "origin" in values else "0"
            place = min(facts.HEIGHTS, key=lambda each: abs(facts.HEIGHTS[each] - float(height)))
            self.film.titles.append(Title(start, end, words, place))

    def _markers(self, owner: Element, shift: int) -> None:
        for marker in owner.iterfind("marker"):
            at = self.grid.frames(Fraction(number_in(marker, "in", 0) + shift) / self.rate)
            text = marker.findtext("name") or marker.findtext("comment") or ""
            if self.film.markers is not None:
                self.film.markers.append(Marker(max(at, 0), text))
