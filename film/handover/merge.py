"""Makes a new state of the cut from what a file says, and from the cut that it was written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from film.document.cut import Caption, Cut, Marker, Title
from film.document.timeline import Medium, Timeline
from film.handover.media_index import MediaIndex
from film.handover.merge_clips import merge_clips
from film.handover.merge_sounds import merge_sounds
from film.handover.returned import ReturnedFilm
from film.handover.texts import clean, one_line
from projects.problems import Problem
from projects.translation import gettext as _

MAX_NAMES = 20
"""So many unknown media are named."""
Words = TypeVar("Words", Caption, Title, Marker)


def merge(film: ReturnedFilm, cut: Cut, timeline: Timeline, media: MediaIndex) -> Cut:
    """Return the new cut. What the file does not carry stays as it is in `cut`; `film.report` gets what else is to say.

    Raise Problem 422 that names media which the project does not have.
    """
    found = [media.first(clip.references) for clip in film.clips]
    _refuse_unknown(film, found, media)
    placed = merge_clips(film, cut, timeline, found)
    sounds, clips = merge_sounds(film, cut, media, placed)
    changed = replace(cut, clips=clips, sounds=sounds)
    if film.captions is not None:
        changed = replace(changed, captions=_kept_or_new(film.captions, cut.captions))
    if film.titles is not None:
        changed = replace(changed, titles=_kept_or_new(film.titles, cut.titles))
    if film.markers is not None:
        changed = replace(changed, markers=_kept_or_new(film.markers, cut.markers))
    return changed


def _kept_or_new(found: Sequence[Words], kept: tuple[Words, ...]) -> tuple[Words, ...]:
    """Return what a file has, in its order of time; what the cut has where both are the same in any order."""
    ordered = sorted(found, key=_order)
    return kept if list(map(_order, ordered)) == sorted(map(_order, kept)) else tuple(ordered)


def _order(words: Caption | Title | Marker) -> tuple[int, int, str, str]:
    if isinstance(words, Marker):
        return words.at, words.at, one_line(words.text), ""
    return words.start, words.end, clean(words.text), words.place if isinstance(words, Title) else ""


def _refuse_unknown(film: ReturnedFilm, found: Sequence[Medium | None], media: MediaIndex) -> None:
    clips = zip(film.clips, found, strict=True)
    unknown = [str(clip.references[0]) for clip, medium in clips if clip.references and medium is None]
    unknown += [str(sound.reference) for sound in film.sounds or () if media.find(sound.reference) is None]
    names = list(dict.fromkeys(unknown))
    if names:
        listed = ", ".join(names[:MAX_NAMES])
        if len(names) > MAX_NAMES:
            listed = _("{names}, and {count} more").format(names=listed, count=len(names) - MAX_NAMES)
        raise Problem(
            _("The project has no such files: {listed}. Nothing was changed.").format(listed=listed),
            code="unknown_media",
            status=422,
        )
