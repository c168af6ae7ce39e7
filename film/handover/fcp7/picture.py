"""The picture tracks of an FCP7 XML file: the clips, and above them the titles."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from film.document.cut import Title
from film.document.timeline import Medium
from film.handover import edit
from film.handover.edit import Piece
from film.handover.fcp7 import facts
from film.handover.fcp7.links import Links
from film.handover.fcp7.media import MediaFiles
from film.handover.fcp7.parts import add_generator, add_rate, add_settings, add_transition
from film.handover.fcp7.spans import Span, spans
from film.handover.texts import add, add_all


class Picture:
    """Writes the picture tracks."""

    def __init__(self, files: MediaFiles, found: list[Piece], links: Links) -> None:
        self.files, self.film, self.pieces = files, files.film, found
        self.links = links

    def write(self, video: Element) -> None:
        """Add the tracks."""
        track = add(video, "track")
        for span in spans(self.pieces):
            self._add_transition(track, span.piece)
            self._add_item(track, span)
        for row in _rows(self.film.titles):
            track = add(video, "track")
            for title in row:
                self._add_title(track, title)

    def _add_transition(self, track: Element, piece: Piece) -> None:
        if dissolve := piece.dissolve:
            start = piece.start - dissolve.before
            alignment = _alignment(piece, is_first=piece is self.pieces[0])
            add_transition(track, self.film.rate, start, start + dissolve.frames, alignment, is_sound=False)

    def _add_item(self, track: Element, span: Span) -> None:
        clip = span.piece.clip
        tag = "generatoritem" if clip.medium is None else "clipitem"
        item = add(track, tag, id=self.links.picture_id(span.piece))
        length = span.out if clip.medium is None or clip.medium.is_endless else clip.medium.frames
        add_all(item, {"name": edit.clip_name(clip), "duration": length})
        add_rate(item, self.film.rate)
        add_all(item, {"start": span.start, "end": span.end, "in": span.start_in, "out": span.out, "enabled": "TRUE"})
        if clip.medium is None:
            is_card = clip.kind != "gap"
            add_generator(item, facts.TEXT if is_card else facts.SLUG, edit.card_text(clip) if is_card else None)
        else:
            self._add_medium(item, clip.medium)
            self.links.add(item, span.piece)
        add_all(add(item, "logginginfo"), {"scene": clip.scene_name, "lognote": clip.note})
        add_settings(item, edit.clip_settings(clip))

    def _add_medium(self, item: Element, medium: Medium) -> None:
        add_all(item, {"masterclipid": f"clip-{medium.asset}"})
        if medium.is_endless:
            add(item, "stillframe", "TRUE")
        self.files.add(item, medium)

    def _add_title(self, track: Element, title: Title) -> None:
        item, length = add(track, "generatoritem"), title.end - title.start
        add_all(item, {"name": title.text.partition("\n")[0], "duration": length})
        add_rate(item, self.film.rate)
        add_all(item, {"start": title.start, "end": title.end, "in": 0, "out": length, "enabled": "TRUE"})
        add(item, "alphatype", "black")
        add_generator(item, facts.TEXT, title.text, facts.HEIGHTS[title.place])


def _alignment(piece: Piece, *, is_first: bool) -> str:
    if is_first:
        return "start-black"
    dissolve = piece.dissolve
    # one frame has no middle; the half that a reader rounds away comes first
    return "end" if dissolve and dissolve.after == 0 else "center"


def _rows(titles: Iterable[Title]) -> list[list[Title]]:
    """Return the titles in as many rows as are shown at once."""
    rows: list[list[Title]] = []
    for title in sorted(titles, key=lambda each: each.start):
        free = next((row for row in rows if row[-1].end <= title.start), None)
        if free is None:
            rows.append([title])
        else:
            free.append(title)
    return rows
