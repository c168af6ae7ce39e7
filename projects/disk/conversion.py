"""Pictures of other formats as JPEG or PNG: upright, with their transparency and colors. It decodes the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from projects.disk.convertible import HEIC, MAX_BYTES, TIFF, Convertible, convertible
from projects.disk.media_errors import damaged_media, decoding, unsupported_media
from projects.disk.pictures import MAX_PIXELS, in_eight_bit_colors
from projects.translation import gettext as _

# the first that is small enough is taken
_QUALITIES = (95, 88, 75)
_HEAD_BYTES = 4096
# tag and value by which a camera's raw file says that its first picture is a small one
_SUBFILE_TYPE, _IS_REDUCED = 254, 1
_DNG_VERSION = 50706
# modes that are colors of their own, and need their profile to become RGB
_OTHER_COLORS = ("CMYK", "LAB", "YCbCr", "HSV")


def convert(path: Path, max_bytes: int) -> bytes:
    """Return a picture of `projects/disk/convertible.py` as a PNG, or JPEG, of at most `max_bytes`.

    Transparency makes a PNG. So do formats without loss, if that is small enough. Raise Problem 415 for another file,
    or one that moves, 422 for one that is damaged or too large.
    """
    with path.open("rb") as file:
        format = convertible(file.read(_HEAD_BYTES))
    if format is None:
        raise unsupported_media(_("This file is not a picture that Dailies can convert."))
    with decoding("picture"), _opened(path, format) as image:
        image.load()
        picture = _in_colors_of_screens(ImageOps.exif_transpose(image))
        is_transparent = picture.mode in ("RGBA", "LA")
        content = _png(picture) if format.is_lossless or is_transparent else None
        if content is None or len(content) > max_bytes:
            content = None if is_transparent else _jpeg(picture, max_bytes)
    if content is None:
        raise damaged_media(
            _("Converted, the picture is larger than {megabytes} MB. Make it smaller.").format(
                megabytes=max_bytes // 2**20
            )
        )
    return content


@contextmanager
def _opened(path: Path, format: Convertible) -> Iterator[Image.Image]:
    """Open a picture, not yet decoded, and refuse what moves, is too large, or stands for another picture."""
    if path.stat().st_size > MAX_BYTES:
        raise damaged_media(
            _("The picture is larger than {megabytes} MB. Make it smaller.").format(megabytes=MAX_BYTES // 2**20)
        )
    if format == HEIC:
        pillow_heif.register_heif_opener()
    with Image.open(path, formats=(format.reader,)) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            allowed = _("{megapixels} megapixels").format(megapixels=MAX_PIXELS // 1000000)
            raise damaged_media(
                _("The picture has {width} × {height} pixels, more than {allowed}. Make it smaller.").format(
                    width=width, height=height, allowed=allowed
                )
            )
        # several pictures in a HEIC or TIFF are others, or pages; its first, or main one, is meant
        if format.reader in ("GIF", "AVIF") and getattr(image, "n_frames", 1) > 1:
            raise unsupported_media(_("Animated pictures are not accepted. Save one frame of it."))
        if format == TIFF and _is_raw(image):
            raise unsupported_media(_("A camera's raw file has to be developed first. Save it as JPEG or TIFF."))
        yield image


def _is_raw(image: Image.Image) -> bool:
    tags = image.getexif()
    return _DNG_VERSION in tags or bool(tags.get(_SUBFILE_TYPE, 0) & _IS_REDUCED)


def _in_colors_of_screens(image: Image.Image) -> Image.Image:
    """Return the picture as L, LA, RGB or RGBA with 8 bits, and with a color profile only where that holds for it."""
    if image.mode == "F" or image.mode.startswith("I;32"):
        raise unsupported_media(_("Pictures with 32 bits per channel are not accepted. Save it with 16 or 8."))
    profile = image.info.get("icc_profile")
    if image.mode in _OTHER_COLORS:
        return _as_srgb(image, profile)
    is_transparent = image.has_transparency_data
    is_gray = image.mode in ("L", "LA", "1") or image.mode.startswith("I")
    picture = in_eight_bit_colors(image)
    mode = ("L" if is_gray else "RGB") + ("A" if is_transparent else "")
    picture = picture.convert(mode)
    # a palette and 16 bits of gray have no profile that would hold for the result
    picture.info = {"icc_profile": profile} if profile and picture.mode.startswith("RGB") else {}
    return picture


def _as_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture for print, or of another space, in the colors of screens."""
    picture = image.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            picture = converted or picture
        except (ImageCms.PyCMSError, OSError):
            # a profile that does not fit is as none
            pass
    picture.info = {}
    return picture


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", icc_profile=picture.info.get("icc_profile"))
    return buffer.getvalue()


def _jpeg(picture: Image.Image, max_bytes: int) -> bytes | None:
    """Return the best JPEG of at most `max_bytes`; None where there is none."""
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        # without smaller color planes: the picture was compressed once before
        picture.save(buffer, "JPEG", quality=quality, subsampling=0, icc_profile=picture.info.get("icc_profile"))
        if buffer.tell() <= max_bytes:
            return buffer.getvalue()
    return None
