"""Pictures that every browser opens to their end are taken, whatever else is in the file; missing rows are noticed."""

from __future__ import annotations

import io
import itertools
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from projects.disk.picture_parts import jpeg as jpeg_parts
from projects.disk.posters import make_poster
from projects.problems import Problem
from tests import media, media_parts
from tests.inspection import inspect, refused
from tests.media_parts import jpeg_segment, packed_text, png_chunk, with_chunks, with_segments

SIZE = (160, 120)


def check_taken(tmp_path: Path, content: bytes, mime_type: str, size: tuple[int, int] = SIZE) -> None:
    found = inspect(tmp_path, content)
    assert (found.mime_type, found.width, found.height, found.bytes) == (mime_type, *size, len(content))
    with Image.open(io.BytesIO(make_poster(tmp_path / "file.bin", "image"))) as poster:
        assert poster.size == size


def image() -> Image.Image:
    return media.noise(*SIZE).resize(SIZE)


def png() -> bytes:
    return media.encode(image(), "PNG")


def jpeg(**options: object) -> bytes:
    return media.encode(image(), "JPEG", **options)


def webp(**options: object) -> bytes:
    return media.encode(image(), "WEBP", **options)


PNGS: dict[str, Callable[[], bytes]] = {
    "large color profile": lambda: with_chunks(png(), packed_text(b"iCCP", 2_200_000)),
    "color profile that is none": lambda: with_chunks(png(), png_chunk(b"iCCP", b"x\0\0junk")),
    "packed text": lambda: with_chunks(png(), packed_text(b"zTXt", 1_500_000)),
    "packed international text": lambda: with_chunks(png(), packed_text(b"iTXt", 1_500_000)),
    "many texts": lambda: with_chunks(png(), *[png_chunk(b"tEXt", b"a\0b")] * 3000),
    "text that is none": lambda: with_chunks(png(), png_chunk(b"tEXt", b"\xff" * 40)),
    "text with a wrong checksum": lambda: with_chunks(png(), png_chunk(b"tEXt", b"a\0b", 1)),
    "EXIF that is none": lambda: with_chunks(png(), png_chunk(b"eXIf", b"b'Exif\\x00\\x00MM'")),
    "empty EXIF": lambda: with_chunks(png(), png_chunk(b"eXIf", b"")),
    "EXIF that leads nowhere": lambda: with_chunks(png(), png_chunk(b"eXIf", b"II*\0\xff\xff\xff\0")),
    "gamma with a wrong checksum": lambda: with_chunks(png(), png_chunk(b"gAMA", bytes(4), 1)),
    "gamma that is too short": lambda: with_chunks(png(), png_chunk(b"gAMA", b"")),
    "size of pixels that is too short": lambda: with_chunks(png(), png_chunk(b"pHYs", b"\1")),
    "animation without frames": lambda: with_chunks(png(), png_chunk(b"acTL", bytes(8))),
    "no end": lambda: png()[:-12],
    "half an end": lambda: png()[:-5],
    "zeros in place of the end": lambda: png()[:-12] + bytes(300),
    "notes in place of the end": lambda: png()[:-12] + media_parts.phone_trailer(),
    "no checksum of the data": lambda: png()[:-16],
    "another picture behind it": lambda: png() + png(),
}


@pytest.mark.parametrize("name", PNGS)
def test_png(tmp_path: Path, name: str) -> None:
    check_taken(tmp_path, PNGS[name](), "image/png")


JPEGS: dict[str, Callable[[], bytes]] = {
    "two pictures": lambda: media_parts.two_pictures(*SIZE),
    "two pictures, badly listed": lambda: with_segments(jpeg(), jpeg_segment(0xE2, b"MPF\0II*\0" + bytes(20))),
    "a phone's notes in place of the end": lambda: jpeg()[:-2] + media_parts.phone_trailer(),
    "a phone's notes behind the end": lambda: jpeg() + media_parts.phone_trailer(),
    "no end": lambda: jpeg()[:-2],
    "half an end": lambda: jpeg()[:-1],
    "zeros in place of the end": lambda: jpeg()[:-2] + bytes(900),
    "another picture in place of the end": lambda: jpeg()[:-2] + jpeg(),
    "no end of a progressive one": lambda: jpeg(progressive=True)[:-2],
    "notes in place of the end of a progressive one": lambda: jpeg(progressive=True)[:-2] + bytes(900),
    "no end of one with restarts": lambda: jpeg(restart_marker_blocks=3)[:-2],
    "broken EXIF": lambda: with_segments(jpeg(), jpeg_segment(0xE1, b"Exif\0\0II*\0\xff\xff\0\0")),
    "EXIF that is none": lambda: with_segments(jpeg(), jpeg_segment(0xE1, b"Exif\0\0nothing")),
    "bytes between segments": lambda: with_segments(jpeg(), jpeg_segment(0xFE, b"a comment"), b"\0\0\0"),
    "fill bytes": lambda: with_segments(jpeg(), b"\xff" * 9),
}


@pytest.mark.parametrize("name", JPEGS)
def test_jpeg(tmp_path: Path, name: str) -> None:
    check_taken(tmp_path, JPEGS[name](), "image/jpeg")


WEBPS: dict[str, Callable[[], bytes]] = {
    "length never filled in": lambda: webp()[:4] + bytes(4) + webp()[8:],
    "length of all ones": lambda: webp()[:4] + b"\xff" * 4 + webp()[8:],
    "text behind it": lambda: webp() + media_parts.TRAILERS["text"],
    "broken EXIF": lambda: webp(exif=b"Exif\0\0nothing"),
    "EXIF cut off": lambda: webp(exif=media_parts.gps_exif())[:-20],
    "XMP cut off": lambda: webp(xmp=media_parts.GPS_XMP)[:-20],
    "lossless, with text behind it": lambda: webp(lossless=True) + media_parts.TRAILERS["text"],
}


