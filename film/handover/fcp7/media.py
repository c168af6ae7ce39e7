"""The bin of an FCP7 XML file: every medium once, with scene, take and whether it is used."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from film.document.rate import Rate
from film.document.timeline import Medium, Timeline
from film.handover import edit
from film.handover.fcp7.facts import FILE_PREFIX
from film.handover.fcp7.parts import add_rate, add_timecode
from film.handover.places import file_address
from film.handover.texts import add, add_all


class MediaFiles:
    """Writes the file of an item: the first time with all that is known of it, then by its id alone.

    Other programs read from the top down, so the sequence comes first, and the bin behind it.
    """

    def __init__(self, film: Timeline, root: str | None) -> None:
        self.film, self._root = film, root
        self._written: set[str] = set()

    def add(self, item: Element, medium: Medium) -> None:
        """Add the file of a medium."""
        element = add(item, "file", id=f"{FILE_PREFIX}{medium.asset}")
        if medium.asset in self._written:
            return
        self._written.add(medium.asset)
        rate = self.film.rate
        add_all(element, {"name": medium.name, "pathurl": file_address(medium, self._root)})
        add_rate(element, rate)
        add(element, "duration", duration_of(medium, self.film))
        add_timecode(element, rate)
        media = add(element, "media")
        if medium.kind != "audio":
            _add_characteristics(add(media, "video"), medium, rate)
        if medium.kind == "audio" or (medium.kind == "video" and medium.has_sound):
            audio = add(media, "audio")
            add_all(add(audio, "samplecharacteristics"), {"depth": 16, "samplerate": 48000})
            add(audio, "channelcount", 2)


def duration_of(medium: Medium, film: Timeline) -> int:
    """Return the frames of a medium; of a picture as many as the film has."""
    return max(film.length, 1) if medium.is_endless else medium.frames


def add_bin(parent: Element, files: MediaFiles) -> None:
    """Add all media of the film; alternates are those that are not good."""
    film = files.film
    element = add(parent, "bin")
    add(element, "name", "Media")
    children = add(element, "children")
    scenes = _scenes(film)
    used = {medium.asset for medium in film.media}
    for medium in edit.media_of(film).values():
        clip = add(children, "clip", id=f"clip-{medium.asset}")
        add_all(clip, {"name": medium.name, "duration": duration_of(medium, film)})
        add_rate(clip, film.rate)
        add_all(clip, {"in": -1, "out": -1, "masterclipid": f"clip-{medium.asset}", "ismasterclip": "TRUE"})
        info = add(clip, "logginginfo")
        add_all(info, {"scene": scenes.get(medium.asset, ""), "shottake": "" if medium.take is None else medium.take})
        add_all(info, {"lognote": "", "good": "TRUE" if medium.asset in used else "FALSE"})
        _add_media(clip, medium, files)


def _scenes(film: Timeline) -> dict[str, str]:
    media = [(clip.scene_name, medium) for clip in film.clips for medium in (clip.medium, *clip.alternates)]
    return {medium.asset: name for name, medium in media if medium}


def _add_media(clip: Element, medium: Medium, files: MediaFiles) -> None:
    kind = "audio" if medium.kind == "audio" else "video"
    track = add(add(add(clip, "media"), kind), "track")
    item = add(track, "clipitem", id=f"master-{medium.asset}")
    frames = duration_of(medium, files.film)
    add_all(item, {"masterclipid": f"clip-{medium.asset}", "name": medium.name, "duration": frames})
    add_rate(item, files.film.rate)
    files.add(item, medium)


def _add_characteristics(video: Element, medium: Medium, rate: Rate) -> None:
    add(video, "duration", medium.frames)
    characteristics = add(video, "samplecharacteristics")
    add_rate(characteristics, rate)
    if medium.width and medium.height:
        add_all(characteristics, {"width": medium.width, "height": medium.height})
    add_all(characteristics, {"anamorphic": "FALSE", "pixelaspectratio": "square", "fielddominance": "none"})
