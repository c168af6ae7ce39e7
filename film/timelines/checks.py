"""Whether a cut that somebody made can be played: every wrong field, by its name in the JSON API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from film.document.cut import Clip, Cut, Sound
from film.document.rate import Rate
from film.document.timeline import Medium, Timeline
from film.timelines.media import ProjectMedia
from film.timelines.resolver import STILL_SECONDS, Resolver, kind_of
from projects.models import Project
from projects.problems import FieldProblem, wrong_fields

MAX_PARTS = 10_000
"""Of clips, sounds, captions, titles or markers each."""


def checked(project: Project, cut: Cut) -> tuple[Cut, Timeline]:
    """Return a cut as it is stored, and as it plays; the version is not known yet.

    Raise Problem 422 that names every wrong field.
    """
    _raise_if_any([*_too_many(cut), *_used_twice(cut)])
    checker = _Checker(project, cut)
    _raise_if_any([*checker.clips(), *checker.sounds(), *_wrong_times(cut)])
    cut = replace(cut, clips=tuple(checker.stored(clip) for clip in cut.clips))
    resolver = Resolver(project, cut, checker.media)
    timeline = resolver.timeline()
    _raise_if_any([_long_dissolve(number, room) for number, room in resolver.long_dissolves.items()])
    return cut, timeline


def _raise_if_any(problems: list[FieldProblem]) -> None:
    if problems:
        raise wrong_fields(*problems)


def _problem(field: str, sentence: str) -> FieldProblem:
    return FieldProblem(field, f"{field} {sentence}.")


def _too_many(cut: Cut) -> Iterator[FieldProblem]:
    for name in ("clips", "sounds", "captions", "titles", "markers"):
        if len(getattr(cut, name)) > MAX_PARTS:
            yield _problem(name, _("must have at most {max_parts} entries").format(max_parts=MAX_PARTS))


def _used_twice(cut: Cut) -> Iterator[FieldProblem]:
    for name in ("clips", "sounds"):
        ids = [part.id for part in getattr(cut, name)]
        # counting each id in the list would take minutes for 10,000
        counts = Counter(ids)
        for number, id in enumerate(ids):
            if counts[id] > 1:
                yield _problem(f"{name}.{number}.id", _("is used twice"))


class _Checker:
    """Compares clips and sounds with the files that the project has."""

    def __init__(self, project: Project, cut: Cut) -> None:
        self.cut = cut
        self.rate = Rate(cut.rate)
        self.media = ProjectMedia(project, self.rate)
        ids = [clip.asset for clip in cut.clips if clip.asset] + [sound.asset for sound in cut.sounds]
        self.assets = self.media.load_assets(ids)

    def clips(self) -> Iterator[FieldProblem]:
        for number, clip in enumerate(self.cut.clips):
            yield from self._clip(f"clips.{number}", clip)

    def _clip(self, field: str, clip: Clip) -> Iterator[FieldProblem]:
        if clip.asset and not (clip.asset in self.assets and self.assets[clip.asset][1].kind != "audio"):
            yield _problem(f"{field}.assetId", _("must be a video or picture of this project"))
        elif clip.scene and clip.scene not in self.media.scenes:
            yield _problem(f"{field}.sceneId", _("must be a scene of this project"))
        elif not (clip.asset or clip.scene or clip.is_gap):
            yield _problem(f"{field}.sceneId", _("is missing: only a gap has none"))
        else:
            medium = self._medium(clip)
            yield from _wrong_trim(field, clip.start_in, clip.out, 0 if medium is None else medium.frames)
        if clip.is_gap and clip.out is None:
            yield _problem(f"{field}.out", _("is missing: a gap needs a length"))

    def _medium(self, clip: Clip) -> Medium | None:
        if clip.asset:
            return self.assets[clip.asset][1]
        return self.media.best(self.media.scenes[clip.scene]) if clip.scene else None

    def stored(self, clip: Clip) -> Clip:
        """Return a clip as it is stored.

        One that follows its scene and plays all of what the scene shows has no end, so that it also plays all of a
        longer take that comes later.
        """
        if clip.is_gap:
            return _with(clip, scene=None, asset=None)
        medium = self._medium(clip)
        kind = kind_of(medium)
        if clip.asset:
            return _with(clip, kind=kind, scene=self.assets[clip.asset][0])
        whole = medium.frames if medium and not medium.is_endless else self.rate.frames(STILL_SECONDS)
        return _with(clip, kind=kind, out=None if (clip.start_in, clip.out) == (0, whole) else clip.out)

    def sounds(self) -> Iterator[FieldProblem]:
        for number, sound in enumerate(self.cut.sounds):
            field = f"sounds.{number}"
            if sound.asset not in self.assets or self.assets[sound.asset][1].kind == "image":
                yield _problem(f"{field}.assetId", _("must be a sound or video of this project"))
                continue
            yield from _wrong_trim(field, sound.start_in, sound.out, self.assets[sound.asset][1].frames)
            yield from _wrong_fades(field, sound)


def _with(clip: Clip, **values: Any) -> Clip:
    # most clips of a request are stored as they came, and a copy takes longer than all checks of one
    return clip if all(getattr(clip, name) == value for name, value in values.items()) else replace(clip, **values)


def _wrong_trim(field: str, start_in: int, out: int | None, frames: int) -> Iterator[FieldProblem]:
    """Name a trim outside of `frames`, 0 of which are any number of them."""
    if frames and (out or 0) > frames:
        yield _problem(
            f"{field}.out", _("must be at most {frames}, the number of frames that there are").format(frames=frames)
        )
    elif start_in >= (out if out is not None else frames or start_in + 1):
        end = out if out is not None else frames
        yield _problem(f"{field}.in", _("must be less than {out}, its out").format(out=end))


def _wrong_fades(field: str, sound: Sound) -> Iterator[FieldProblem]:
    length = sound.out - sound.start_in
    if sound.fade_in + sound.fade_out > length > 0:
        yield _problem(
            f"{field}.fadeOut",
            _("and fadeIn together must be at most {length}, the length of the sound").format(length=length),
        )


def _wrong_times(cut: Cut) -> Iterator[FieldProblem]:
    for name in ("captions", "titles"):
        for number, each in enumerate(getattr(cut, name)):
            if each.end <= each.start:
                yield _problem(
                    f"{name}.{number}.end", _("must be more than {start}, its start").format(start=each.start)
                )


def _long_dissolve(number: int, room: int) -> FieldProblem:
    return _problem(
        f"clips.{number}.transition.frames", _("must be at most {room}: there are no more frames").format(room=room)
    )
