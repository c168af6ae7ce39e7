"""Contact sheets as PDF, and stills as PNG in a zip. They decode and draw: only the rendering child imports this."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw, ImageOps

from film.render.drawings import card_image, font, wrapped
from projects.disk.recordings import open_video
from projects.disk.shown_frames import pixel_shape, shown_image

# A4 across at 150 dots an inch
_PAGE, _DPI = (1754, 1240), 150
_MARGIN, _GAP = 70, 28
_INK, _SOFT = "#1b1b1b", "#666666"


@dataclass(frozen=True)
class _Layout:
    """How many clips are on a page, and the words below each; sizes in pixels."""

    columns: int
    rows: int
    words_height: int
    name_size: int
    text_size: int
    prompt_lines: int
    note_lines: int

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of what a clip has."""
        width = (_PAGE[0] - 2 * _MARGIN - (self.columns - 1) * _GAP) // self.columns
        return width, (_PAGE[1] - 2 * _MARGIN - 20) // self.rows


_LAYOUTS = {"contact_sheet": _Layout(4, 3, 120, 20, 16, 2, 0), "storyboard": _Layout(3, 2, 250, 24, 18, 6, 2)}


def contact_sheet(
    target: str, title: str, clips: list[dict[str, Any]], shape: list[int], layout: str = "contact_sheet"
) -> int:
    """Write a PDF with a picture, number, name, prompt and length of each clip; return the number of pages.

    A storyboard has larger pictures, whole prompts and the notes.
    """
    chosen = _LAYOUTS[layout]
    per_page = chosen.columns * chosen.rows
    parts = [clips[start : start + per_page] for start in range(0, len(clips), per_page)] or [[]]
    pages = [_page(title, (number, len(parts)), part, shape, chosen) for number, part in enumerate(parts, 1)]
    pages[0].save(target, "PDF", save_all=True, append_images=pages[1:], resolution=_DPI, title=title)
    return len(pages)


def stills(target: str, clips: list[dict[str, Any]], shape: list[int]) -> int:
    """Write a zip with the middle frame of each clip, lossless and in its own size; return how many."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for clip in clips:
            buffer = BytesIO()
            _picture(clip, shape).save(buffer, "PNG")
            # the time of a file in it would make two equal exports differ
            archive.writestr(zipfile.ZipInfo(f"{clip['file_name']}.png", (2020, 1, 1, 0, 0, 0)), buffer.getvalue())
    return len(clips)


def _page(
    title: str, place: tuple[int, int], clips: list[dict[str, Any]], shape: list[int], layout: _Layout
) -> Image.Image:
    page = Image.new("RGB", _PAGE, "white")
    pen = ImageDraw.Draw(page)
    heading = font("SemiBold", 34)
    pen.text((_MARGIN, _MARGIN), wrapped(title, heading, _PAGE[0] * 0.7, 1), _INK, heading, "ls")
    pen.text((_PAGE[0] - _MARGIN, _MARGIN), f"{place[0]} / {place[1]}", _SOFT, font("Regular", 22), "rs")
    width, height = layout.cell
    for index, clip in enumerate(clips):
        left = _MARGIN + index % layout.columns * (width + _GAP)
        top = _MARGIN + 20 + index // layout.columns * height
        picture = ImageOps.contain(_picture(clip, shape), (width, height - layout.words_height))
        page.paste(picture, (left, top))
        _write_words(pen, (left, top + picture.height + 10), clip, layout)
    return page


def _write_words(pen: ImageDraw.ImageDraw, at: tuple[int, int], clip: dict[str, Any], layout: _Layout) -> None:
    """Write number and name of a clip, its times, prompt and note, one below the other."""
    width = layout.cell[0]
    name, text = font("Medium", layout.name_size), font("Regular", layout.text_size)
    pen.text(at, wrapped(f"{clip['number']}  {clip['name']}", name, width, 1), _INK, name)
    times = f"{clip['start']} · {clip['length']}"
    words = f"{times}\n{wrapped(clip['prompt'], text, width, layout.prompt_lines)}"
    top = at[1] + layout.name_size + 8
    pen.multiline_text((at[0], top), words, _SOFT, text)
    if clip["note"] and layout.note_lines:
        below = pen.multiline_textbbox((at[0], top), words, text)[3] + 8
        pen.multiline_text((at[0], below), wrapped(clip["note"], text, width, layout.note_lines), _INK, text)


def _picture(clip: dict[str, Any], shape: list[int]) -> Image.Image:
    """Return what stands for a clip: the frame in its middle, its picture, its card, or black."""
    if clip["kind"] == "video":
        return _frame_at(Path(clip["path"]), clip["seconds"])
    if clip["kind"] == "image":
        with Image.open(clip["path"], formats=("JPEG", "PNG", "WEBP")) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    if clip["kind"] == "card":
        return card_image(shape[0], shape[1], clip["name"], clip["prompt"], clip["length"])
    return Image.new("RGB", (shape[0], shape[1]), "black")


def _frame_at(path: Path, seconds: float) -> Image.Image:
    """Return the frame that is shown at a time, as a player shows it; the last one where the clip ends earlier."""
    with open_video(path) as (container, stream):
        begin = (container.start_time or 0) / av.time_base
        container.seek(int((begin + seconds) * av.time_base))
        shown = None
        for frame in container.decode(stream):
            shown = frame if shown is None or frame.time <= begin + seconds + 0.001 else shown
            if frame.time >= begin + seconds:
                break
        if shown is None:
            raise EOFError("not one frame")
        return shown_image(shown, pixel_shape(stream)).convert("RGB")
