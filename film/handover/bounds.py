"""Keeps what came back from an editor within what a cut may have."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from film.document.cut import MAX_FRAMES, Caption, Clip, Cut, Marker, Sound, Title

MAX_TEXT = 2000
"""Characters of a note, a caption, a title or a marker."""
MIN_GAIN, MAX_GAIN = -60.0, 24.0
"""In dB."""
Words = TypeVar("Words", Caption, Title)


def within_bounds(cut: Cut) -> Cut:
    """Return a cut with gains, texts and times that can be stored; words without any, or behind a day, are left out."""
    return replace(
        cut,
        clips=tuple(map(_clip, cut.clips)),
        sounds=tuple(map(_sound, cut.sounds)),
        captions=_words(cut.captions),
        titles=_words(cut.titles),
        markers=tuple(map(_marker, cut.markers)),
    )


def _clip(clip: Clip) -> Clip:
    return replace(clip, note=clip.note[:MAX_TEXT], gain=_gain(clip.gain))


def _sound(sound: Sound) -> Sound:
    return replace(sound, start=min(sound.start, MAX_FRAMES), gain=_gain(sound.gain))


def _marker(marker: Marker) -> Marker:
    return Marker(min(marker.at, MAX_FRAMES), marker.text[:MAX_TEXT])


def _words(words: tuple[Words, ...]) -> tuple[Words, ...]:
    kept = [each for each in words if each.text.strip() and 0 <= each.start < each.end <= MAX_FRAMES]
    return tuple(replace(each, text=each.text[:MAX_TEXT]) for each in kept)


def _gain(gain: float) -> float:
    return min(max(gain, MIN_GAIN), MAX_GAIN)
