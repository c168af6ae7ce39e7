"""The hash of a segment: of whatever its bytes depend on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from film.document.rate import Rate
from film.render import ffmpeg
from film.render.plan import Piece, Source
from film.render.profiles import Codec

RENDERER_VERSION = 1
"""Counted up when the same inputs make another picture or sound."""


def picture_key(piece: Piece, codec: Codec, size: tuple[int, int], rate: Rate) -> str:
    """Return the key of a piece's picture. Where in the film it plays does not matter, unless a time code says it."""
    return _hash(
        what="picture",
        codec=asdict(codec),
        size=size,
        rate=rate.name,
        frames=piece.frames,
        offset=piece.offset,
        sources=[_picture_of(source) for source in piece.sources],
        overlays=[asdict(overlay) for overlay in piece.overlays],
        timecode=piece.timecode,
    )


def sound_key(piece: Piece, samples: int, dissolve_samples: int, skipped: int) -> str:
    """Return the key of a piece's sound. Its length in samples may differ by one from place to place."""
    sources = [_sound_of(source) for source in piece.sources]
    return _hash(what="sound", samples=samples, dissolve=dissolve_samples, skipped=skipped, sources=sources)


def lane_key(**values: Any) -> str:
    """Return the key of a sound of a lane."""
    return _hash(what="lane", **values)


def facts_key(sha256: str) -> str:
    """Return the key of what is known of a file."""
    return _hash(what="facts", sha256=sha256)


def _picture_of(source: Source) -> dict[str, Any]:
    card = asdict(source.card) if source.card else None
    sha256 = source.medium.sha256 if source.medium else None
    return {"sha256": sha256, "in": source.start_in, "frames": source.frames, "fit": source.fit, "card": card}


def _sound_of(source: Source) -> dict[str, Any] | None:
    if not source.is_recording or source.medium is None or source.mute:
        return None
    return {"sha256": source.medium.sha256, "in": source.start_in, "frames": source.frames, "gain": source.gain}


def _hash(**values: Any) -> str:
    values |= {"renderer": RENDERER_VERSION, "ffmpeg": ffmpeg.version()}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
