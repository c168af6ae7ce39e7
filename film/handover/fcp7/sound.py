"""The audio tracks of an FCP7 XML file: two channels of the sound of takes, and two for each track of a lane."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from film.document.timeline import Medium, TimelineSound
from film.handover import edit
from film.handover.edit import Piece
from film.handover.fcp7.links import CHANNELS, Links
from film.handover.fcp7.media import MediaFiles
from film.handover.fcp7.parts import add_levels, add_rate, add_settings, add_transition
from film.handover.fcp7.spans import Span, spans
from film.handover.texts import add, add_all


def add_sound_of_takes(audio: Element, files: MediaFiles, found: list[Piece], links: Links) -> None:
    """Add the sound of takes under their pictures, linked with them."""
    heard = spans(found, lambda piece: edit.has_sound(piece.clip))
    if not heard:
        return
    for channel in CHANNELS:
        track = _add_track(audio, edit.TAKES, channel)
        for span in heard:
            if span.has_transition and span.piece.dissolve:
                dissolve = span.piece.dissolve
                start, alignment = span.piece.start - dissolve.before, _alignment(span.piece, found)
                add_transition(track, files.film.rate, start, start + dissolve.frames, alignment, is_sound=True)
            _add_take(track, files, span, links, channel)
        add(track, "outputchannelindex", channel)


def _alignment(piece: Piece, found: list[Piece]) -> str:
    if piece is found[0]:
        return "start-black"
    return "end" if piece.dissolve and piece.dissolve.after == 0 else "center"


def _add_take(track: Element, files: MediaFiles, span: Span, links: Links, channel: int) -> None:
    clip, medium = span.piece.clip, span.piece.clip.medium
    if medium is None:
        return
    item = add(track, "clipitem", id=links.sound_id(span.piece, channel))
    times = {"start": span.start, "end": span.end, "in": span.start_in, "out": span.out}
    _fill(item, files, edit.clip_name(clip), medium, times)
    add(item, "enabled", "FALSE" if clip.mute else "TRUE")
    add_all(add(item, "sourcetrack"), {"mediatype": "audio", "trackindex": channel})
    links.add(item, span.piece)
    add_levels(item, clip.gain, span.start_in, span.out)
    if channel == 1:
        add_settings(item, edit.clip_settings(clip))


def add_lanes(audio: Element, files: MediaFiles) -> None:
    """Add the tracks of each lane."""
    for lane in edit.sound_tracks(files.film):
        for channel in CHANNELS:
            track = _add_track(audio, lane.name, channel)
            for sound in lane.sounds:
                _add_sound(track, files, sound, channel)
            add(track, "outputchannelindex", channel)


def _add_sound(track: Element, files: MediaFiles, sound: TimelineSound, channel: int) -> None:
    item = add(track, "clipitem", id=f"lane-{sound.id}-{channel}")
    times = {"start": sound.start, "end": sound.end, "in": sound.start_in, "out": sound.out}
    _fill(item, files, sound.medium.name, sound.medium, times)
    add(item, "enabled", "TRUE")
    add_all(add(item, "sourcetrack"), {"mediatype": "audio", "trackindex": channel})
    add_levels(item, sound.gain, sound.start_in, sound.out, sound.fade_in, sound.fade_out)
    if channel == 1:
        add_settings(item, edit.sound_settings(sound))


def _fill(item: Element, files: MediaFiles, name: str, medium: Medium, times: dict[str, int]) -> None:
    add_all(item, {"name": name, "duration": medium.frames})
    add_rate(item, files.film.rate)
    add_all(item, {**times, "masterclipid": f"clip-{medium.asset}"})
    files.add(item, medium)


def _add_track(audio: Element, name: str, channel: int) -> Element:
    # the attributes are those by which Premiere knows a pair of channels
    count = str(len(CHANNELS))
    pair = {"currentExplodedTrackIndex": str(channel - 1), "totalExplodedTrackCount": count}
    return add(audio, "track", **pair, premiereTrackType="Stereo", **{"MZ.TrackName": name})
