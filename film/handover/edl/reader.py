"""Reads EDLs of any program: the events of the picture, their comments and locators."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from film.document.cut import Marker
from film.document.rate import Rate
from film.document.timeline import Medium
from film.handover.edl.reels import BLACK
from film.handover.edl.time_codes import drops_numbers, frame_at
from film.handover.edl.writer import CLIP_COMMENT, MARKER_COMMENT, NOTE_COMMENT
from film.handover.formats import unreadable
from film.handover.returned import Reference, ReturnedClip, ReturnedFilm
from projects.translation import gettext as _

_TIME = r"(\d\d):(\d\d):(\d\d)[:;.,](\d\d)"
_TIMES = rf"{_TIME}\s+{_TIME}\s+{_TIME}\s+{_TIME}"
_EVENT = re.compile(rf"(\d+)\s+(\S+)\s+(\S+)\s+(C|D|W\d*|K\S*)\s+(?:(\d{{1,6}})\s+)?{_TIMES}\s*", re.ASCII)
_COMMENT = re.compile(r"\*?\s*([A-Z][A-Z0-9 _]*?)\s*:\s*(.*)")
_COLORS = "RED|GREEN|BLUE|CYAN|MAGENTA|YELLOW|BLACK|WHITE|PINK|ORANGE|PURPLE"
_LOCATOR = re.compile(rf"{_TIME}\s*(?:(?:{_COLORS})\b)?\s*(.*)", re.IGNORECASE)
_PICTURE = {"V", "B", "AA/V", "A2/V", "A/V", "VA1", "VA2", "VA1A2", "VA", "NONE", "V1"}
_BLACK = {BLACK, "BLACK"}
MAX_LINE = 1000
"""Characters of a line that are read."""


@dataclass
class _Event:
    """A line of the list with the comments below it."""

    number: str
    reel: str
    kind: str
    frames: int
    source_in: int
    source_out: int
    record_in: int
    record_out: int
    comments: dict[str, str] = field(default_factory=dict)
    has_speed: bool = False


def _is_from(event: _Event, following: _Event | None) -> bool:
    return following is not None and event.number == following.number and event.record_in == event.record_out


def read_edl(data: bytes, rate: Rate, reels: dict[str, Medium]) -> ReturnedFilm:
    """Return what the list says, in frames of the cut's rate, which a list does not name."""
    return _Reader(rate, reels).read(_text(data))


def _text(data: bytes) -> str:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable(_("The EDL is neither UTF-8 nor Windows-1252."))


class _Reader:
    """Reads one list."""

    def __init__(self, rate: Rate, reels: dict[str, Medium]) -> None:
        self.film, self.rate, self.reels = ReturnedFilm(markers=[]), rate, reels
        self.events: list[_Event] = []
        self.is_dropped = False
        self.locators: list[tuple[int, str]] = []

    def read(self, text: str) -> ReturnedFilm:
        current: _Event | None = None
        for number, line in enumerate(text.splitlines(), 1):
            line = line[:MAX_LINE].strip()
            if match := _EVENT.fullmatch(line):
                current = self._event(match, number)
            elif line[:3].isdigit():
                raise unreadable(_("Line {number} of the EDL is not an event.").format(number=number))
            elif line.startswith("FCM"):
                self._count(line.upper())
            elif line.startswith("M2") and current:
                current.has_speed = True
            elif line.startswith("*"):
                self._comment(line, current)
        if not self.events:
            raise unreadable(_("The EDL has no event with a picture."))
        self._place()
        return self.film

    def _count(self, line: str) -> None:
        """Take over how the time codes below are counted."""
        self.is_dropped = "NON" not in line
        if self.is_dropped and not drops_numbers(self.rate):
            self.is_dropped = False
            self.film.say(_("The list counts drop-frame time code; it was read as non-drop frame."))

    def _frame(self, parts: tuple[str, ...], line: int) -> int:
        try:
            return frame_at(parts, self.rate, is_dropped=self.is_dropped)
        except ValueError:
            name = _("{nominal} frames a second").format(nominal=self.rate.nominal)
            raise unreadable(
                _("Line {line} of the EDL has a time code that does not exist at {name}.").format(line=line, name=name)
            ) from None

    def _event(self, match: re.Match[str], line: int) -> _Event | None:
        event_number, reel, channel, kind, frames, *parts = match.groups()
        if channel.upper() not in _PICTURE:
            self.film.say(_("Sounds of the list were not imported: the cut keeps its own."))
            return None
        times = [self._frame(tuple(parts[start : start + 4]), line) for start in range(0, 16, 4)]
        event = _Event(event_number, reel, kind, int(frames or 0), times[0], times[1], times[2], times[3])
        self.events.append(event)
        return event

    def _comment(self, line: str, event: _Event | None) -> None:
        match = _COMMENT.fullmatch(line)
        if match is None:
            return
        name, text = match[1], match[2].strip()
        if name == MARKER_COMMENT:
            locator = _LOCATOR.fullmatch(text)
            if locator:
                self.locators.append((self._frame(locator.groups()[:4], 0), locator[5]))
        elif event:
            event.comments[name] = text

    def _place(self) -> None:
        """Turn events into clips; what lies between them is black."""
        # the first of two lines with one number says from where a dissolve goes
        events = [event for event, after in pairwise([*self.events, None]) if event and not _is_from(event, after)]
        zero = min((event.record_in for event in events), default=0)
        # a film may begin with black that nothing says
        hour = frame_at(("1", "0", "0", "0"), self.rate, is_dropped=self.is_dropped)
        zero = hour if hour <= zero < hour + hour // 60 else zero
        position = zero
        for event in events:
            if event.record_in > position:
                self.film.clips.append(ReturnedClip("Gap", 0, event.record_in - position))
            elif event.record_in < position:
                raise unreadable(_("Two events of the EDL overlap."))
            self.film.clips.append(self._clip(event))
            position = event.record_out
        for at, text in self.locators:
            if self.film.markers is not None:
                self.film.markers.append(Marker(max(at - zero, 0), text))

    def _clip(self, event: _Event) -> ReturnedClip:
        comments, is_dissolve = event.comments, event.kind == "D"
        name = comments.get("TO CLIP NAME" if is_dissolve else "FROM CLIP NAME") or comments.get("FROM CLIP NAME", "")
        length = event.record_out - event.record_in
        clip = ReturnedClip(name, event.source_in, length, note=None)
        if CLIP_COMMENT in comments:
            clip.own = {"clip": comments[CLIP_COMMENT]}
            clip.note = comments.get(NOTE_COMMENT, "")
        if event.reel.upper() not in _BLACK:
            clip.references = self._references(event, name)
        if is_dissolve:
            # in a list a dissolve begins with its event
            clip.after = event.frames
        elif event.kind != "C":
            self.film.say(
                _("The transition {kind} into “{name}” was replaced by a cut.").format(kind=event.kind, name=name)
            )
        if event.has_speed or event.source_out - event.source_in != length:
            self.film.say(_("“{name}”: its speed was not imported.").format(name=name))
        return clip

    def _references(self, event: _Event, name: str) -> tuple[Reference, ...]:
        comments = event.comments
        names = ("TO FILE", "SOURCE FILE", "FROM FILE") if event.kind == "D" else ("SOURCE FILE", "FROM FILE")
        path = next((comments[each] for each in names if each in comments), "")
        medium = self.reels.get(event.reel)
        by_reel = (Reference(asset=medium.asset),) if medium else ()
        # the name of a file alone may mean several
        named = (Reference(path=path, name=name),) if path or name else ()
        return (*named, *by_reel) or (Reference(name=event.reel),)
