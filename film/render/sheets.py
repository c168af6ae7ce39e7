"""Contact sheets as PDF, and stills as PNG in a zip. They decode and draw: only the rendering child imports this."""

from __future__ import annotations

import zipfile
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
_COLUMNS, _ROWS, _MARGIN, _GAP = 4, 3, 70, 28
_WORDS_HEIGHT = 120
_INK, _SOFT = "#1b1b1b", "#666666"


def contact_sheet(target: str, title: str, clips: list[dict[str, Any]], shape: list[int]) -> int:
    """Write a PDF with a picture, number, name, prompt and length of each clip; return the number of pages."""
    per_page = _COLUMNS * _ROWS
    parts = [clips[start : start + per_page] for start in range(0, len(clips), per_page)] or [[]]
    pages = [_page(title, number, len(parts), part, shape) for number, part in enumerate(parts, 1)]
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


def _page(title: str, number: int, count: int, clips: list[dict[str, Any]], shape: list[int]) -> Image.Image:
    page = Image.new("RGB", _PAGE, "white")
    pen = ImageDraw.Draw(page)
    pen.text(
        (_MARGIN, _MARGIN), wrapped(title, font("SemiBold", 34), _PAGE[0] * 0.7, 1), _INK, font("SemiBold", 34), "ls"
    )
    pen.text((_PAGE[0] - _MARGIN, _MARGIN), f"{number} / {count}", _SOFT, font("Regular", 22), "rs")
    width = (_PAGE[0] - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) // _COLUMNS
    height = (_PAGE[1] - 2 * _MARGIN - 20) // _ROWS
    for index, clip in enumerate(clips):
        left = _MARGIN + index % _COLUMNS * (width + _GAP)
        _cell(page, pen, (left, _MARGIN + 20 + index // _COLUMNS * height), (width, height), clip, shape)
    return page


def _cell(
    page: Image.Image, pen: ImageDraw.ImageDraw, at: tuple[int, int], size: tuple[int, int], clip: dict[str, Any],
    shape: list[int],
) -> None:  # fmt: skip
    room = (size[0], size[1] - _WORDS_HEIGHT)
    picture = ImageOps.contain(_picture(clip, shape), room)
    page.paste(picture, at)
    top = at[1] + picture.height + 10
    name, small = font("Medium", 20), font("Regular", 16)
    pen.text((at[0], top), wrapped(f"{clip['number']}  {clip['name']}", name, size[0], 1), _INK, name)
    words = f"{clip['length']}\n{wrapped(clip['prompt'], small, size[0], 2)}"
    pen.multiline_text((at[0], top + 28), words, _SOFT, small)


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
