"""Writes a film as FCPXML: one project in one event, and no clip beside it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from film.document.timeline import Medium, Timeline, TimelineClip
from film.handover import edit
from film.handover.edit import Piece
from film.handover.fcpxml import facts
from film.handover.fcpxml.attached import Attached, Attachments, add_settings, add_volume, attached_to, last_frame
from film.handover.fcpxml.facts import time_text
from film.handover.fcpxml.resources import Resources, add_media
from film.handover.texts import add, as_text, document


def write_fcpxml(film: Timeline, root: str | None = None) -> bytes:
    """Return the film as a file; `root` is the folder of the project on this machine."""
    return document(_Writer(film, root).document(), "fcpxml")


class _Writer:
    """Writes one file."""

    def __init__(self, film: Timeline, root: str | None) -> None:
        self.film, self.rate = film, film.rate
        self.root = Element("fcpxml", version=facts.VERSION)
        self.resources = Resources(add(self.root, "resources"), film, root)
        add_media(self.resources, film)
        self.attachments = Attachments(self.resources, self.rate)
        self.pieces = edit.pieces(film)
        self.attached = attached_to(film, self.pieces)

    def document(self) -> Element:
        event = add(add(self.root, "library"), "event", name=self.film.name)
        sequence = add(
            add(event, "project", name=self.film.name),
            "sequence",
            format=self.resources.sequence_format,
            duration=self._time(self._length()),
            tcStart="0s",
            tcFormat="NDF",
            audioLayout="stereo",
            audioRate="48k",
        )
        spine = add(sequence, "spine")
        for number, piece in enumerate(self.pieces):
            self._transition(spine, piece)
            self._piece(spine, piece, self.attached.get(number))
        self._room(spine)
        add_settings(sequence, as_text({"project": self.film.project, "version": self.film.version}))
        return self.root

    def _time(self, frames: int) -> str:
        return time_text(frames, self.rate)

    def _end(self) -> int:
        return self.pieces[-1].end if self.pieces else 0

    def _length(self) -> int:
        behind = self.attached.get(len(self.pieces))
        return max(self._end(), last_frame([behind]) if behind else 0)

    def _room(self, spine: Element) -> None:
        """Add a gap for what begins behind the last clip."""
        behind, end = self.attached.get(len(self.pieces)), self._end()
        if behind is not None:
            gap = add(spine, "gap", name=facts.ROOM, offset=self._time(end), duration=self._time(self._length() - end))
            self.attachments.write(gap, behind, end, 0)

    def _transition(self, spine: Element, piece: Piece) -> None:
        if piece.dissolve is None:
            return
        offset, duration = piece.start - piece.dissolve.before, piece.dissolve.frames
        times = {"offset": self._time(offset), "duration": self._time(duration)}
        transition = add(spine, "transition", name=facts.DISSOLVE, **times)
        picture = self.resources.effect(facts.DISSOLVE, facts.DISSOLVE_UID)
        sound = self.resources.effect(facts.AUDIO_CROSSFADE, facts.AUDIO_CROSSFADE_UID)
        add(transition, "filter-video", ref=picture, name=facts.DISSOLVE)
        add(transition, "filter-audio", ref=sound, name=facts.AUDIO_CROSSFADE)

    def _piece(self, spine: Element, piece: Piece, attached: Attached | None) -> None:
        clip, medium = piece.clip, piece.clip.medium
        times = self._times(piece, piece.source_in, piece.source_out)
        if medium is None:
            self._without_medium(spine, piece, attached, times)
        elif medium.is_endless:
            element = self._video(spine, clip, medium, times)
            self.attachments.write(element, attached, piece.start, piece.source_in)
        else:
            self._take(spine, piece, medium, attached)

    def _times(self, piece: Piece, start: int, out: int) -> dict[str, str]:
        frames = {"offset": piece.start, "start": start, "duration": out - start}
        return {name: self._time(each) for name, each in frames.items()}

    def _without_medium(self, spine: Element, piece: Piece, attached: Attached | None, times: dict[str, str]) -> None:
        clip = piece.clip
        if clip.kind == "gap":
            element = add(spine, "gap", name=edit.clip_name(clip), **times)
        else:
            element = self.attachments.add_title(spine, edit.card_text(clip), **times)
            element.set("name", edit.clip_name(clip))
        _add_note(element, clip)
        self.attachments.write(element, attached, piece.start, piece.source_in)
        add_settings(element, as_text(edit.clip_settings(clip)))

    def _video(self, spine: Element, clip: TimelineClip, medium: Medium, times: dict[str, str]) -> Element:
        element = add(spine, "video", ref=self.resources.asset(medium), name=edit.clip_name(clip), **times)
        _add_note(element, clip)
        add(element, "adjust-conform", type=_conform(clip))
        return element

    def _take(self, spine: Element, piece: Piece, medium: Medium, attached: Attached | None) -> None:
        """Add a take; with its alternates it is an audition, whose first clip is the one that plays."""
        others = edit.other_takes(piece.clip)
        parent = add(spine, "audition", offset=self._time(piece.start)) if others else spine
        shown = self._asset_clip(parent, piece, medium, (piece.source_in, piece.source_out))
        self.attachments.write(shown, attached, piece.start, piece.source_in)
        add_settings(shown, as_text(edit.clip_settings(piece.clip)))
        for other in others:
            self._asset_clip(parent, piece, other, edit.alternate_range(piece, other))

    def _asset_clip(self, parent: Element, piece: Piece, medium: Medium, trim: tuple[int, int]) -> Element:
        clip = piece.clip
        element = add(
            parent,
            "asset-clip",
            ref=self.resources.asset(medium),
            name=edit.take_name(clip, medium),
            audioRole="dialogue" if edit.has_sound(clip) else None,
            srcEnable="video" if clip.mute else None,
            **self._times(piece, *trim),
        )
        _add_note(element, clip)
        add(element, "adjust-conform", type=_conform(clip))
        add_volume(element, clip.gain, self.rate)
        return element


def _add_note(element: Element, clip: TimelineClip) -> None:
    if clip.note:
        add(element, "note", clip.note)


def _conform(clip: TimelineClip) -> str:
    # it has no blurred border
    return "fill" if clip.fit == "fill" else "fit"
