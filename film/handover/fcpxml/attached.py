"""What an FCPXML file connects to its clips: sounds, titles, captions and markers."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from film.document.cut import Caption, Marker, Title
from film.document.rate import Rate
from film.document.timeline import Timeline, TimelineSound
from film.handover import edit
from film.handover.edit import Piece
from film.handover.fcpxml import facts
from film.handover.fcpxml.facts import time_text
from film.handover.fcpxml.resources import Resources
from film.handover.texts import add, as_text

_CAPTION_LANE, _TITLE_LANE = "1", "2"


@dataclass
class Attached:
    """All that begins under one clip."""

    sounds: list[tuple[int, TimelineSound]] = field(default_factory=list)
    """Each with its lane below the picture, -1 or less."""
    titles: list[Title] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)


def attached_to(film: Timeline, found: list[Piece]) -> dict[int, Attached]:
    """Return what begins under each piece by its number; behind the last one that is `len(found)`."""
    starts, end = [piece.start for piece in found], found[-1].end if found else 0
    by_piece: defaultdict[int, Attached] = defaultdict(Attached)

    def owner(at: int) -> Attached:
        return by_piece[len(found) if at >= end else max(bisect_right(starts, at) - 1, 0)]

    for lane, track in enumerate(edit.sound_tracks(film), 1):
        for sound in track.sounds:
            owner(sound.start).sounds.append((-lane, sound))
    for title in film.titles:
        owner(title.start).titles.append(title)
    for caption in film.captions:
        owner(caption.start).captions.append(caption)
    for marker in film.markers:
        owner(marker.at).markers.append(marker)
    return by_piece


class Attachments:
    """Writes what is connected to a clip, whose own time at frame `start` of the film is `local`."""

    def __init__(self, resources: Resources, rate: Rate) -> None:
        self._resources, self._rate, self._styles = resources, rate, 0

    def write(self, parent: Element, attached: Attached | None, start: int, local: int) -> None:
        """Add connected items and then markers to a clip, in the order that its content model has."""
        if attached is None:
            return
        shift = local - start
        for lane, sound in attached.sounds:
            self._sound(parent, lane, sound, shift)
        for title in attached.titles:
            self._title(parent, title, shift)
        for caption in attached.captions:
            times = self._times(caption.start + shift, caption.end - caption.start)
            element = add(parent, "caption", lane=_CAPTION_LANE, name=caption.text, role=facts.CAPTION_ROLE, **times)
            add(element, "text", caption.text, placement="bottom")
        for marker in attached.markers:
            at, frame = time_text(marker.at + shift, self._rate), time_text(1, self._rate)
            add(parent, "marker", start=at, duration=frame, value=marker.text)

    def _times(self, offset: int, length: int, start: int = 0) -> dict[str, str]:
        times = {"offset": offset, "start": start, "duration": length}
        return {name: time_text(frames, self._rate) for name, frames in times.items()}

    def _sound(self, parent: Element, lane: int, sound: TimelineSound, shift: int) -> None:
        only = "audio" if sound.medium.kind == "video" else None
        element = add(
            parent,
            "asset-clip",
            ref=self._resources.asset(sound.medium),
            lane=str(lane),
            name=sound.medium.name,
            audioRole=facts.ROLES[sound.lane],
            srcEnable=only,
            **self._times(sound.start + shift, sound.out - sound.start_in, sound.start_in),
        )
        add_volume(element, sound.gain, self._rate, sound.fade_in, sound.fade_out)
        add_settings(element, as_text(edit.sound_settings(sound)))

    def _title(self, parent: Element, title: Title, shift: int) -> None:
        times = self._times(title.start + shift, title.end - title.start)
        element = self.add_title(parent, title.text, lane=_TITLE_LANE, **times)
        if height := facts.HEIGHTS[title.place]:
            add(element, "adjust-transform", position=f"0 {height}")

    def add_title(self, parent: Element, text: str, **attributes: str) -> Element:
        """Add a title with its words, and return it."""
        self._styles += 1
        style, name = f"ts{self._styles}", text.partition("\n")[0]
        effect = self._resources.effect(facts.TITLE, facts.TITLE_UID)
        element = add(parent, "title", ref=effect, name=name, **attributes)
        add(add(element, "text"), "text-style", text, ref=style)
        definition = add(element, "text-style-def", id=style)
        look = {"font": "Helvetica", "fontSize": "60", "fontColor": "1 1 1 1", "alignment": "center"}
        add(definition, "text-style", **look)
        return element


def add_volume(parent: Element, gain: float, rate: Rate, fade_in: int = 0, fade_out: int = 0) -> None:
    """Add gain and fades, where there are any."""
    if not (gain or fade_in or fade_out):
        return
    volume = add(parent, "adjust-volume", amount=f"{gain:.6g}dB")
    if fade_in or fade_out:
        parameter = add(volume, "param", name="amount")
        for tag, frames in (("fadeIn", fade_in), ("fadeOut", fade_out)):
            if frames:
                add(parameter, tag, type="easeIn", duration=time_text(frames, rate))


def add_settings(parent: Element, settings: str) -> None:
    """Add our own settings, as one text."""
    add(add(parent, "metadata"), "md", key=facts.SETTINGS_KEY, value=settings)


def last_frame(attached: list[Attached]) -> int:
    """Return the frame behind the last that anything connected has."""
    ends = [sound.end for each in attached for _, sound in each.sounds]
    ends += [title.end for each in attached for title in each.titles]
    ends += [caption.end for each in attached for caption in each.captions]
    return max([*ends, *(marker.at + 1 for each in attached for marker in each.markers)], default=0)