@pytest.mark.parametrize("name", WEBPS)
def test_webp(tmp_path: Path, name: str) -> None:
    check_taken(tmp_path, WEBPS[name](), "image/webp")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("trailer", media_parts.TRAILERS)
def test_whatever_is_behind_a_picture_does_not_matter(tmp_path: Path, kind: str, trailer: str) -> None:
    content = media.encode(image(), kind) + media_parts.TRAILERS[trailer]
    check_taken(tmp_path, content, f"image/{kind.lower()}")


@pytest.mark.parametrize("kind", ["JPEG", "progressive", "restarts", "PNG"])
@pytest.mark.parametrize("trailer", [b"", bytes(900), media_parts.phone_trailer()], ids=["nothing", "zeros", "phone"])
def test_missing_rows_are_noticed_whatever_is_behind_them(tmp_path: Path, kind: str, trailer: bytes) -> None:
    options: dict[str, int] = {"progressive": {"progressive": 1}, "restarts": {"restart_marker_blocks": 3}}.get(
        kind, {}
    )
    content = media.encode(image(), "PNG" if kind == "PNG" else "JPEG", **options)
    for share in (0.3, 0.6, 0.9):
        problem = refused(tmp_path, content[: int(len(content) * share)] + trailer)
        assert (problem.status, problem.code) == (422, "damaged_media")


@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 3}, {"subsampling": 2}])
def test_an_end_marker_does_not_stand_for_missing_rows(tmp_path: Path, options: dict[str, int]) -> None:
    content = jpeg(**options)
    assert refused(tmp_path, content[: len(content) // 2] + b"\xff\xd9").status == 422


def test_no_jpeg_of_pillow_is_taken_for_damaged(tmp_path: Path) -> None:
    sizes, modes = ((1, 1), (7, 5), (64, 36), (333, 1), (1, 333)), ("L", "RGB", "CMYK")
    for size, mode, progressive, subsampling in itertools.product(sizes, modes, (False, True), (0, 1, 2)):
        drawn = Image.radial_gradient("L").resize(size).convert(mode)
        content = media.encode(drawn, "JPEG", progressive=progressive, subsampling=subsampling)
        assert inspect(tmp_path, content).width == size[0]
        assert inspect(tmp_path, content[:-2]).width == size[0]


def test_a_progressive_picture_without_end_needs_all_scans(tmp_path: Path) -> None:
    content = jpeg(progressive=True)
    last_scan = content.rindex(b"\xff\xda")
    assert refused(tmp_path, content[:last_scan]).status == 422


# where the upper left corner is shown, by the orientation in EXIF: to the right, below
CORNERS = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", CORNERS)
def test_the_orientation_is_that_of_exif(tmp_path: Path, kind: str, orientation: int) -> None:
    """The poster has its red corner where a viewer that follows EXIF has it."""
    drawn = Image.new("RGB", SIZE, "white")
    drawn.paste("red", (0, 0, 80, 60))
    exif = Image.Exif()
    exif[media_parts.ORIENTATION] = orientation
    turned = orientation > 4
    check_taken(tmp_path, media.encode(drawn, kind, exif=exif), f"image/{kind.lower()}", SIZE[::-1] if turned else SIZE)
    with Image.open(io.BytesIO(make_poster(tmp_path / "file.bin", "image"))) as poster:
        right, low = CORNERS[orientation]
        corner = poster.getpixel((20 + right * (poster.width - 40), 20 + low * (poster.height - 40)))
    assert isinstance(corner, tuple)
    assert corner[0] > 200 > 60 > corner[1]


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_what_is_packed_beside_a_picture_is_not_unpacked(tmp_path: Path, kind: bytes) -> None:
    content = with_chunks(png(), packed_text(kind, 100 * 2**20))
    tracemalloc.start()
    began = time.process_time()
    check_taken(tmp_path, content, "image/png")
    seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20
    assert seconds < 5


def test_a_forged_picture_of_endless_scans_is_refused(tmp_path: Path) -> None:
    content = jpeg(progressive=True)
    last = content.rindex(b"\xff\xda")
    before = content.rindex(b"\xff\xda", 0, last)
    many = [content[before:last]] * jpeg_parts.MAX_SCANS
    assert refused(tmp_path, content[:last] + b"".join(many) + content[last:]).status == 422
    check_taken(tmp_path, content[:last] + b"".join(many[:20]) + content[last:], "image/jpeg")


FORGED: dict[str, Callable[[], bytes]] = {
    "chunks": lambda: with_chunks(png(), png_chunk(b"tEXt", b"") * 500_000),
    "segments": lambda: with_segments(jpeg(), jpeg_segment(0xFE, b"") * 1_000_000),
    "fill bytes": lambda: jpeg()[:-2] + b"\xff" * 2**22 + bytes(30),
    "marks in place of data": lambda: jpeg()[:-2] + b"\xff\xd0" * 2**21,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_file_of_nothing_but_small_parts_takes_little_time(tmp_path: Path, name: str) -> None:
    content = FORGED[name]()
    # of the processor, since others may be busy on this machine
    began = time.process_time()
    with suppress(Problem):
        inspect(tmp_path, content)
    assert time.process_time() - began < 5
