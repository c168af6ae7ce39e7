"""Reads FCPXML files of any program: the primary storyline, and what is connected to it."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from film.document.rate import Rate
from film.handover.fcpxml import facts
from film.handover.fcpxml.connected import Connected
from film.handover.fcpxml.facts import seconds_of
from film.handover.fcpxml.levels import is_muted, note_of, report_changes, settings_of, volume_of
from film.handover.fcpxml.media import Media
from film.handover.formats import unreadable
from film.handover.returned import Grid, Reference, ReturnedClip, ReturnedFilm
from film.handover.safe_xml import parse_xml
from projects.translation import gettext as _
from projects.translation import gettext_noop

_NESTED = {
    "ref-clip": gettext_noop("a compound clip"),
    "mc-clip": gettext_noop("a multicam clip"),
    "sync-clip": gettext_noop("a synchronized clip"),
}


def read_fcpxml(data: bytes, rate: Rate) -> ReturnedFilm:
    """Return what the file says. Raise Problem 422 where it has no sequence."""
    root = parse_xml(data)
    sequence = root.find(".//project/sequence")
    if root.tag != "fcpxml" or sequence is None:
        raise unreadable(_("The FCPXML file has no project with a sequence."))
    try:
        return _Reader(root, sequence, rate).read()
    except (ValueError, OverflowError) as error:
        raise unreadable(_("The FCPXML file has a value that cannot be read: {error}.").format(error=error)) from None


class _Reader:
    """Reads one sequence."""

    def __init__(self, root: Element, sequence: Element, rate: Rate) -> None:
        self.film = ReturnedFilm(sounds=[], captions=[], titles=[], markers=[])
        self.grid = Grid(rate, self.film)
        self.media = Media(root)
        self.connected = Connected(self.film, self.grid, self.media)
        self.sequence = sequence
        self.zero = seconds_of(sequence.get("tcStart"))
        self.position = Fraction(0)
        self.transition: Element | None = None

    def read(self) -> ReturnedFilm:
        if fps := self.media.rate_of(self.sequence.get("format")):
            self.grid.check_rate(fps)
        version = settings_of(self.sequence).get("version")
        self.film.version = version if isinstance(version, int) else None
        for element in self.sequence.find("spine") or ():
            if element.tag == "transition":
                self.transition = element
            else:
                self._element(element)
        if self.transition is not None:
            self.film.say(_("The transition at the end of the film was not imported."))
        return self.film

    def _element(self, element: Element) -> None:
        clip = _first_of(element) if element.tag == "audition" else element
        offset = element.get("offset") or clip.get("offset")
        start = seconds_of(offset) - self.zero if offset else self.position
        if start > self.position:
            self._add(ReturnedClip("Gap", 0, self._frames(self.position, start)), start)
        end = start + self._duration(clip)
        if not (clip.tag == "gap" and clip.get("name") == facts.ROOM and not settings_of(clip)):
            returned = self._returned(clip, self._frames(start, end))
            returned.before, returned.after = self._dissolve(start)
            self._add(returned, end)
        self.connected.read(clip, start)
        self.transition = None

    def _add(self, clip: ReturnedClip, end: Fraction) -> None:
        self.film.clips.append(clip)
        self.position = end

    def _frames(self, start: Fraction, end: Fraction) -> int:
        return self.grid.frames(end) - self.grid.frames(start)

    def _duration(self, clip: Element) -> Fraction:
        # of a whole asset it may be left out
        return seconds_of(clip.get("duration")) or self.media.duration_of(clip)

    def _dissolve(self, cut_point: Fraction) -> tuple[int, int]:
        """Return how many frames of the transition lie before a cut point, and after it."""
        element = self.transition
        if element is None:
            return 0, 0
        name = element.get("name") or self.media.effect_name(element.find("filter-video")) or "unnamed"
        # its name is in the editor's language
        is_dissolve = self.media.effect_uid(element.find("filter-video")) == facts.DISSOLVE_UID
        if not is_dissolve and name not in (facts.DISSOLVE, "Dissolve"):
            self.film.say(_("The transition “{name}” was replaced by a cut.").format(name=name))
            return 0, 0
        offset, duration = element.get("offset"), seconds_of(element.get("duration"))
        start = seconds_of(offset) - self.zero if offset else cut_point - duration / 2
        return self._frames(start, cut_point), self._frames(cut_point, start + duration)

    def _returned(self, clip: Element, length: int) -> ReturnedClip:
        returned = ReturnedClip(clip.get("name") or "", 0, length, own=settings_of(clip), note=note_of(clip))
        returned.source_in = self.grid.frames(seconds_of(clip.get("start")))
        if clip.tag == "asset-clip":
            returned.gain, returned.mute = volume_of(clip), is_muted(clip)
        if clip.tag in _NESTED:
            self._replace(returned, _(_NESTED[clip.tag]))
        elif clip.tag == "title" and not returned.own:
            self._replace(returned, _("a title in the storyline"))
        elif clip.tag not in ("gap", "title"):
            self._with_media(returned, clip)
            report_changes(self.film, clip)
        if clip.get("enabled") == "0":
            self.film.say(_("“{name}” is disabled in the file, but is shown here.").format(name=returned.name))
        return returned

    def _replace(self, returned: ReturnedClip, what: str) -> None:
        self.film.say(
            _("“{name}” is {what}. It was replaced by a gap of {length} frames.").format(
                name=returned.name, what=what, length=returned.length
            )
        )

    def _with_media(self, returned: ReturnedClip, clip: Element) -> None:
        """Find the asset of a clip, or of the picture within it."""
        found = self.media.of(clip)
        if found is None:
            effect = self.media.effect_name(clip)
            if effect is None:
                returned.references = (Reference(name=returned.name),)
            else:
                self._replace(returned, _("the generator “{effect}”").format(effect=effect))
            return
        returned.references = (found.reference,)
        returned.source_in = self.grid.frames(found.source_in)


def _first_of(audition: Element) -> Element:
    if not len(audition):
        raise ValueError("an empty audition")
    return audition[0]
