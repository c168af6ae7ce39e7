"""Reads OTIO files of any program: the first picture track, the audio tracks and the markers."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any, NoReturn

from film.document.cut import Caption, Marker, Title
from film.document.rate import Rate
from film.handover.edit import TAKES
from film.handover.formats import unreadable
from film.handover.otio.schema import METADATA, Json
from film.handover.returned import (
    Grid,
    Reference,
    ReturnedClip,
    ReturnedFilm,
    ReturnedSound,
    as_number,
    exact_rate,
    lane_of,
    place_of,
)
from projects.text.valid_text import replace_in_json
from projects.translation import gettext as _

MAX_VALUES = 6_000_000
"""How many values a file may have: 5,000 clips with a dozen takes each have some two million."""
# an escape of NUL or of half a surrogate pair: without one the texts are valid, and need not be looked at
_SUSPICIOUS = re.compile(rb"\\u(?:0000|d[89a-f])", re.IGNORECASE)
_ITEMS = {"Clip", "Gap", "Stack", "Track", "Timeline"}
_TIME_EFFECTS = {"LinearTimeWarp", "FreezeFrame", "TimeEffect"}


def read_otio(data: bytes, rate: Rate) -> ReturnedFilm:
    """Return what the file says. Raise Problem 422 where it is no timeline."""
    return _Reader(rate).read(_load(data))


def _load(data: bytes) -> Json:
    if sum(data.count(mark) for mark in (b"[", b"{", b",")) > MAX_VALUES:
        raise unreadable(_("The OTIO file has more than {max_values:,} values.").format(max_values=MAX_VALUES))
    try:
        value = json.loads(data.decode(json.detect_encoding(data)))
    except (ValueError, RecursionError):
        raise unreadable(_("The OTIO file is not valid JSON.")) from None
    timeline = _first_timeline(replace_in_json(value) if _SUSPICIOUS.search(data) else value)
    if timeline is None:
        raise unreadable(_("The OTIO file has no timeline."))
    return timeline


def _first_timeline(value: Any) -> Json | None:
    if _schema(value) == "SerializableCollection":
        return next((each for each in _list(value, "children") if _schema(each) == "Timeline"), None)
    return value if _schema(value) == "Timeline" else None


class _Reader:
    """Reads one file."""

    def __init__(self, rate: Rate) -> None:
        self.film = ReturnedFilm(sounds=[], markers=[])
        self.grid = Grid(rate, self.film)

    def read(self, timeline: Json) -> ReturnedFilm:
        try:
            self._timeline(timeline)
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError, ZeroDivisionError):
            self._refuse()
        return self.film

    def _refuse(self) -> NoReturn:
        raise unreadable(_("The OTIO file has objects that are not as its schema says.")) from None

    def _timeline(self, timeline: Json) -> None:
        own = _own(timeline)
        if "captions" in own:
            self.film.captions = [Caption(*_words(each)) for each in own["captions"]]
        if "titles" in own:
            self.film.titles = [Title(*_words(each), place_of(each.get("place"))) for each in own["titles"]]
        self.film.version = _frames(own.get("version"))
        stack = timeline.get("tracks") or {}
        tracks = _list(stack, "children")
        self._markers(stack, Fraction(0))
        pictures = [each for each in tracks if each.get("kind") == "Video" and _list(each, "children")]
        if pictures:
            self._picture(pictures[0])
        for extra in pictures[1:]:
            self.film.say(
                _("The track “{name}” is above the main track: it was not imported.").format(
                    name=extra.get("name") or "Video"
                )
            )
        for each in tracks:
            if each.get("kind") == "Audio":
                self._audio(each)

    def _picture(self, track: Json) -> None:
        self._markers(track, Fraction(0))
        position, dissolve = Fraction(0), (0, 0)
        children = _list(track, "children")
        self._check_rate(children)
        for number, child in enumerate(children):
            if _schema(child) == "Transition":
                dissolve = self._dissolve(child, is_last=number + 1 == len(children))
                continue
            if _schema(child) not in _ITEMS:
                self._refuse()
            start, length = _range(child)
            clip = self._clip(child, start, self._length(position, length))
            clip.before, clip.after = dissolve
            self.film.clips.append(clip)
            self._markers(child, position - start)
            position, dissolve = position + length, (0, 0)

    def _check_rate(self, children: list[Json]) -> None:
        ranges = [child["source_range"] for child in children if child.get("source_range")]
        if ranges:
            self.grid.check_rate(exact_rate(float(ranges[0]["duration"]["rate"])))

    def _length(self, position: Fraction, length: Fraction) -> int:
        return self.grid.frames(position + length) - self.grid.frames(position)

    def _clip(self, child: Json, start: Fraction, length: int) -> ReturnedClip:
        name, own = str(child.get("name") or ""), _own(child)
        clip = ReturnedClip(name, self.grid.frames(start), length, own=own, note=_note(own))
        if _schema(child) == "Clip":
            clip.references = tuple(_references(child))
            clip.source_in = self.grid.frames(start - _media_start(child))
            self._effects(child, name)
        elif _schema(child) != "Gap":
            self.film.say(
                _("“{name}” is a timeline of its own. It was replaced by a gap of {length} frames.").format(
                    name=name or _("A clip"), length=length
                )
            )
        if child.get("enabled") is False and _schema(child) == "Clip":
            self.film.say(_("“{name}” is disabled in the file, but is shown here.").format(name=name))
        return clip

    def _effects(self, child: Json, name: str) -> None:
        for effect in _list(child, "effects"):
            what = (
                "speed"
                if _schema(effect) in _TIME_EFFECTS
                else _("effect “{name}”").format(name=effect.get("effect_name") or "unnamed")
            )
            self.film.say(_("“{name}”: its {what} was not imported.").format(name=name, what=what))

    def _dissolve(self, child: Json, *, is_last: bool) -> tuple[int, int]:
        kind = child.get("transition_type") or "unnamed"
        if is_last:
            self.film.say(_("The transition at the end of the film was not imported."))
        elif kind != "SMPTE_Dissolve":
            self.film.say(_("A transition of the kind “{kind}” was replaced by a cut.").format(kind=kind))
        else:
            offsets = [self.grid.frames(_time(child[name])) for name in ("in_offset", "out_offset")]
            return offsets[0], offsets[1]
        return 0, 0

    def _audio(self, track: Json) -> None:
        position = Fraction(0)
        for child in _list(track, "children"):
            if _schema(child) not in _ITEMS:
                continue
            length = _range(child)[1]
            if _schema(child) == "Clip":
                self._sound(track, child, position, length)
            elif _schema(child) != "Gap":
                self.film.say(
                    _("“{name}” is a timeline of its own: its sound was not imported.").format(name=child.get("name"))
                )
            position += length

    def _sound(self, track: Json, child: Json, position: Fraction, length: Fraction) -> None:
        start = self.grid.frames(_range(child)[0] - _media_start(child))
        name, own, label = str(child.get("name") or ""), _own(child), str(track.get("name") or "")
        sound = ReturnedSound(name, self.grid.frames(position), start, self._length(position, length), Reference())
        sound.reference = next(iter(_references(child)), Reference(name=name))
        sound.lane, sound.own, sound.enabled = lane_of(label), own, child.get("enabled") is not False
        sound.is_of_take = "clip" in own or label == TAKES
        sound.gain = as_number(own.get("gainDb"))
        sound.fade_in, sound.fade_out = _frames(own.get("fadeIn")), _frames(own.get("fadeOut"))
        self._effects(child, name)
        if self.film.sounds is not None:
            self.film.sounds.append(sound)

    def _markers(self, owner: Json, offset: Fraction) -> None:
        """Keep the markers of an object, whose own times begin at `-offset` of the film."""
        for marker in _list(owner, "markers"):
            at = self.grid.frames(_time(marker["marked_range"]["start_time"]) + offset)
            text = str(marker.get("name") or marker.get("comment") or "")
            if self.film.markers is not None:
                self.film.markers.append(Marker(max(at, 0), text))


def _schema(value: Any) -> str:
    return str(value.get("OTIO_SCHEMA", "")).partition(".")[0] if isinstance(value, dict) else ""


def _frames(value: Any) -> int | None:
    number = as_number(value)
    return None if number is None else round(number)


def _note(own: Json) -> str | None:
    return None if own.get("note") is None else str(own["note"])


def _words(value: Json) -> tuple[int, int, str]:
    return int(value["start"]), int(value["end"]), str(value["text"])


def _list(value: Json, name: str) -> list[Json]:
    return [each for each in value.get(name) or [] if isinstance(each, dict)]


def _own(value: Json) -> Json:
    own = (value.get("metadata") or {}).get(METADATA)
    return own if isinstance(own, dict) else {}


def _time(value: Json) -> Fraction:
    """Return a RationalTime in seconds."""
    return Fraction(value["value"]).limit_denominator(1_000_000) / exact_rate(float(value["rate"]))


def _range(child: Json) -> tuple[Fraction, Fraction]:
    """Return where an item begins in its medium, and how long it is."""
    range_ = child.get("source_range") or (_active(child) or {}).get("available_range")
    if range_ is None:
        lengths = [_range(each)[1] for each in _list(child, "children") if _schema(each) in _ITEMS]
        return Fraction(0), max(lengths) if _schema(child) == "Stack" and lengths else sum(lengths, Fraction(0))
    return _time(range_["start_time"]), _time(range_["duration"])


def _active(child: Json) -> Json | None:
    # Clip.1 has one reference alone
    media = child.get("media_references")
    if isinstance(media, dict):
        return media.get(child.get("active_media_reference_key") or "DEFAULT_MEDIA")
    return child.get("media_reference")


def _media_start(child: Json) -> Fraction:
    known = (_active(child) or {}).get("available_range")
    return _time(known["start_time"]) if known else Fraction(0)


def _references(child: Json) -> list[Reference]:
    active = _active(child)
    if active is None or _schema(active) != "ExternalReference":
        return [Reference(name=str(child.get("name") or ""))]
    own = _own(active)
    names = [str(own.get(key) or "") for key in ("asset", "sha256")]
    return [Reference(names[0], names[1], str(active.get("target_url") or ""), str(active.get("name") or ""))]
