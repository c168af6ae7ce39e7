"""Start and end of items as FCP7 XML writes them: -1 where a transition has the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from film.handover.edit import Piece


@dataclass(frozen=True)
class Span:
    """An item of a track. In and out have the frames within dissolves, too."""

    piece: Piece
    start: int
    end: int
    start_in: int
    out: int
    has_transition: bool
    """Whether a transition stands before it on this track."""


def spans(found: list[Piece], is_on_track: Callable[[Piece], bool] = lambda _: True) -> list[Span]:
    """Return those pieces that are on a track. Where one of two neighbours is not, there is no transition."""
    made: list[Span] = []
    for number, piece in enumerate(found):
        if not is_on_track(piece):
            continue
        before = number == 0 or is_on_track(found[number - 1])
        following = found[number + 1] if number + 1 < len(found) else None
        head = piece.dissolve if before else None
        tail = following.dissolve if following and is_on_track(following) else None
        start_in = piece.source_in - (head.before if head else 0)
        out = piece.source_out + (tail.after if tail else 0)
        start, end = -1 if head else piece.start, -1 if tail else piece.end
        made.append(Span(piece, start, end, start_in, out, head is not None))
    return made
