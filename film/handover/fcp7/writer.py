"""Writes a film as FCP7 XML: a bin with the media, and a sequence whose takes have their sound linked."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from film.document.timeline import Timeline
from film.handover import edit
from film.handover.fcp7.links import Links
from film.handover.fcp7.media import MediaFiles, add_bin
from film.handover.fcp7.parts import add_rate, add_timecode
from film.handover.fcp7.picture import Picture
from film.handover.fcp7.sound import add_lanes, add_sound_of_takes
from film.handover.texts import add, add_all, document


def write_fcp7(film: Timeline, root: str | None = None) -> bytes:
    """Return the film as a file; `root` is the folder of the project on this machine."""
    top = Element("xmeml", version="5")
    project = add(top, "project")
    add(project, "name", film.name)
    children = add(project, "children")
    files = MediaFiles(film, root)
    _add_sequence(children, files)
    add_bin(children, files)
    return document(top, "xmeml")


def _add_sequence(parent: Element, files: MediaFiles) -> None:
    film = files.film
    sequence = add(parent, "sequence", id="sequence-1")
    add_all(sequence, {"name": film.name, "duration": film.length})
    add_rate(sequence, film.rate)
    add_all(sequence, {"in": -1, "out": -1})
    add_timecode(sequence, film.rate)
    media = add(sequence, "media")
    found = edit.pieces(film)
    video, audio = add(media, "video"), add(media, "audio")
    _add_picture_format(video, film)
    links = Links(found)
    Picture(files, found, links).write(video)
    _add_sound_format(audio)
    add_sound_of_takes(audio, files, found, links)
    add_lanes(audio, files)
    for marker in film.markers:
        add_all(add(sequence, "marker"), {"name": marker.text, "comment": "", "in": marker.at, "out": -1})


def _add_picture_format(video: Element, film: Timeline) -> None:
    characteristics = add(add(video, "format"), "samplecharacteristics")
    add_rate(characteristics, film.rate)
    add_all(characteristics, {"width": film.width, "height": film.height, "anamorphic": "FALSE"})
    add_all(characteristics, {"pixelaspectratio": "square", "fielddominance": "none"})


def _add_sound_format(audio: Element) -> None:
    add(audio, "numOutputChannels", 2)
    add_all(add(add(audio, "format"), "samplecharacteristics"), {"depth": 16, "samplerate": 48000})
