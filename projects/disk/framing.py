"""A part of a picture in the shape of a take, which may reach beyond its edges. It decodes the file."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageFilter

from projects.disk.clean_copies import LONGEST_SIDE
from projects.disk.media_errors import decoding, unsupported_media
from projects.disk.pictures import in_eight_bit_colors, open_picture
from projects.disk.sniff import sniff_file
from projects.translation import gettext as _

# what is beyond the edges is the picture itself, drawn this small, blurred and enlarged: no detail draws the eye
_BACKDROP_SIDE, _BLUR_RADIUS = 64, 3
_JPEG_QUALITY = 95


def frame_picture(path: Path, left: float, top: float, width: float, shape: tuple[int, int]) -> bytes:
    """Return a part of a picture, upright, as a JPEG, or a PNG where it is transparent.

    `left`, `top` and `width` are shares of the picture's width and height; the height follows from `shape`, the sides
    of the take. Beyond its edges the picture goes on blurred. Raise Problem 415 for what is no picture.
    """
    format = sniff_file(path)
    if format is None or format.kind != "image":
        raise unsupported_media(_("This file is not a picture."))
    with decoding("picture"), open_picture(path, format) as opened:
        profile = opened.image.info.get("icc_profile") if opened.image.mode in ("RGB", "RGBA") else None
        image = opened.upright(in_eight_bit_colors(opened.image))
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        framed = _framed(image, left, top, width, shape)
        buffer = io.BytesIO()
        if framed.mode == "RGBA":
            framed.save(buffer, "PNG", icc_profile=profile)
        else:
            framed.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0, icc_profile=profile)
    return buffer.getvalue()


def _framed(image: Image.Image, left: float, top: float, width: float, shape: tuple[int, int]) -> Image.Image:
    part_width = width * image.width
    part_height = part_width * shape[1] / shape[0]
    x, y = left * image.width, top * image.height
    # in the resolution of the picture, but no larger than a request may be
    scale = min(1.0, LONGEST_SIDE / max(part_width, part_height))
    size = (max(1, round(part_width * scale)), max(1, round(part_height * scale)))
    right, bottom = min(float(image.width), x + part_width), min(float(image.height), y + part_height)
    inside = (max(0.0, x), max(0.0, y), right, bottom)
    # where the part that is there goes, in pixels of the result
    corner = (round((inside[0] - x) * scale), round((inside[1] - y) * scale))
    end = (round((inside[2] - x) * scale), round((inside[3] - y) * scale))
    there = (max(1, end[0] - corner[0]), max(1, end[1] - corner[1]))
    shown = image.resize(there, Image.Resampling.LANCZOS, box=inside)
    if there == size:
        return shown
    framed = _backdrop(image, size)
    framed.paste(shown, corner)
    return framed


def _backdrop(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the middle of the picture in this size, without details."""
    aspect = size[0] / size[1]
    width, height = min(image.width, image.height * aspect), min(image.height, image.width / aspect)
    x, y = (image.width - width) / 2, (image.height - height) / 2
    small_size = (_BACKDROP_SIDE, max(1, round(_BACKDROP_SIDE / aspect)))
    small = image.resize(small_size, Image.Resampling.BOX, box=(x, y, x + width, y + height))
    return small.filter(ImageFilter.GaussianBlur(_BLUR_RADIUS)).resize(size, Image.Resampling.BICUBIC)
