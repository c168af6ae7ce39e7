"""Writes a film as an EDL: picture with the sound of takes, and one channel for each lane."""

from __future__ import annotations

from collections.abc import Iterator

from film.document.cut import Lane, Marker
from film.document.rate import Rate
from film.document.timeline import Medium, Timeline, TimelineClip
from film.handover import edit
from film.handover.edl.reels import BLACK, reels_of
from film.handover.texts import one_line

CHANNELS: dict[Lane, str] = {"voice": "A2", "music": "A3", "effects": "A4"}
CLIP_COMMENT, NOTE_COMMENT, MARKER_COMMENT = "DAILIES CLIP", "COMMENT", "LOC"
DAY_SECONDS = 24 * 3600
_HOUR_SECONDS = 3600


def write_edl(film: Timeline) -> bytes:
    """Return the film as a file, with one line end for each system that reads it."""
    lines = ["TITLE: " + one_line(film.name)[:70], "FCM: NON-DROP FRAME", "", *_Writer(film).lines()]
    return "".join(f"{line}\r\n" for line in lines).encode()


def record_start(film: Timeline) -> int:
    """Return the frame of the time code at which the film begins: one hour, by custom, where a day is long enough."""
    hour = _HOUR_SECONDS * film.rate.nominal
    return hour if hour + film.length <= DAY_SECONDS * film.rate.nominal else 0


class _Writer:
    """Writes the events of one film."""

    def __init__(self, film: Timeline) -> None:
        self.film, self.zero = film, record_start(film)
        self.rate: Rate = film.rate
        self.reels = {medium.asset: name for name, medium in reels_of(film).items()}
        self.number = 0
        self.markers = sorted(film.markers, key=lambda marker: marker.at, reverse=True)

    def lines(self) -> Iterator[str]:
        clips = edit.clamped(self.film.clips)
        for place, clip in enumerate(clips):
            following = clips[place + 1] if place + 1 < len(clips) else None
            # an event ends where the dissolve into the next one begins
            out = clip.out - (following.overlap if following else 0)
            yield from self._picture(clip, clips[place - 1] if place else None, out)
        for track in edit.sound_tracks(self.film):
            if track.number == 1:
                for sound in track.sounds:
                    yield from self._sound(CHANNELS[track.lane], sound.medium, sound.start_in, sound.out, sound.start)
        yield from map(self._locator, reversed(self.markers))

    def _picture(self, clip: TimelineClip, before: TimelineClip | None, out: int) -> Iterator[str]:
        channel = "B" if edit.has_sound(clip) and not clip.mute else "V"
        self.number += 1
        reel = self._reel(clip.medium)
        times = (clip.start_in, out, clip.start, clip.start + out - clip.start_in)
        if clip.overlap:
            old = self._reel(before.medium if before else None)
            at = before.out - clip.overlap if before else 0
            yield self._event(old, channel, "C", at, at, clip.start, clip.start)
            yield self._event(reel, channel, f"D    {clip.overlap:03}", *times)
        else:
            yield self._event(reel, channel, "C", *times)
        yield from self._comments(clip, before if clip.overlap else None)
        while self.markers and self.markers[-1].at < times[3]:
            yield self._locator(self.markers.pop())

    def _comments(self, clip: TimelineClip, before: TimelineClip | None) -> Iterator[str]:
        if before:
            yield f"* FROM CLIP NAME: {_file_name(before)}"
            yield f"* TO CLIP NAME: {_file_name(clip)}"
        else:
            yield f"* FROM CLIP NAME: {_file_name(clip)}"
        if clip.medium:
            yield f"* SOURCE FILE: {one_line(clip.medium.path)}"
        yield f"* {CLIP_COMMENT}: {one_line(clip.id)}"
        if clip.note:
            yield f"* {NOTE_COMMENT}: {one_line(clip.note)}"

    def _sound(self, channel: str, medium: Medium, start_in: int, out: int, start: int) -> Iterator[str]:
        self.number += 1
        reel = self._reel(medium)
        yield self._event(reel, channel, "C", start_in, out, start, start + out - start_in)
        yield f"* FROM CLIP NAME: {one_line(medium.name)}"
        yield f"* SOURCE FILE: {one_line(medium.path)}"

    def _event(self, reel: str, channel: str, kind: str, *times: int) -> str:
        source = [self.rate.timecode(frame) for frame in times[:2]]
        record = [self.rate.timecode(frame + self.zero) for frame in times[2:]]
        return f"{self.number:03}  {reel:<8} {channel:<5} {kind:<8} {' '.join((*source, *record))}"

    def _locator(self, marker: Marker) -> str:
        return (
            f"* {MARKER_COMMENT}: {self.rate.timecode(marker.at + self.zero)} RED     {one_line(marker.text)}".rstrip()
        )

    def _reel(self, medium: Medium | None) -> str:
        return BLACK if medium is None else self.reels[medium.asset]


def _file_name(clip: TimelineClip) -> str:
    return one_line(clip.medium.name if clip.medium else edit.clip_name(clip))
