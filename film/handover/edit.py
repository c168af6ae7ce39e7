"""The film as editing programs count it: pieces that meet in cut points, with dissolves that lie over these.

In our cut a dissolve of N frames lets a clip begin N frames before the one before it ends. An editor has a cut point in
the middle instead: the clip before plays on behind it, and the next one has begun ahead of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from film.document.cut import Lane
from film.document.timeline import Medium, Timeline, TimelineClip, TimelineSound, place
from projects.translation import gettext as _

LANE_NAMES: dict[Lane, str] = {"voice": "Voice", "music": "Music", "effects": "Effects"}
TAKES = "Takes"
"""The name of the track with the sound of takes."""


@dataclass(frozen=True)
class Dissolve:
    """How many frames of a dissolve lie before its cut point, and how many after it."""

    before: int
    after: int

    @property
    def frames(self) -> int:
        """Its whole length."""
        return self.before + self.after


@dataclass(frozen=True)
class Piece:
    """A clip from its first cut point to its second."""

    clip: TimelineClip
    start: int
    """The frame of the film at its first cut point."""
    source_in: int
    source_out: int
    dissolve: Dissolve | None
    """Into it."""

    @property
    def length(self) -> int:
        """Its frames between the cut points."""
        return self.source_out - self.source_in

    @property
    def end(self) -> int:
        """The frame of the film at its second cut point."""
        return self.start + self.length


@dataclass(frozen=True)
class SoundTrack:
    """Sounds of one lane, none of which overlap."""

    lane: Lane
    number: int
    sounds: tuple[TimelineSound, ...]

    @property
    def name(self) -> str:
        """`Voice`, and `Voice 2` for the second track of the lane."""
        return LANE_NAMES[self.lane] if self.number == 1 else f"{LANE_NAMES[self.lane]} {self.number}"


def pieces(timeline: Timeline) -> list[Piece]:
    """Return the clips by their cut points. One whose only frame is all within dissolves has none, and is left out."""
    clips = clamped(timeline.clips)
    found: list[Piece] = []
    before = 0
    for clip, following in zip_longest(clips, clips[1:]):
        # the longer half comes after the cut point, so that a frame is left on both sides of it
        after = 0 if following is None else following.overlap - following.overlap // 2
        if clip.length - before - after < 1:
            after = 0
        source_in, source_out = clip.start_in + before, clip.out - after
        dissolve = Dissolve(before, clip.overlap - before) if clip.overlap else None
        if source_out > source_in:
            found.append(Piece(clip, clip.start + before, source_in, source_out, dissolve))
        before = 0 if following is None else following.overlap - after
    return found


def clamped(clips: tuple[TimelineClip, ...]) -> tuple[TimelineClip, ...]:
    """Return the clips with no frame behind the end of their media."""
    if all(_last(clip.out, clip.medium) == clip.out for clip in clips):
        return clips
    return place(tuple(replace(clip, out=_last(clip.out, clip.medium)) for clip in clips))


def _last(out: int, medium: Medium | None) -> int:
    return out if medium is None or medium.is_endless or not medium.frames else min(out, medium.frames)


def sound_tracks(timeline: Timeline) -> list[SoundTrack]:
    """Return the sounds by lane, in as many tracks each as sounds play at once."""
    tracks: list[SoundTrack] = []
    for lane in LANE_NAMES:
        own = sorted((each for each in timeline.sounds if each.lane == lane), key=lambda sound: sound.start)
        tracks += [SoundTrack(lane, number, tuple(row)) for number, row in enumerate(_rows(own), 1)]
    return tracks


def _rows(sounds: Iterable[TimelineSound]) -> list[list[TimelineSound]]:
    rows: list[list[TimelineSound]] = []
    for sound in sounds:
        sound = replace(sound, out=_last(sound.out, sound.medium))
        free = next((row for row in rows if row[-1].end <= sound.start), None)
        if free is None:
            rows.append([sound])
        else:
            free.append(sound)
    return rows


def has_sound(clip: TimelineClip) -> bool:
    """Whether sound plays under the picture of a clip."""
    return clip.medium is not None and clip.medium.kind == "video" and clip.medium.has_sound


def clip_name(clip: TimelineClip) -> str:
    """Return what a clip is called in an editor: `Kitchen, take 2`."""
    if clip.kind == "gap":
        return "Gap"
    if clip.medium is None:
        return _("Card: {scene}").format(scene=clip.scene_name or "Scene")
    return take_name(clip, clip.medium)


def take_name(clip: TimelineClip, medium: Medium) -> str:
    """Return what a clip is called that shows this medium."""
    scene = clip.scene_name or clip.scene or ""
    take = medium.name if medium.take is None else f"take {medium.take}"
    return f"{scene}, {take}" if scene else medium.name


def card_text(clip: TimelineClip) -> str:
    """Return the words of a card."""
    return "\n".join(text for text in (clip.scene_name, clip.prompt) if text)


def media_of(timeline: Timeline) -> dict[str, Medium]:
    """Return every medium of a film with its alternates by the id of its asset, in the order of their first use."""
    media: dict[str, Medium] = {}
    for clip in timeline.clips:
        for medium in (*((clip.medium,) if clip.medium else ()), *clip.alternates):
            media.setdefault(medium.asset, medium)
    for sound in timeline.sounds:
        media.setdefault(sound.medium.asset, sound.medium)
    return media


def other_takes(clip: TimelineClip) -> list[Medium]:
    """Return the alternates of a clip without the one that it shows."""
    shown = clip.medium.asset if clip.medium else ""
    return [medium for medium in clip.alternates if medium.asset != shown and medium.frames > 0]


def alternate_range(piece: Piece, medium: Medium) -> tuple[int, int]:
    """Return in and out of another take in the place of a piece, within what it has."""
    start = min(piece.source_in, max(medium.frames - 1, 0))
    return start, min(start + piece.length, medium.frames)


def clip_settings(clip: TimelineClip) -> dict[str, Any]:
    """Return what an editor has no field for, so that it comes back: `clip` is our id."""
    settings: dict[str, Any] = {"clip": clip.id, "kind": clip.kind, "scene": clip.scene, "pinned": clip.is_pinned}
    settings |= {"asset": clip.medium.asset, "sha256": clip.medium.sha256} if clip.medium else {}
    return settings | {"fit": clip.fit, "gainDb": clip.gain, "mute": clip.mute, "note": clip.note}


def sound_settings(sound: TimelineSound) -> dict[str, Any]:
    """Return what an editor has no field for, so that it comes back: `sound` is our id."""
    settings: dict[str, Any] = {"sound": sound.id, "lane": sound.lane, "asset": sound.medium.asset}
    settings |= {"sha256": sound.medium.sha256, "gainDb": sound.gain, "fadeIn": sound.fade_in}
    return settings | {"fadeOut": sound.fade_out, "duck": sound.duck}
