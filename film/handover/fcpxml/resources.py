"""The resources of an FCPXML file: formats, media and effects, each once."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from film.document.rate import Rate
from film.document.timeline import Medium, Timeline
from film.handover import edit
from film.handover.fcpxml import facts
from film.handover.fcpxml.facts import time_text
from film.handover.places import file_address
from film.handover.texts import add


class Resources:
    """Hands out the id of each resource, and writes it when it is first asked for."""

    def __init__(self, parent: Element, film: Timeline, root: str | None) -> None:
        self._parent, self._film, self._root = parent, film, root
        self._ids: dict[str, str] = {}
        self.sequence_format = self._format(film.width, film.height, film.rate)

    def asset(self, medium: Medium) -> str:
        """Return the id of a medium."""
        key = f"asset {medium.asset}"
        return self._ids.get(key) or self._add_asset(key, medium)

    def effect(self, name: str, uid: str) -> str:
        """Return the id of an effect."""
        key = f"effect {uid}"
        if key not in self._ids:
            add(self._parent, "effect", id=self._next(key), name=name, uid=uid)
        return self._ids[key]

    def _next(self, key: str) -> str:
        self._ids[key] = f"r{len(self._ids) + 1}"
        return self._ids[key]

    def _format(self, width: int, height: int, rate: Rate | None) -> str:
        """Return the id of a format; without a rate one of pictures."""
        key = f"format {width} {height} {rate}"
        if key not in self._ids:
            duration = time_text(1, rate) if rate else None
            fixed = {"colorSpace": "1-1-1 (Rec. 709)"} if rate else {"name": "FFVideoFormatRateUndefined"}
            size = {"width": str(width), "height": str(height)} if width and height else {}
            add(self._parent, "format", id=self._next(key), frameDuration=duration, **fixed, **size)
        return self._ids[key]

    def _add_asset(self, key: str, medium: Medium) -> str:
        rate = self._film.rate
        has_picture, has_sound = medium.kind != "audio", medium.kind == "audio" or medium.has_sound
        has_sound = has_sound and not medium.is_endless
        frame_rate = None if medium.is_endless else rate
        format_id = self._format(medium.width, medium.height, frame_rate) if has_picture else None
        sound = {"audioSources": "1", "audioChannels": "2", "audioRate": "48000"} if has_sound else {}
        asset = add(
            self._parent,
            "asset",
            id=self._next(key),
            name=medium.name,
            start="0s",
            duration=time_text(medium.frames, rate),
            hasVideo="1" if has_picture else None,
            videoSources="1" if has_picture else None,
            format=format_id,
            hasAudio="1" if has_sound else None,
            **sound,
        )
        add(asset, "media-rep", kind="original-media", src=file_address(medium, self._root))
        metadata = add(asset, "metadata")
        add(metadata, "md", key=facts.ASSET_KEY, value=medium.asset)
        add(metadata, "md", key=facts.SHA256_KEY, value=medium.sha256)
        return self._ids[key]


def add_media(resources: Resources, film: Timeline) -> None:
    """Write all media of a film in the order of their first use."""
    for medium in edit.media_of(film).values():
        resources.asset(medium)
