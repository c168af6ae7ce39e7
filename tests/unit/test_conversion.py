"""Pictures as phones and tools make them become pictures that Runway takes: upright, with their transparency."""

from __future__ import annotations

import io
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms

from projects.disk.conversion import convert
from projects.disk.convertible import convertible
from projects.problems import Problem
from tests.media import encode, noise, picture

pillow_heif.register_heif_opener()
LIMIT = 20 * 2**20
P3 = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def converted(tmp_path: Path, content: bytes, limit: int = LIMIT) -> Image.Image:
    (tmp_path / "it").write_bytes(content)
    return Image.open(io.BytesIO(convert(tmp_path / "it", limit)))


def refused(tmp_path: Path, content: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        converted(tmp_path, content)
    return caught.value


def photo() -> Image.Image:
    """Return a picture that is red on top and blue below, wider than high."""
    image = Image.new("RGB", (64, 32), "#c02020")
    image.paste("#2020c0", (0, 16, 64, 32))
    return image


@pytest.mark.parametrize(("kind", "becomes"), [("HEIF", "JPEG"), ("AVIF", "JPEG"), ("TIFF", "PNG"), ("BMP", "PNG")])
def test_every_format_keeps_what_it_shows(tmp_path: Path, kind: str, becomes: str) -> None:
    result = converted(tmp_path, encode(photo(), kind))
    assert (result.format, result.size, result.mode) == (becomes, (64, 32), "RGB")
    for place, expected in (((20, 4), (192, 32, 32)), ((20, 28), (32, 32, 192))):
        color = result.getpixel(place)
        assert isinstance(color, tuple)
        assert all(abs(part - wanted) < 14 for part, wanted in zip(color, expected, strict=True))


def test_a_still_gif(tmp_path: Path) -> None:
    assert converted(tmp_path, encode(photo(), "GIF")).size == (64, 32)
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    problem = refused(tmp_path, encode(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert (problem.status, "Animated" in problem.message) == (415, True)


def test_what_exif_turns_is_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    for content in (encode(photo(), "AVIF", exif=exif), encode(photo(), "TIFF", tiffinfo={0x0112: 6})):
        result = converted(tmp_path, content)
        # the left side, which was below, is blue
        assert (result.size, result.getexif().get(0x0112)) == ((32, 64), None)
        color = result.convert("RGB").getpixel((4, 32))
        assert isinstance(color, tuple)
        assert color[2] > 150 > color[0]


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "TIFF"])
def test_transparency_is_kept(tmp_path: Path, kind: str) -> None:
    image = photo().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    result = converted(tmp_path, encode(image, kind))
    assert (result.format, result.mode) == ("PNG", "RGBA")
    assert result.getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "TIFF"])
def test_the_color_profile_is_kept(tmp_path: Path, kind: str) -> None:
    assert converted(tmp_path, encode(photo(), kind, icc_profile=P3)).info["icc_profile"] == P3


@pytest.mark.parametrize("mode", ["CMYK", "LAB", "I;16", "1", "P", "LA"])
def test_every_way_to_store_colors(tmp_path: Path, mode: str) -> None:
    image = Image.new(mode, (40, 20)) if mode in ("LAB", "I;16") else photo().convert(mode)
    result = converted(tmp_path, encode(image, "TIFF"))
    assert result.mode in ("L", "LA", "RGB")


def test_a_scan_that_would_be_too_large_as_a_png_is_a_jpeg(tmp_path: Path) -> None:
    content = encode(noise(600, 400), "TIFF")
    assert converted(tmp_path, content).format == "PNG"
    assert converted(tmp_path, content, 500_000).format == "JPEG"
    (tmp_path / "it").write_bytes(content)
    with pytest.raises(Problem, match="larger than 0 MB"):
        convert(tmp_path / "it", 1000)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "TIFF", "BMP", "GIF"])
@pytest.mark.filterwarnings("ignore:Truncated File Read")
def test_pictures_that_are_cut(tmp_path: Path, kind: str) -> None:
    content = encode(noise(200, 150), kind)
    for kept in (len(content) - 60, len(content) // 2, 100):
        problem = refused(tmp_path, content[:kept])
        assert (problem.status, problem.code) == (422, "damaged_media")


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    content = bytearray(encode(photo(), "BMP"))
    content[18:26] = (20_000).to_bytes(4, "little") * 2
    assert "120 megapixels" in refused(tmp_path, bytes(content)).message


def test_the_small_picture_in_a_raw_file_is_not_taken_for_the_photo(tmp_path: Path) -> None:
    problem = refused(tmp_path, encode(photo(), "TIFF", tiffinfo={254: 1}))
    assert (problem.status, "raw" in problem.message) == (415, True)
    assert refused(tmp_path, encode(Image.new("F", (8, 8)), "TIFF")).status == 415


@pytest.mark.parametrize("content", [picture(), picture(kind="PNG"), b"BM is no bitmap", b"\0\0\0\x18ftypisom", b""])
def test_what_is_not_converted(content: bytes) -> None:
    assert convertible(content) is None


def test_an_avif_under_the_brand_of_heif_is_read_as_one() -> None:
    head = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"
    format = convertible(head)
    assert format is not None
    assert format.name == "AVIF"
