"""A cut with its media: which file each clip shows, which of its frames, and where it plays.

A cut may have thousands of clips, and each call for it comes here: every part is made once, as it will be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from film.document.cut import Clip, ClipKind, Cut, Sound, Transition, build
from film.document.rate import Rate
from film.document.timeline import Medium, Timeline, TimelineClip, TimelineSound, room_for_dissolve
from film.timelines.media import ProjectMedia, SceneMedia
from projects.mirror import contributions
from projects.mirror.contributions import SceneActivity
from projects.models import Project

STILL_SECONDS = 3
"""How long a picture or a card is shown that nobody has trimmed."""
_IDLE = SceneActivity()


class Resolver:
    """Finds the media of a cut, and collects what to warn of."""

    def __init__(
        self, project: Project, cut: Cut, media: ProjectMedia | None = None, *, alternates: bool = False,
        prompts: bool = False,
    ) -> None:  # fmt: skip
        """`media` are those of the project at the cut's rate, where the caller has read them already.

        With `alternates` each clip has all takes of its scene, with `prompts` also the prompt of the file it shows.
        """
        self.project = project
        self.cut = cut
        self.rate = Rate(cut.rate)
        self.still = self.rate.frames(STILL_SECONDS)
        self.media = media or ProjectMedia(project, self.rate)
        self.alternates = alternates
        self.prompts = prompts
        self.activity: dict[int, SceneActivity] = {}
        self.warnings: list[str] = []
        self.long_dissolves: dict[int, int] = {}
        """The room that there is for dissolves that are longer than it, in frames, by the place of the clip."""

    def timeline(self, version: int = 0, *, automatic: bool = False) -> Timeline:
        """Return the film."""
        scenes = self.media.scenes
        clips = self.cut.clips if not automatic else tuple(Clip(name, name) for name in scenes)
        if self.alternates:
            self.media.load_takes()
            keys = [each.scene.pk for each in scenes.values()]
            self.activity = dict(contributions.jobs().scene_activity(self.project, keys))
        self.assets = self.media.load_assets(
            [clip.asset for clip in clips if clip.asset] + [sound.asset for sound in self.cut.sounds]
        )
        placed = self._clips(clips)
        if self.prompts:
            placed = self._with_prompts(placed)
        if not automatic:
            self._name_missing_scenes(clips)
        sounds = [self._sound(number, sound) for number, sound in enumerate(self.cut.sounds, 1)]
        return Timeline(
            project=self.project.slug,
            name=self.project.name,
            version=version,
            rate=self.rate,
            width=self.cut.width,
            height=self.cut.height,
            fit=self.cut.fit,
            loudness=self.cut.loudness,
            clips=placed,
            sounds=tuple(sound for sound in sounds if sound),
            captions=self.cut.captions,
            titles=self.cut.titles,
            markers=self.cut.markers,
            automatic=automatic,
            warnings=tuple(self.warnings),
        )

    def _clips(self, clips: Sequence[Clip]) -> tuple[TimelineClip, ...]:
        placed: list[TimelineClip] = []
        before: TimelineClip | None = None
        for number, clip in enumerate(clips, 1):
            before = self._clip(number, clip, before)
            placed.append(before)
        return tuple(placed)

    def _with_prompts(self, clips: tuple[TimelineClip, ...]) -> tuple[TimelineClip, ...]:
        prompts = self.media.prompts_of(clip.medium.asset for clip in clips if clip.medium)
        return tuple(
            replace(clip, prompt=prompts.get(clip.medium.asset, "")) if clip.medium else clip for clip in clips
        )

    def _clip(self, number: int, clip: Clip, before: TimelineClip | None) -> TimelineClip:
        scene = self.media.scenes.get(clip.scene or "")
        medium = self._medium(number, clip, scene)
        length = medium.frames if medium and not medium.is_endless else None
        start_in, out = self._trimmed(number, clip, length)
        transition = clip.transition and self._fitted(number, clip.transition, before, out - start_in)
        activity = self.activity.get(scene.scene.pk, _IDLE) if scene else _IDLE
        values = {
            "id": clip.id,
            "kind": "gap" if clip.is_gap else kind_of(medium),
            # before the first clip there is nothing to overlap: it comes out of black
            "start": before.end - (transition.frames if transition else 0) if before else 0,
            "start_in": start_in,
            "out": out,
            "medium": medium,
            "scene": clip.scene if scene else None,
            "scene_name": scene.scene.name if scene else "",
            "prompt": self.media.prompts.get(clip.scene or "", "") if scene and not medium else "",
            "is_pinned": clip.asset is not None,
            "note": clip.note,
            "transition": transition,
            "fit": clip.fit or self.cut.fit,
            "gain": clip.gain,
            "mute": clip.mute,
            "alternates": scene.takes if scene else (),
            "generating": len(activity.progress),
        }
        return build(TimelineClip, values)

    def _medium(self, number: int, clip: Clip, scene: SceneMedia | None) -> Medium | None:
        if clip.asset:
            if clip.asset in self.assets:
                return self.assets[clip.asset][1]
            self.warnings.append(_("Clip {number}: its file was deleted.").format(number=number))
        elif scene:
            return self.media.best(scene)
        elif clip.scene:
            self.warnings.append(_("Clip {number}: {scene} was deleted.").format(number=number, scene=clip.scene))
        return None

    def _trimmed(self, number: int, clip: Clip, length: int | None) -> tuple[int, int]:
        """Return in and out within what the medium has: a clip that follows its scene may have got a shorter take."""
        out = clip.out if clip.out is not None else clip.start_in + self.still if length is None else length
        if length is None:
            return clip.start_in, max(out, clip.start_in + 1)
        if out > length:
            self.warnings.append(
                _("Clip {number} ends at frame {length}: its take has no more.").format(number=number, length=length)
            )
        out = min(out, length)
        return min(clip.start_in, max(out - 1, 0)), out

    def _fitted(
        self, number: int, transition: Transition, before: TimelineClip | None, length: int
    ) -> Transition | None:
        """Return a dissolve, shortened where it has become longer than its clips."""
        room = room_for_dissolve(before, length)
        if transition.frames <= room:
            return transition
        self.long_dissolves[number - 1] = room
        self.warnings.append(
            _("Clip {number}: there is room for a dissolve of {room} frames.").format(number=number, room=room)
        )
        return replace(transition, frames=room) if room else None

    def _sound(self, number: int, sound: Sound) -> TimelineSound | None:
        if sound.asset not in self.assets:
            self.warnings.append(_("Sound {number}: its file was deleted.").format(number=number))
            return None
        medium = self.assets[sound.asset][1]
        out = min(sound.out, medium.frames)
        return TimelineSound(
            id=sound.id,
            lane=sound.lane,
            start=sound.start,
            start_in=min(sound.start_in, max(out - 1, 0)),
            out=out,
            medium=medium,
            gain=sound.gain,
            fade_in=sound.fade_in,
            fade_out=sound.fade_out,
            duck=sound.duck,
        )

    def _name_missing_scenes(self, clips: tuple[Clip, ...]) -> None:
        used = {clip.scene for clip in clips}
        missing = [name for name in self.media.scenes if name not in used]
        if missing:
            names = ", ".join(self.media.scenes[name].scene.name for name in missing[:3])
            words = (
                _("Not in the cut: {names} and {count} more.") if len(missing) > 3 else _("Not in the cut: {names}.")
            )
            self.warnings.append(words.format(names=names, count=len(missing) - 3))


def kind_of(medium: Medium | None) -> ClipKind:
    """Return what a clip with this medium shows."""
    if medium is None:
        return "card"
    return "take" if medium.kind == "video" else "still"
