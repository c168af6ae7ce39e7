"""Writes a film as OTIO: a picture track, the sound of takes, and the lanes, each take with its alternates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from urllib.parse import quote

from film.document.cut import Marker
from film.document.rate import Rate
from film.document.timeline import Medium, Timeline
from film.handover import edit
from film.handover.edit import Piece, SoundTrack
from film.handover.otio.schema import Json, item, rational_time, time_range, track

_ACTIVE = "DEFAULT_MEDIA"


def write_otio(timeline: Timeline) -> bytes:
    """Return the film as a file; its media have paths relative to the project's folder."""
    return json.dumps(_Writer(timeline).timeline(), ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class _Writer:
    film: Timeline
    media: dict[str, Json] = field(default_factory=dict)
    """By asset: each is in many clips."""

    @property
    def rate(self) -> Rate:
        return self.film.rate

    def timeline(self) -> Json:
        found = edit.pieces(self.film)
        tracks = [track("Picture", "Video", list(self._picture(found)))]
        if any(edit.has_sound(piece.clip) for piece in found):
            tracks.append(track(edit.TAKES, "Audio", list(self._sound_of_takes(found))))
        tracks += [track(each.name, "Audio", list(self._sounds(each))) for each in edit.sound_tracks(self.film)]
        markers = [self._marker(marker) for marker in self.film.markers]
        stack: Json = {"source_range": None, "effects": [], "markers": markers, "enabled": True, "children": tracks}
        return item(
            "Timeline.1",
            self.film.name,
            self._settings(),
            global_start_time=None,
            tracks=item("Stack.1", "tracks", **stack),
        )

    def _settings(self) -> Json:
        film = self.film
        settings: Json = {"project": film.project, "version": film.version, "rate": film.rate.name}
        settings |= {"width": film.width, "height": film.height, "fit": film.fit, "loudness": film.loudness}
        settings["captions"] = [asdict(caption) for caption in film.captions]
        return settings | {"titles": [asdict(title) for title in film.titles]}

    def _picture(self, found: list[Piece]) -> Iterator[Json]:
        for piece in found:
            yield from self._transition(piece)
            clip = piece.clip
            if clip.medium is None:
                # a card too: the words of one are no medium
                yield self._gap(edit.clip_name(clip), piece, edit.clip_settings(clip))
            else:
                media = {_ACTIVE: self._medium(clip.medium)}
                media |= {_key(medium): self._medium(medium) for medium in edit.other_takes(clip)}
                yield self._clip(edit.clip_name(clip), piece.source_in, piece.length, media, edit.clip_settings(clip))

    def _sound_of_takes(self, found: list[Piece]) -> Iterator[Json]:
        for piece in found:
            yield from self._transition(piece)
            clip = piece.clip
            if clip.medium is None or not edit.has_sound(clip):
                yield self._gap("", piece, {})
                continue
            media = {_ACTIVE: self._medium(clip.medium)}
            sound = self._clip(edit.clip_name(clip), piece.source_in, piece.length, media, edit.clip_settings(clip))
            yield sound | {"enabled": not clip.mute}

    def _sounds(self, sounds: SoundTrack) -> Iterator[Json]:
        end = 0
        for sound in sounds.sounds:
            if sound.start > end:
                yield item("Gap.1", "", **self._fields(0, sound.start - end))
            media, own = {_ACTIVE: self._medium(sound.medium)}, edit.sound_settings(sound)
            yield self._clip(sound.medium.name, sound.start_in, sound.out - sound.start_in, media, own)
            end = sound.end

    def _transition(self, piece: Piece) -> Iterator[Json]:
        if piece.dissolve:
            yield item(
                "Transition.1",
                "Dissolve",
                transition_type="SMPTE_Dissolve",
                in_offset=rational_time(piece.dissolve.before, self.rate),
                out_offset=rational_time(piece.dissolve.after, self.rate),
            )

    def _clip(self, name: str, source_in: int, length: int, media: dict[str, Json], own: Json) -> Json:
        fields = self._fields(source_in, length)
        return item("Clip.2", name, own, **fields, media_references=media, active_media_reference_key=_ACTIVE)

    def _gap(self, name: str, piece: Piece, own: Json) -> Json:
        return item("Gap.1", name, own, **self._fields(piece.source_in, piece.length))

    def _fields(self, start: int, length: int) -> Json:
        source = time_range(start, length, self.rate)
        return {"source_range": source, "effects": [], "markers": [], "enabled": True}

    def _medium(self, medium: Medium) -> Json:
        if medium.asset not in self.media:
            self.media[medium.asset] = self._new_medium(medium)
        return self.media[medium.asset]

    def _new_medium(self, medium: Medium) -> Json:
        own = {"asset": medium.asset, "sha256": medium.sha256, "kind": medium.kind, "take": medium.take}
        # a picture has as many frames as are wanted
        known = None if medium.is_endless else time_range(0, medium.frames, self.rate)
        # some programs take media of one name for the same, and each scene has a take-001.mp4
        return item(
            "ExternalReference.1",
            medium.path,
            own,
            available_range=known,
            available_image_bounds=None,
            target_url=quote(medium.path),
        )

    def _marker(self, marker: Marker) -> Json:
        marked = time_range(marker.at, 0, self.rate)
        return item("Marker.2", marker.text, {"marker": True}, color="RED", marked_range=marked, comment="")


def _key(medium: Medium) -> str:
    return f"take {medium.take}" if medium.take is not None else medium.asset
