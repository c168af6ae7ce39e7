"""Which items of an FCP7 sequence belong together: a picture, and both channels of its sound."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from film.handover import edit
from film.handover.edit import Piece
from film.handover.texts import add_all

CHANNELS = (1, 2)


class Links:
    """Knows the id and the place of each item."""

    def __init__(self, found: list[Piece]) -> None:
        self._pictures = {piece.start: number for number, piece in enumerate(found, 1)}
        with_sound = [piece for piece in found if edit.has_sound(piece.clip)]
        self._sounds = {piece.start: number for number, piece in enumerate(with_sound, 1)}
        self._links: dict[int, list[Element]] = {}

    def picture_id(self, piece: Piece) -> str:
        """Return the id of a picture."""
        return f"picture-{self._pictures[piece.start]}"

    def sound_id(self, piece: Piece, channel: int) -> str:
        """Return the id of a channel of a picture's sound."""
        return f"sound-{self._pictures[piece.start]}-{channel}"

    def add(self, item: Element, piece: Piece) -> None:
        """Add to an item what it is linked with, itself included."""
        if piece.start not in self._sounds:
            return
        if piece.start not in self._links:
            self._links[piece.start] = self._links_of(piece)
        item.extend(self._links[piece.start])

    def _links_of(self, piece: Piece) -> list[Element]:
        number, place = self._pictures[piece.start], self._sounds[piece.start]
        sounds = [_link(self.sound_id(piece, channel), "audio", channel, place) for channel in CHANNELS]
        return [_link(self.picture_id(piece), "video", 1, number), *sounds]


def _link(reference: str, kind: str, track: int, place: int) -> Element:
    link = Element("link")
    add_all(link, {"linkclipref": reference, "mediatype": kind, "trackindex": track, "clipindex": place})
    return link
