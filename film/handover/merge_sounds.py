"""The sounds of a file from an editor: those of takes belong to their clips, the others are on lanes."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import replace
from secrets import token_hex

from film.document.cut import Clip, Cut, Sound
from film.document.timeline import Medium
from film.handover.media_index import MediaIndex
from film.handover.merge_clips import PlacedClip
from film.handover.returned import ReturnedFilm, ReturnedSound, is_other_gain
from projects.translation import gettext as _


def merge_sounds(
    film: ReturnedFilm, cut: Cut, media: MediaIndex, placed: list[PlacedClip]
) -> tuple[tuple[Sound, ...], tuple[Clip, ...]]:
    """Return the sounds on lanes, and the clips with the gain and the mute of their own sound."""
    clips = tuple(each.clip for each in placed)
    if film.sounds is None:
        return cut.sounds, clips
    merger = _Merger(film, cut, placed)
    for sound in film.sounds:
        medium = media.find(sound.reference)
        if medium is not None:
            merger.add(sound, medium)
    return merger.sounds(), merger.clips()


class _Merger:
    """Sorts sounds into those of takes and those of lanes."""

    def __init__(self, film: ReturnedFilm, cut: Cut, placed: list[PlacedClip]) -> None:
        self.film, self.cut, self.placed = film, cut, placed
        self._by_sync: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for number, each in enumerate(placed):
            if each.medium:
                self._by_sync[each.medium.asset, each.start - each.source_in].append(number)
        self._unused = {sound.id: sound for sound in cut.sounds}
        named = {str(sound.own.get("sound")) for sound in film.sounds or ()}
        self._by_asset: defaultdict[str, deque[Sound]] = defaultdict(deque)
        for sound in cut.sounds:
            if sound.id not in named:
                self._by_asset[sound.asset].append(sound)
        self._of_takes: dict[int, ReturnedSound] = {}
        self._sounds: list[Sound] = []

    def add(self, sound: ReturnedSound, medium: Medium) -> None:
        """Take over one sound."""
        is_ours = str(sound.own.get("sound")) in self._unused
        if medium.kind == "image":
            self.film.say(_("“{name}” has no sound: it was left out.").format(name=sound.name))
        elif not is_ours and (sound.is_of_take or self._is_like_one_of_a_take(sound, medium)):
            self._add_to_clips(sound, medium)
        else:
            self._add_to_lane(sound, medium)

    def _is_like_one_of_a_take(self, sound: ReturnedSound, medium: Medium) -> bool:
        return medium.kind == "video" and sound.lane is None and not self._by_asset[medium.asset]

    def _add_to_clips(self, sound: ReturnedSound, medium: Medium) -> None:
        end = sound.start + sound.length
        numbers = self._by_sync.get((medium.asset, sound.start - sound.source_in), [])
        under = [each for each in numbers if self.placed[each].start < end and sound.start < self.placed[each].end]
        if not under:
            self.film.say(
                _("The sound of “{name}” stands apart from its picture: it was not imported.").format(name=sound.name)
            )
            return
        if sound.start != self.placed[under[0]].start or end != self.placed[under[-1]].end:
            self.film.say(
                _("The sound of “{name}” is cut elsewhere than its picture: it plays with its picture.").format(
                    name=sound.name
                )
            )
        self._of_takes.update(dict.fromkeys(under, sound))

    def _add_to_lane(self, sound: ReturnedSound, medium: Medium) -> None:
        out = min(sound.source_in + sound.length, medium.frames) if medium.frames else sound.source_in + sound.length
        start_in = max(sound.source_in, 0)
        if out <= start_in:
            self.film.say(_("“{name}” plays nothing that its file has: it was left out.").format(name=sound.name))
            return
        if not sound.enabled:
            self.film.say(_("“{name}” is disabled in the file, but plays here.").format(name=sound.name))
        base = self._known(sound, medium) or self._new(sound, medium)
        changed = replace(base, asset=medium.asset, lane=sound.lane or base.lane)
        changed = replace(changed, start=max(sound.start, 0), start_in=start_in, out=out)
        self._sounds.append(_with_levels(changed, sound))

    def _known(self, sound: ReturnedSound, medium: Medium) -> Sound | None:
        ours = self._unused.pop(str(sound.own.get("sound")), None)
        if ours is None and self._by_asset[medium.asset]:
            ours = self._by_asset[medium.asset].popleft()
        return ours

    def _new(self, sound: ReturnedSound, medium: Medium) -> Sound:
        if sound.lane is None:
            self.film.say(_("“{name}” is new, and is on the lane of effects.").format(name=sound.name))
        return Sound(token_hex(8), "effects", medium.asset, 0, 0, 1)

    def sounds(self) -> tuple[Sound, ...]:
        """Return the sounds on lanes, those of the cut in their order there."""
        order = {sound.id: number for number, sound in enumerate(self.cut.sounds)}
        return tuple(sorted(self._sounds, key=lambda sound: order.get(sound.id, len(order))))

    def clips(self) -> tuple[Clip, ...]:
        """Return the clips with what the file says of their sound. One whose sound was removed is muted."""
        return tuple(self._with_sound(number, each) for number, each in enumerate(self.placed))

    def _with_sound(self, number: int, placed: PlacedClip) -> Clip:
        sound, clip, medium = self._of_takes.get(number), placed.clip, placed.medium
        if sound is None:
            is_silent = medium is None or medium.kind != "video" or not medium.has_sound
            if is_silent or not self._of_takes or clip.mute:
                return clip
            self.film.say(_("Clip {number} has lost its sound in the file: it is muted.").format(number=number + 1))
            return replace(clip, mute=True)
        if is_other_gain(sound.gain, clip.gain):
            clip = replace(clip, gain=sound.gain or 0.0)
        return replace(clip, mute=not sound.enabled)


def _with_levels(base: Sound, sound: ReturnedSound) -> Sound:
    length = base.out - base.start_in
    fade_in = min(base.fade_in if sound.fade_in is None else max(sound.fade_in, 0), length)
    fade_out = min(base.fade_out if sound.fade_out is None else max(sound.fade_out, 0), length - fade_in)
    changed = replace(base, fade_in=fade_in, fade_out=fade_out)
    return replace(changed, gain=sound.gain or 0.0) if is_other_gain(sound.gain, base.gain) else changed
