"""The clips of a file from an editor as clips of the cut: known ones keep all that an editor has not changed."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex

from film.document.cut import Clip, Cut, Transition
from film.document.timeline import Medium, Timeline, TimelineClip
from film.handover.edit import clip_name, take_name
from film.handover.returned import ReturnedClip, ReturnedFilm, is_other_gain
from film.handover.texts import one_line
from film.handover.trims import trim_dissolves, trim_to_media
from projects.translation import gettext as _


@dataclass(frozen=True)
class PlacedClip:
    """A clip of the new cut, and where the file has it."""

    clip: Clip
    medium: Medium | None
    start: int
    """The frame of the film at its first cut point."""
    end: int
    source_in: int


def merge_clips(film: ReturnedFilm, cut: Cut, timeline: Timeline, media: Sequence[Medium | None]) -> list[PlacedClip]:
    """Return the clips in the order of the file. `media` has the medium of each, None for what is black."""
    found = _known_clips(film, timeline, media)
    stored = {clip.id: clip for clip in cut.clips}
    trim_to_media(film, media)
    trim_dissolves(film, media)
    merger = _Merger(film)
    placed: list[PlacedClip] = []
    position = 0
    for number, returned in enumerate(film.clips):
        start, position = position, position + returned.length
        after = film.clips[number + 1].after if number + 1 < len(film.clips) else 0
        if returned.before + returned.length + after < 1:
            film.say(_("“{name}” has no frame, and was left out.").format(name=returned.name))
            continue
        old, medium = found[number], media[number]
        base = _stored(old, stored) if old else Clip(token_hex(8))
        clip = merger.merged(len(placed) + 1, base, old, returned, medium, after)
        placed.append(PlacedClip(clip, medium, start, position, returned.source_in))
    return placed


def _stored(old: TimelineClip, stored: dict[str, Clip]) -> Clip:
    """Return a clip as the cut has it; an automatic cut stores none."""
    automatic = Clip(old.id, old.scene, kind=old.kind, note=old.note, transition=old.transition)
    return stored.get(old.id, automatic)


def _known_clips(film: ReturnedFilm, timeline: Timeline, media: Sequence[Medium | None]) -> list[TimelineClip | None]:
    """Return which clip of the cut each one of the file is: by our id, else by its medium, or by its name."""
    unused = {clip.id: clip for clip in timeline.clips}
    found: list[TimelineClip | None] = [unused.pop(str(clip.own.get("clip")), None) for clip in film.clips]
    by_key: defaultdict[str, deque[TimelineClip]] = defaultdict(deque)
    for clip in unused.values():
        by_key[_key(clip.medium, clip_name(clip))].append(clip)
    for number, (returned, medium) in enumerate(zip(film.clips, media, strict=True)):
        candidates = by_key.get(_key(medium, returned.name))
        if found[number] is None and candidates:
            found[number] = candidates.popleft()
    return found


def _key(medium: Medium | None, name: str) -> str:
    return f"medium {medium.asset}" if medium else f"name {name}"


@dataclass(frozen=True)
class _Merger:
    """Changes what an editor has changed, and nothing else."""

    film: ReturnedFilm

    def merged(
        self,
        number: int,
        base: Clip,
        old: TimelineClip | None,
        returned: ReturnedClip,
        medium: Medium | None,
        after: int,
    ) -> Clip:
        clip = self._with_medium(base, old, medium)
        start_in, out = returned.source_in - returned.before, returned.source_in + returned.length + after
        clip = _with_times(clip, old, medium, start_in, out)
        frames = returned.before + returned.after
        if frames != (old.overlap if old else 0):
            clip = replace(clip, transition=Transition(frames) if frames else None)
        if returned.note is not None and one_line(returned.note) != one_line(clip.note):
            clip = replace(clip, note=returned.note)
        if is_other_gain(returned.gain, clip.gain):
            clip = replace(clip, gain=returned.gain or 0.0)
        if returned.mute is not None:
            clip = replace(clip, mute=returned.mute)
        return self._with_name(number, clip, old, returned, medium)

    def _with_medium(self, base: Clip, old: TimelineClip | None, medium: Medium | None) -> Clip:
        if medium is None:
            is_card = old is not None and old.kind == "card"
            return base if is_card else replace(base, kind="gap", scene=None, asset=None)
        if old and old.medium and old.medium.asset == medium.asset:
            return base
        return replace(base, kind="still" if medium.is_endless else "take", asset=medium.asset)

    def _with_name(
        self, number: int, clip: Clip, old: TimelineClip | None, returned: ReturnedClip, medium: Medium | None
    ) -> Clip:
        """Keep a name that somebody has given in the editor as a note: a clip has no name of its own."""
        name = one_line(returned.name)
        if medium is None or name in _usual_names(clip, old, medium):
            return clip
        if clip.note:
            self.film.say(
                _("Clip {number} is called “{name}” in the file; it keeps its note.").format(number=number, name=name)
            )
            return clip
        self.film.say(
            _("Clip {number} is called “{name}” in the file; this is its note now.").format(number=number, name=name)
        )
        return replace(clip, note=name)


def _usual_names(clip: Clip, old: TimelineClip | None, medium: Medium) -> set[str]:
    """Return the names that a clip has without anybody's doing."""
    names = {"", clip.note, clip.id, medium.name, medium.name.rpartition(".")[0]}
    if old:
        # an editor may keep the name of the take that it has replaced
        names |= {clip_name(old), take_name(old, medium), old.scene_name}
    return {one_line(name) for name in names}


def _with_times(clip: Clip, old: TimelineClip | None, medium: Medium | None, start_in: int, out: int) -> Clip:
    is_same_medium = old is not None and (old.medium and old.medium.asset) == (medium and medium.asset)
    if medium is None or medium.is_endless:
        # what has no frames of its own has a length, and no place in it
        same = old is not None and is_same_medium and old.length == out - start_in
        return clip if same else replace(clip, start_in=0, out=out - start_in)
    if old and is_same_medium and (old.start_in, old.out) == (start_in, out):
        return clip
    return replace(clip, start_in=start_in, out=out)
