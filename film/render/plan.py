"""The plan of a film: its pieces, one after the other, each with its exact number of frames.

A piece is a clip's own part, a dissolve of two clips, or what stands for a clip: a card, a still, black.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from film.document.cut import Fit, Place
from film.document.timeline import Medium, Timeline, TimelineClip
from film.render.options import Options
from projects.translation import gettext as _

SLATE_SECONDS = 2


@dataclass(frozen=True)
class Card:
    """Words on a plain ground."""

    heading: str
    body: str = ""
    footer: str = ""


@dataclass(frozen=True)
class Source:
    """What a piece shows: frames of a medium from `start_in` on, or a card, or black."""

    frames: int
    medium: Medium | None = None
    start_in: int = 0
    fit: Fit = "fit"
    card: Card | None = None
    gain: float = 0.0
    mute: bool = False
    label: str = ""
    """The clip in words, for messages."""

    @property
    def is_recording(self) -> bool:
        """Whether it plays a video; pictures and cards stand still."""
        return self.medium is not None and not self.medium.is_endless

    def part(self, first: int, frames: int) -> Source:
        """Return a part of it."""
        return replace(self, start_in=self.start_in + first, frames=frames)


@dataclass(frozen=True)
class Overlay:
    """Words over frames `start` to `end` of a piece."""

    start: int
    end: int
    text: str
    place: Place
    kind: Literal["title", "caption"]


@dataclass(frozen=True)
class Piece:
    """A part of the film that is rendered once.

    A dissolve has two sources, each as long as the whole dissolve, and shows its frames from `offset` on.
    """

    start: int
    """Its first frame in the exported film."""
    frames: int
    source: Source
    into: Source | None = None
    offset: int = 0
    overlays: tuple[Overlay, ...] = ()
    timecode: int | None = None
    """The frame whose time code its first picture has burnt in."""

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.start + self.frames

    @property
    def sources(self) -> tuple[Source, ...]:
        """What it shows: two in a dissolve."""
        return (self.source, self.into) if self.into else (self.source,)


@dataclass(frozen=True)
class Plan:
    """The pieces, and where the exported part begins: film frame `first` is frame `lead` of the file."""

    pieces: tuple[Piece, ...]
    first: int
    lead: int

    @property
    def frames(self) -> int:
        """The length of the file in frames."""
        return self.pieces[-1].end if self.pieces else 0

    def place(self, frame: int) -> int:
        """Return where a frame of the film is in the file."""
        return frame - self.first + self.lead


def make_plan(timeline: Timeline, options: Options, gone: Container[str] = (), slate: Card | None = None) -> Plan:
    """Return the plan. `gone` are the paths of media that a card stands for."""
    first = options.start_in or 0
    end = timeline.length if options.out is None else options.out
    lead = timeline.rate.frames(SLATE_SECONDS) if slate else 0
    plan = Plan((), first, lead)
    pieces = [Piece(0, lead, Source(lead, card=slate))] if slate else []
    for piece in _whole_film(timeline, gone):
        if cut := _cut(piece, first, end):
            placed = replace(cut, start=plan.place(cut.start), timecode=cut.start if options.timecode else None)
            pieces.append(replace(placed, overlays=tuple(_overlays(timeline, options, cut))))
    return replace(plan, pieces=tuple(pieces))


def _whole_film(timeline: Timeline, gone: Container[str]) -> Iterator[Piece]:
    """Yield the pieces of the whole film, by frames of the film."""
    clips, end = timeline.clips, 0
    for index, clip in enumerate(clips):
        source = _source(timeline, clip, gone)
        head, tail = clip.overlap, clips[index + 1].overlap if index + 1 < len(clips) else 0
        if head:
            before = clips[index - 1] if index else None
            # the first clip comes out of black
            left = _source(timeline, before, gone).part(before.length - head, head) if before else Source(head)
            yield Piece(clip.start, head, left, source.part(0, head))
        own = clip.length - head - tail
        if own > 0:
            yield Piece(clip.start + head, own, source.part(head, own))
        end = clip.end
    if timeline.length > end:
        # the sound goes on
        yield Piece(end, timeline.length - end, Source(timeline.length - end))


def _source(timeline: Timeline, clip: TimelineClip, gone: Container[str]) -> Source:
    medium, label = clip.medium, clip.scene_name or clip.id
    if clip.kind == "gap":
        return Source(clip.length, label=label)
    is_gone = medium is not None and medium.path in gone
    if medium is None or is_gone:
        planned = _("Planned {seconds:.1f} s").format(seconds=float(timeline.rate.seconds(clip.length)))
        footer = _("{name} is missing").format(name=medium.name) if medium and is_gone else planned
        return Source(clip.length, card=Card(clip.scene_name, clip.prompt, footer), label=label)
    start_in = 0 if medium.is_endless else clip.start_in
    return Source(clip.length, medium, start_in, clip.fit, gain=clip.gain, mute=clip.mute, label=label)


def _cut(piece: Piece, first: int, end: int) -> Piece | None:
    """Return the part of a piece between two frames of the film."""
    start, stop = max(piece.start, first), min(piece.end, end)
    if start >= stop:
        return None
    skipped, frames = start - piece.start, stop - start
    if piece.into:
        return replace(piece, start=start, frames=frames, offset=skipped)
    source = piece.source.part(skipped, frames)
    return replace(piece, start=start, frames=frames, source=source)


def _overlays(timeline: Timeline, options: Options, piece: Piece) -> Iterator[Overlay]:
    captions = timeline.captions if options.captions == "burn" else ()
    words = [(title, title.place, "title") for title in timeline.titles]
    for part, place, kind in [*words, *((caption, "bottom", "caption") for caption in captions)]:
        start, end = max(part.start, piece.start), min(part.end, piece.end)  # type: ignore[attr-defined]
        if start < end:
            text = part.text  # type: ignore[attr-defined]
            yield Overlay(start - piece.start, end - piece.start, text, place, kind)  # type: ignore[arg-type]
