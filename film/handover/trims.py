"""Keeps what a file asks for within the frames that there are, and reports where that changes it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from film.document.timeline import Medium
from film.handover.returned import ReturnedClip, ReturnedFilm
from projects.translation import gettext as _


def trim_to_media(film: ReturnedFilm, media: Sequence[Medium | None]) -> None:
    """Shorten clips that begin before their medium, or end behind it."""
    for clip, medium in zip(film.clips, media, strict=True):
        frames = _frames(medium)
        if frames is None:
            continue
        start, end = max(clip.source_in, 0), min(clip.source_in + clip.length, frames)
        if (start, end) != (clip.source_in, clip.source_in + clip.length) and clip.length > 0:
            film.say(_("“{name}” plays frames that its file does not have: it was shortened.").format(name=clip.name))
            clip.source_in, clip.length = start, max(end - start, 0)


def trim_dissolves(film: ReturnedFilm, media: Sequence[Medium | None]) -> None:
    """Shorten dissolves for which there are too few frames, on either side of the cut or between two of them."""
    if film.clips:
        first = film.clips[0]
        # before the first clip there is only black
        first.before, first.after = 0, min(first.before + first.after, first.length)
    for number, (left, right) in enumerate(pairwise(film.clips)):
        wanted = right.before + right.after
        _trim(left, right, _frames(media[number]))
        if right.before + right.after < wanted:
            film.say(_("The dissolve into “{name}” was shortened: there are too few frames.").format(name=right.name))


def _trim(left: ReturnedClip, right: ReturnedClip, left_frames: int | None) -> None:
    room_before = max(left.length - left.after, 0)
    right.before = min(right.before, room_before)
    if right.references:
        right.before = min(right.before, max(right.source_in, 0))
    right.after = min(right.after, right.length)
    if left_frames is not None:
        right.after = min(right.after, max(left_frames - left.source_in - left.length, 0))


def _frames(medium: Medium | None) -> int | None:
    """Return how many frames there are, None for any number of them."""
    return None if medium is None or medium.is_endless or not medium.frames else medium.frames
