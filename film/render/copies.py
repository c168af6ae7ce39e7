"""Clips that fit as they are: they are copied bit for bit, when all of the film can be.

One track of H.264 has one set of parameters. A film of which a part must be encoded is encoded as a whole: the
parameters of the encoder would differ from those of the takes.
"""

from __future__ import annotations

from typing import Any

from film.render.facts import Facts
from film.render.pictures import Frame
from film.render.plan import Piece, Plan


def can_copy(plan: Plan, frame: Frame) -> bool:
    """Return whether all pieces look like copies; `join.py` looks at each frame, and may still refuse."""
    facts = [_copyable(piece, frame) for piece in plan.pieces]
    return all(facts) and len({each.parameters for each in facts if each}) == 1


def _copyable(piece: Piece, frame: Frame) -> Facts | None:
    facts = frame.facts_of(piece.source)
    if piece.into or piece.overlays or piece.timecode is not None or facts is None:
        return None
    is_same = (
        frame.codec.name == "libx264"
        and facts.codec == "h264"
        and facts.reader == "mov"
        and (facts.width, facts.height) == frame.size
        and facts.pixel_format == frame.codec.pixel_format
        and facts.fps == frame.rate.fps
    )
    is_plain = facts.is_square and not (facts.rotation or facts.varies or facts.is_hdr)
    return facts if is_same and is_plain and facts.parameters else None


def segments(plan: Plan, frame: Frame) -> list[dict[str, Any]]:
    """Return the parts of the files that are copied, as `join()` takes them."""
    return [
        {
            "path": str(frame.path_of(piece.source.medium)),
            "first": piece.source.start_in,
            "frames": piece.frames,
            "reader": "mov",
        }
        for piece in plan.pieces
        if piece.source.medium
    ]
