"""The picture of one piece: the drawings that it needs, and the command that encodes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from film.document.rate import Rate
from film.document.timeline import Medium
from film.render.children import ask_child
from film.render.facts import Facts
from film.render.graphs import dissolve_filters, seek_arguments, source_filters
from film.render.plan import Card, Piece, Source
from film.render.process import Control, run_ffmpeg
from film.render.profiles import Codec

COLORS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")


@dataclass(frozen=True)
class Frame:
    """What all pictures of a film have in common."""

    size: tuple[int, int]
    rate: Rate
    codec: Codec
    folder: Path
    """The project's folder, where the media are."""
    facts: Mapping[str, Facts]
    """By the path of the medium."""

    def path_of(self, medium: Medium) -> Path:
        """Return where a medium is."""
        return self.folder / medium.path

    def facts_of(self, source: Source) -> Facts | None:
        """Return what is known of a source's file; None for cards, pictures and black."""
        return self.facts.get(source.medium.path) if source.medium and source.is_recording else None

    def filters(self, source: Source) -> str:
        """Return the filters for one input."""
        return source_filters(source, self.facts_of(source), self.size, self.rate, self.codec.pixel_format)


def render_picture(
    piece: Piece, frame: Frame, target: Path, control: Control, on_frame: Callable[[int], None] = lambda count: None
) -> None:
    """Write the segment of a piece: exactly its frames, without sound."""
    drawings = _Drawings(frame, target)
    try:
        command = _command(piece, frame, drawings, target, control)
        run_ffmpeg(command, control, on_frame)
    finally:
        drawings.remove()


class _Drawings:
    """The temporary pictures of a piece, beside its segment; all are drawn at once."""

    def __init__(self, frame: Frame, target: Path) -> None:
        self._frame = frame
        self._target = target
        self._items: list[dict[str, Any]] = []

    def add(self, kind: str, suffix: str = ".png", **values: Any) -> str:
        path = f"{self._target.with_suffix('')}-{len(self._items)}{suffix}"
        self._items.append({"kind": kind, "target": path, **values})
        return path

    def draw(self, control: Control) -> list[list[int]]:
        sizes: list[list[int]] = ask_child("draw", control, items=self._items) if self._items else []
        return sizes

    def remove(self) -> None:
        for item in self._items:
            Path(item["target"]).unlink(missing_ok=True)


def _command(piece: Piece, frame: Frame, drawings: _Drawings, target: Path, control: Control) -> list[str]:
    inputs = [argument for source in piece.sources for argument in _input(source, frame, drawings)]
    chains = [f"[{index}:v:0]{frame.filters(source)}" for index, source in enumerate(piece.sources)]
    if piece.into:
        dissolve = dissolve_filters(piece.source.frames, piece.offset, piece.frames, frame.rate)
        graph = f"{chains[0]}[a];{chains[1]}[b];{dissolve}[p0]"
    else:
        graph = f"{chains[0]}[p0]"
    layers, more = _layers(piece, frame, drawings, control, len(piece.sources))
    graph += "".join(f";{layer}" for layer in layers)
    return [*inputs, *more, "-filter_complex", graph, "-map", f"[p{len(layers)}]", *_encoding(piece, frame, target)]


def _input(source: Source, frame: Frame, drawings: _Drawings) -> list[str]:
    width, height = frame.size
    if source.medium is None and source.card is None:
        return ["-f", "lavfi", "-i", f"color=c=black:s={width}x{height}:r={frame.rate.fps}:d=1"]
    facts = frame.facts_of(source)
    if source.medium and facts:
        path = str(frame.path_of(source.medium))
        return [*seek_arguments(source, frame.rate), *_guarded(facts.reader), "-i", f"file:{path}"]
    if source.medium:
        drawn = drawings.add("still", source=str(frame.path_of(source.medium)))
    else:
        card = source.card or Card("")
        drawn = drawings.add("card", size=[width, height], heading=card.heading, body=card.body, footer=card.footer)
    return _picture_input(drawn, frame.rate)


def _guarded(reader: str) -> list[str]:
    return ["-protocol_whitelist", "file,pipe", "-f", reader]


def _picture_input(path: str, rate: Rate) -> list[str]:
    return ["-protocol_whitelist", "file,pipe", "-f", "image2", "-framerate", str(rate.fps), "-i", f"file:{path}"]


def _layers(
    piece: Piece, frame: Frame, drawings: _Drawings, control: Control, first: int
) -> tuple[list[str], list[str]]:
    """Return the filters that lay words over the picture, and the inputs that they need; draws everything."""
    inputs: list[str] = []
    filters: list[str] = []
    for overlay in piece.overlays:
        path = drawings.add("words", size=list(frame.size), text=overlay.text, place=overlay.place, of=overlay.kind)
        inputs += _picture_input(path, frame.rate)
        shown = f"overlay=format=auto:enable='between(n,{overlay.start},{overlay.end - 1})'"
        filters.append(f"[p{len(filters)}][{first + len(filters)}:v:0]{shown}[p{len(filters) + 1}]")
    if piece.timecode is None:
        drawings.draw(control)
        return filters, inputs
    values = {"size": list(frame.size), "rate": frame.rate.name, "first": piece.timecode, "frames": piece.frames}
    path = drawings.add("timecode", ".rgba", **values)
    width, height = drawings.draw(control)[-1]
    raw = ["-f", "rawvideo", "-pixel_format", "rgba", "-video_size", f"{width}x{height}"]
    inputs += [*raw, "-framerate", str(frame.rate.fps), "-i", f"file:{path}"]
    below = f"overlay=x=(W-w)/2:y=H-h-{frame.size[1] // 40}:format=auto"
    filters.append(f"[p{len(filters)}][{first + len(filters)}:v:0]{below}[p{len(filters) + 1}]")
    return filters, inputs


def _encoding(piece: Piece, frame: Frame, target: Path) -> list[str]:
    codec, rate = frame.codec, frame.rate
    container = ["-f", codec.container, "-fflags", "+bitexact", f"file:{target}"]
    group = ["-g", str(2 * rate.nominal)] if codec.name == "libx264" else []
    times = ["-r", str(rate.fps), "-frames:v", str(piece.frames), "-pix_fmt", codec.pixel_format]
    return ["-an", "-sn", "-dn", *times, "-c:v", codec.name, *codec.quality, *group, *COLORS, *container]
