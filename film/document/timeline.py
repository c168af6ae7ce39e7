"""A cut with its media: every clip has its place, its frames and its file. Exports and hand-overs read this.

`start` of clips follows from their order. A dissolve of N frames lets a clip begin N frames before the one before it
ends, so the film is N frames shorter than the sum of its clips.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from film.document.cut import Caption, ClipKind, Fit, Lane, Marker, Title, Transition
from film.document.rate import Rate


@dataclass(frozen=True)
class Medium:
    """A file that a clip or a sound plays."""

    asset: str
    """The id of its asset."""
    kind: Literal["video", "image", "audio"]
    path: str
    """Relative to the project's folder, with `/`: `scene-1/videos/take-001.mp4`."""
    sha256: str
    frames: int
    """How many frames of the cut's rate it has; 0 for a picture, which has as many as are wanted."""
    width: int = 0
    height: int = 0
    take: int | None = None
    has_sound: bool = True
    """False only where it is known that a video is silent."""

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.rpartition("/")[2]

    @property
    def is_endless(self) -> bool:
        """Whether it is a picture, which can be shown for any time."""
        return self.kind == "image"


@dataclass(frozen=True)
class TimelineClip:
    """A clip at its place. It plays frames `start_in` to `out` of its medium from frame `start` of the film on."""

    id: str
    kind: ClipKind
    """What it shows: a take, a picture, a card with words, or black."""
    start: int
    start_in: int
    out: int
    medium: Medium | None = None
    """None for cards and gaps."""
    scene: str | None = None
    scene_name: str = ""
    prompt: str = ""
    is_pinned: bool = False
    note: str = ""
    transition: Transition | None = None
    """At most as long as this clip and the one before it allow."""
    fit: Fit = "fit"
    gain: float = 0.0
    mute: bool = False
    alternates: tuple[Medium, ...] = ()
    """The other takes of its scene."""
    generating: int = 0
    """How many takes of the scene are unfinished."""

    @property
    def length(self) -> int:
        """Its number of frames, those in dissolves included."""
        return self.out - self.start_in

    @property
    def end(self) -> int:
        """The frame of the film after its last."""
        return self.start + self.length

    @property
    def overlap(self) -> int:
        """How many frames of it play together with the clip before."""
        return self.transition.frames if self.transition else 0


@dataclass(frozen=True)
class TimelineSound:
    """A sound at its place, with its file."""

    id: str
    lane: Lane
    start: int
    start_in: int
    out: int
    medium: Medium
    gain: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    duck: bool = False

    @property
    def end(self) -> int:
        """The frame of the film after its last."""
        return self.start + self.out - self.start_in


@dataclass(frozen=True)
class Timeline:
    """The film as it plays."""

    project: str
    """The id of the project."""
    name: str
    version: int
    rate: Rate
    width: int
    height: int
    fit: Fit
    loudness: int
    clips: tuple[TimelineClip, ...] = ()
    sounds: tuple[TimelineSound, ...] = ()
    captions: tuple[Caption, ...] = ()
    titles: tuple[Title, ...] = ()
    markers: tuple[Marker, ...] = ()
    automatic: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """Its number of frames: to the end of the picture, or of a sound that is longer."""
        ends = [clip.end for clip in self.clips[-1:]] + [sound.end for sound in self.sounds]
        return max(ends, default=0)

    @property
    def media(self) -> list[Medium]:
        """The file of each clip and sound that has one; the other takes of a scene are not among them."""
        return [clip.medium for clip in self.clips if clip.medium] + [sound.medium for sound in self.sounds]


def place(clips: tuple[TimelineClip, ...]) -> tuple[TimelineClip, ...]:
    """Return the clips with the `start` that follows from their order and their dissolves."""
    placed: list[TimelineClip] = []
    for clip in clips:
        # before the first clip there is nothing to overlap: it comes out of black
        start = placed[-1].end - clip.overlap if placed else 0
        placed.append(replace(clip, start=start))
    return tuple(placed)


def longest_dissolve(before: TimelineClip | None, clip: TimelineClip, after: Transition | None = None) -> int:
    """Return how many frames a dissolve into `clip` may have, which keeps those of the dissolve `after` it."""
    # a hidden clip would have no frame of its own, but none must be left over
    return room_for_dissolve(before, clip.length - (after.frames if after else 0))


def room_for_dissolve(before: TimelineClip | None, length: int) -> int:
    """Return how many frames a dissolve into a clip of `length` frames may have.

    A frame is in one dissolve at most: `before` gives what its own leaves.
    """
    return max(min(length, before.length - before.overlap if before else length), 0)
