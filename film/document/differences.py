"""Two states of a film compared in words, for versions of the cut and for what came back from an editor."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from film.document.timeline import Timeline, TimelineClip, TimelineSound
from projects.translation import gettext as _
from projects.translation import ngettext


def differences(before: Timeline, after: Timeline) -> list[str]:
    """Return one sentence for each difference, none for two states that play the same."""
    return [
        *_settings(before, after),
        *_clips(before.clips, after.clips),
        *_sounds(before.sounds, after.sounds),
        *_captions(*_new_and_gone(before.captions, after.captions)),
        *_titles(*_new_and_gone(before.titles, after.titles)),
        *_markers(*_new_and_gone(before.markers, after.markers)),
        *_length(before, after),
    ]


def frame_count(number: int) -> str:
    """Return a number of frames in words: `1 frame`, `12 frames`."""
    return ngettext("{count} frame", "{count} frames", number).format(count=number)


def clip_title(number: int, clip: TimelineClip) -> str:
    """Return what a clip is called in a sentence: `Clip 3 (Kitchen)`."""
    name = clip.scene_name or clip.scene or (clip.medium.name if clip.medium else "gap")
    return _("Clip {number} ({name})").format(number=number, name=name)


def _settings(before: Timeline, after: Timeline) -> Iterator[str]:
    if before.rate != after.rate:
        yield _("The film has {rate} frames a second instead of {before_rate}.").format(
            rate=_rate(after), before_rate=_rate(before)
        )
    if (before.width, before.height) != (after.width, after.height):
        yield _("The film is {width} × {height} instead of {before_width} × {before_height}.").format(
            width=after.width, height=after.height, before_width=before.width, before_height=before.height
        )
    if before.fit != after.fit:
        yield _("Clips are set to {fit} instead of {before_fit}.").format(fit=after.fit, before_fit=before.fit)
    if before.loudness != after.loudness:
        yield _("The loudness is {loudness} LUFS instead of {before_loudness}.").format(
            loudness=after.loudness, before_loudness=before.loudness
        )


def _rate(film: Timeline) -> str:
    return f"{float(film.rate.fps):.5g}"


def _clips(before: Sequence[TimelineClip], after: Sequence[TimelineClip]) -> Iterator[str]:
    old = {clip.id: (number, clip) for number, clip in enumerate(before, 1)}
    new_ids = {clip.id for clip in after}
    for id, (number, clip) in old.items():
        if id not in new_ids:
            yield _("{clip} was removed.").format(clip=clip_title(number, clip))
    common = [clip.id for clip in after if clip.id in old]
    moved = set(common) - _in_order([old[id][0] for id in common], common)
    for number, clip in enumerate(after, 1):
        if clip.id not in old:
            yield _("{clip} is new.").format(clip=clip_title(number, clip))
            continue
        old_number, old_clip = old[clip.id]
        if clip.id in moved:
            yield _("{clip} moved from {before} to {number}.").format(
                clip=clip_title(old_number, old_clip), before=old_number, number=number
            )
        yield from _changes(clip_title(number, clip), old_clip, clip)


def _in_order(places: list[int], ids: list[str]) -> set[str]:
    """Return the most ids whose places rise: those that have not moved."""
    ends: list[int] = []
    end_indexes: list[int] = []
    previous: list[int] = []
    for index, place in enumerate(places):
        length = bisect_left(ends, place)
        previous.append(end_indexes[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        end_indexes[length : length + 1] = [index]
    found: set[str] = set()
    index = end_indexes[-1] if end_indexes else -1
    while index >= 0:
        found.add(ids[index])
        index = previous[index]
    return found


def _changes(title: str, old: TimelineClip, new: TimelineClip) -> Iterator[str]:
    """Yield a sentence for each change of a clip."""
    if (old.medium and old.medium.asset) != (new.medium and new.medium.asset):
        yield _("{clip} shows {after} instead of {before}.").format(clip=title, after=_shown(new), before=_shown(old))
    elif old.is_pinned != new.is_pinned:
        how = _("{clip} is pinned to its file.") if new.is_pinned else _("{clip} follows its scene again.")
        yield how.format(clip=title)
    yield from _trim(title, old, new)
    if old.overlap != new.overlap:
        yield _dissolve(title, old.overlap, new.overlap)
    if old.fit != new.fit:
        yield _("{clip} is set to {fit} instead of {old_fit}.").format(clip=title, fit=new.fit, old_fit=old.fit)
    if old.gain != new.gain:
        words = _("{clip} has a gain of {gain} dB instead of {old_gain} dB.")
        yield words.format(clip=title, gain=f"{new.gain:g}", old_gain=f"{old.gain:g}")
    if old.mute != new.mute:
        yield (_("{clip} is muted.") if new.mute else _("{clip} is no longer muted.")).format(clip=title)
    if old.note != new.note:
        yield _note(old.note, new.note).format(clip=title)


def _note(old: str, new: str) -> str:
    if not new:
        return _("{clip} no longer has a note.")
    return _("{clip} has a different note.") if old else _("{clip} has a note.")


def _shown(clip: TimelineClip) -> str:
    if clip.medium is None:
        return _("a card") if clip.kind == "card" else _("black")
    return clip.medium.name if clip.medium.take is None else _("take {take}").format(take=clip.medium.take)


def _trim(title: str, old: TimelineClip, new: TimelineClip) -> Iterator[str]:
    if new.length != old.length:
        is_longer = new.length > old.length
        how = _("{clip} is {frames} longer.") if is_longer else _("{clip} is {frames} shorter.")
        yield how.format(clip=title, frames=frame_count(abs(new.length - old.length)))
    elif new.start_in != old.start_in:
        if new.start_in > old.start_in:
            how = _("{clip} begins {frames} later in its file.")
        else:
            how = _("{clip} begins {frames} earlier in its file.")
        yield how.format(clip=title, frames=frame_count(abs(new.start_in - old.start_in)))


def _dissolve(title: str, old: int, new: int) -> str:
    """Return how a clip begins now; `old` and `new` are lengths in frames, 0 for a cut."""
    if not new:
        return _("{clip} begins with a cut instead of a dissolve.").format(clip=title)
    if not old:
        words = _("{clip} begins with a dissolve of {frames} instead of a cut.")
        return words.format(clip=title, frames=frame_count(new))
    words = _("{clip} begins with a dissolve of {frames} instead of {old_frames}.")
    return words.format(clip=title, frames=frame_count(new), old_frames=old)


def _sounds(before: Sequence[TimelineSound], after: Sequence[TimelineSound]) -> Iterator[str]:
    old = {sound.id: sound for sound in before}
    new_ids = {sound.id for sound in after}
    yield from (
        _("{sound} was removed.").format(sound=_sound_title(sound)) for sound in before if sound.id not in new_ids
    )
    for sound in after:
        if sound.id not in old:
            yield _("{sound} is new.").format(sound=_sound_title(sound))
            continue
        yield from _sound_changes(_sound_title(sound), old[sound.id], sound)


def _sound_title(sound: TimelineSound) -> str:
    return _("Sound “{name}” ({lane})").format(name=sound.medium.name, lane=sound.lane)


def _sound_changes(title: str, old: TimelineSound, new: TimelineSound) -> Iterator[str]:
    """Yield a sentence for each change of a sound."""
    if old.medium.asset != new.medium.asset:
        yield _("{sound} plays instead of “{name}”.").format(sound=title, name=old.medium.name)
    if old.lane != new.lane:
        yield _("{sound} was on the lane {lane}.").format(sound=title, lane=old.lane)
    if old.start != new.start:
        how = _("{sound} begins {frames} later.") if new.start > old.start else _("{sound} begins {frames} earlier.")
        yield how.format(sound=title, frames=frame_count(abs(new.start - old.start)))
    shift = (new.out - new.start_in) - (old.out - old.start_in)
    if shift:
        how = _("{sound} is {frames} longer.") if shift > 0 else _("{sound} is {frames} shorter.")
        yield how.format(sound=title, frames=frame_count(abs(shift)))
    elif old.start_in != new.start_in:
        yield _("{sound} plays a different part of its file.").format(sound=title)
    if old.gain != new.gain:
        words = _("{sound} has a gain of {gain} dB instead of {old_gain} dB.")
        yield words.format(sound=title, gain=f"{new.gain:g}", old_gain=f"{old.gain:g}")
    if (old.fade_in, old.fade_out) != (new.fade_in, new.fade_out):
        yield _("{sound} has different fades.").format(sound=title)
    if old.duck != new.duck:
        yield (_("{sound} is ducked.") if new.duck else _("{sound} is no longer ducked.")).format(sound=title)


def _new_and_gone(before: Sequence[Hashable], after: Sequence[Hashable]) -> tuple[int, int]:
    """Return how many captions, titles or markers are new, and how many are gone; a changed one is both."""
    old, new = Counter(before), Counter(after)
    return (new - old).total(), (old - new).total()


def _captions(added: int, removed: int) -> Iterator[str]:
    if added:
        yield ngettext("{count} caption is new.", "{count} captions are new.", added).format(count=added)
    if removed:
        words = ngettext("{count} caption is no longer there.", "{count} captions are no longer there.", removed)
        yield words.format(count=removed)


def _titles(added: int, removed: int) -> Iterator[str]:
    if added:
        yield ngettext("{count} title is new.", "{count} titles are new.", added).format(count=added)
    if removed:
        words = ngettext("{count} title is no longer there.", "{count} titles are no longer there.", removed)
        yield words.format(count=removed)


def _markers(added: int, removed: int) -> Iterator[str]:
    if added:
        yield ngettext("{count} marker is new.", "{count} markers are new.", added).format(count=added)
    if removed:
        words = ngettext("{count} marker is no longer there.", "{count} markers are no longer there.", removed)
        yield words.format(count=removed)


def _length(before: Timeline, after: Timeline) -> Iterator[str]:
    change = after.length - before.length
    if change:
        how = _("The film is {frames} longer.") if change > 0 else _("The film is {frames} shorter.")
        yield how.format(frames=frame_count(abs(change)))
