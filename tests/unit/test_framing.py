"""The crop of a first frame: the very part that was shown, upright; beyond its edges the picture goes on blurred."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from projects.disk.framing import frame_picture
from projects.problems import Problem
from tests.media import encode


def quarters(width: int = 400, height: int = 200) -> Image.Image:
    """Return a picture of four colors: red and green above, blue and white below."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("lime", (width // 2, 0, width, height // 2))
    image.paste("blue", (0, height // 2, width // 2, height))
    image.paste("white", (width // 2, height // 2, width, height))
    return image


def framed(
    tmp_path: Path, content: bytes, left: float, top: float, width: float, shape: tuple[int, int]
) -> Image.Image:
    (tmp_path / "it").write_bytes(content)
    return Image.open(io.BytesIO(frame_picture(tmp_path / "it", left, top, width, shape)))


def is_near(image: Image.Image, place: tuple[int, int], color: tuple[int, int, int]) -> bool:
    shown = image.convert("RGB").getpixel(place)
    assert isinstance(shown, tuple)
    return all(abs(part - wanted) < 12 for part, wanted in zip(shown, color, strict=True))


def test_a_part_in_its_own_resolution(tmp_path: Path) -> None:
    result = framed(tmp_path, encode(quarters()), 0.5, 0, 0.25, (1, 1))
    assert (result.size, result.format) == ((100, 100), "JPEG")
    assert is_near(result, (50, 50), (0, 255, 0))
    result = framed(tmp_path, encode(quarters()), 0.25, 0, 0.5, (1, 1))
    assert is_near(result, (50, 50), (255, 0, 0))
    assert is_near(result, (150, 150), (255, 255, 255))


def test_the_whole_picture_with_blurred_edges(tmp_path: Path) -> None:
    # twice as wide as high, in a square: half of the height is added above and below
    result = framed(tmp_path, encode(quarters()), 0, -0.5, 1, (1, 1))
    assert result.size == (400, 400)
    assert is_near(result, (100, 150), (255, 0, 0))
    assert is_near(result, (300, 250), (255, 255, 255))
    # the edges have the colors of the picture, and no bar is black
    assert not is_near(result, (200, 20), (0, 0, 0))
    assert len(result.crop((0, 0, 400, 90)).getcolors(400 * 90) or ()) > 20


def test_an_upright_picture_is_framed_as_it_is_seen(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    result = framed(tmp_path, encode(quarters(), exif=exif), 0, 0, 1, (1, 1))
    # turned to the right, the upper left is blue
    assert result.size == (200, 200)
    assert is_near(result, (50, 50), (0, 0, 255))
    assert result.getexif().get(0x0112) is None


def test_transparency_and_profile_are_kept(tmp_path: Path) -> None:
    image = Image.new("RGBA", (80, 40), (255, 0, 0, 0))
    result = framed(tmp_path, encode(image, "PNG", icc_profile=b"a profile"), 0, 0, 0.5, (1, 1))
    assert (result.format, result.mode, result.getchannel("A").getextrema()) == ("PNG", "RGBA", (0, 0))
    assert result.info["icc_profile"] == b"a profile"


def test_a_large_part_is_no_larger_than_a_request_may_be(tmp_path: Path) -> None:
    assert framed(tmp_path, encode(quarters(6000, 300)), 0, 0, 1, (20, 1)).size == (4096, 205)


def test_what_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(b"words")
    with pytest.raises(Problem, match="not a picture"):
        frame_picture(tmp_path / "it", 0, 0, 1, (1, 1))
