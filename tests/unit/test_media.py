"""What a media file is, by its content: formats, sizes, damage, posters."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from projects.disk import probe
from projects.disk.media import Media, sha256_of
from projects.disk.posters import make_poster
from projects.disk.sniff import sniff
from projects.disk.sprites import FRAMES, make_sprite
from projects.problems import Problem
from tests.media import clip, encode, picture, sound


def inspect(tmp_path: Path, content: bytes, name: str = "file.bin") -> Media:
    path = tmp_path / name
    path.write_bytes(content)
    return probe.inspect(path)


def refused(tmp_path: Path, content: bytes, name: str = "file.bin") -> Problem:
    with pytest.raises(Problem) as caught:
        inspect(tmp_path, content, name)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "mime_type", "suffix"),
    [("JPEG", "image/jpeg", ".jpg"), ("PNG", "image/png", ".png"), ("WEBP", "image/webp", ".webp")],
)
def test_pictures(tmp_path: Path, kind: str, mime_type: str, suffix: str) -> None:
    content = picture(120, 80, kind)
    media = inspect(tmp_path, content, "a.txt")
    assert (media.kind, media.mime_type, media.suffix) == ("image", mime_type, suffix)
    assert (media.width, media.height, media.duration) == (120, 80, None)
    assert (media.bytes, media.sha256) == (len(content), sha256_of(tmp_path / "a.txt"))


VIDEOS = [
    ("mp4", "libx264", {}, "video/mp4", ".mp4"),
    ("mp4", "libx264", {"movflags": "faststart"}, "video/mp4", ".mp4"),
    ("mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}, "video/mp4", ".mp4"),
    ("mov", "mpeg4", {}, "video/quicktime", ".mov"),
    ("webm", "libvpx", {}, "video/webm", ".webm"),
    ("matroska", "libx264", {}, "video/x-matroska", ".mkv"),
]


@pytest.mark.parametrize(("kind", "codec", "options", "mime_type", "suffix"), VIDEOS)
def test_videos(tmp_path: Path, kind: str, codec: str, options: dict[str, str], mime_type: str, suffix: str) -> None:
    content = clip(96, 54, frames=18, fps=12, kind=kind, codec=codec, options=options, unique=False)
    media = inspect(tmp_path, content)
    assert (media.kind, media.mime_type, media.suffix) == ("video", mime_type, suffix)
    assert (media.width, media.height) == (96, 54)
    assert media.duration == pytest.approx(1.5, abs=0.01)
    for kept in (0.5, 0.9):
        problem = refused(tmp_path, content[: int(len(content) * kept)])
        assert (problem.status, problem.code) == (422, "damaged_media")
    assert refused(tmp_path, content[:-8]).status == 422


SOUNDS = [
    ("wav", "pcm_s16le", "audio/wav", ".wav"),
    ("mp3", "libmp3lame", "audio/mpeg", ".mp3"),
    ("flac", "flac", "audio/flac", ".flac"),
    ("ipod", "aac", "audio/mp4", ".m4a"),
    ("mp4", "aac", "audio/mp4", ".m4a"),
    ("adts", "aac", "audio/aac", ".aac"),
    ("ogg", "libopus", "audio/ogg", ".ogg"),
]


@pytest.mark.parametrize(("kind", "codec", "mime_type", "suffix"), SOUNDS)
def test_sounds(tmp_path: Path, kind: str, codec: str, mime_type: str, suffix: str) -> None:
    media = inspect(tmp_path, sound(kind, codec, seconds=1.5, rate=48000), "song.jpg")
    assert (media.kind, media.mime_type, media.suffix) == ("audio", mime_type, suffix)
    assert (media.width, media.height) == (None, None)
    assert media.duration == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize(("kind", "codec"), [("wav", "pcm_s16le"), ("flac", "flac"), ("ipod", "aac")])
def test_sounds_that_are_cut(tmp_path: Path, kind: str, codec: str) -> None:
    content = sound(kind, codec, seconds=2)
    assert refused(tmp_path, content[: len(content) // 2]).status == 422


def test_the_size_is_that_after_rotation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = inspect(tmp_path, picture(120, 80, exif=exif))
    assert (turned.width, turned.height) == (80, 120)
    filmed = inspect(tmp_path, clip(96, 54, rotation=90))
    assert (filmed.width, filmed.height) == (54, 96)


def test_a_jpeg_with_a_second_picture_is_a_jpeg(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (60, 40), "red"), Image.new("RGB", (30, 20), "blue")
    content = encode(first, "MPO", save_all=True, append_images=[second])
    media = inspect(tmp_path, content)
    assert (media.mime_type, media.width, media.height) == ("image/jpeg", 60, 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_that_are_cut(tmp_path: Path, kind: str) -> None:
    content = picture(200, 150, kind)
    for kept in (len(content) - 60, len(content) // 2, 20):
        problem = refused(tmp_path, content[:kept])
        assert (problem.status, problem.code) == (422, "damaged_media")
        assert "whole file" in problem.message


def test_an_empty_file(tmp_path: Path) -> None:
    problem = refused(tmp_path, b"")
    assert problem.status == 422
    assert "0 bytes" in problem.message


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.jpg", picture())
    return buffer.getvalue()


OTHER_FORMATS = {
    "text": b"just words, and not few of them",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "zip": archive(),
    "gif": encode(Image.new("RGB", (8, 8)), "GIF"),
    "tiff": encode(Image.new("RGB", (8, 8)), "TIFF"),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 64,
    "html before a jpeg": b"<html><!--" + picture() + b"-->",
    "playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "pdf": b"%PDF-1.7\n" + b"\0" * 64,
    "one byte": b"\xff",
}


@pytest.mark.parametrize("name", OTHER_FORMATS)
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    problem = refused(tmp_path, OTHER_FORMATS[name], "holiday.jpg")
    assert (problem.status, problem.code) == (415, "unsupported_media")
    assert "JPEG, PNG, WebP" in problem.message


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animated_pictures_are_refused(tmp_path: Path, kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    problem = refused(tmp_path, encode(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert problem.status == 415
    assert "Animated" in problem.message


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    content = bytearray(picture(8, 8, "PNG"))
    content[16:24] = (20_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    problem = refused(tmp_path, bytes(content))
    assert problem.status == 422
    assert "20000 × 20000" in problem.message
    assert "120 megapixels" in problem.message


def test_damage_in_the_middle_is_noticed(tmp_path: Path) -> None:
    content = bytearray(picture(64, 64, "PNG"))
    content[60] ^= 0xFF
    assert refused(tmp_path, bytes(content)).status == 422


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypisom", b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm"]
)
def test_a_valid_header_alone_is_not_enough(tmp_path: Path, head: bytes) -> None:
    assert refused(tmp_path, head + b"<script>alert(1)</script>" * 40).status == 422


def test_bytes_after_the_end_of_a_video_are_allowed(tmp_path: Path) -> None:
    assert inspect(tmp_path, clip() + b"\0" * 16).kind == "video"
    assert inspect(tmp_path, clip() + b"\0\0\0\2mark" + b"x" * 16).kind == "video"


def test_a_known_hash_is_not_computed_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(picture())
    assert probe.inspect(tmp_path / "a", "known").sha256 == "known"


def poster(tmp_path: Path, content: bytes, kind: str, width: int = 640) -> Image.Image:
    (tmp_path / "it").write_bytes(content)
    image = Image.open(io.BytesIO(make_poster(tmp_path / "it", kind, width)))
    assert image.format == "JPEG"
    return image


def test_posters(tmp_path: Path) -> None:
    assert poster(tmp_path, picture(1600, 900), "image").size == (640, 360)
    assert poster(tmp_path, picture(100, 50), "image").size == (100, 50)
    assert poster(tmp_path, clip(1280, 720, frames=2), "video", 320).size == (320, 180)
    exif = Image.Exif()
    exif[0x0112] = 6
    assert poster(tmp_path, picture(1200, 800, exif=exif), "image", 300).size == (300, 450)
    with pytest.raises(Problem, match="no poster"):
        make_poster(tmp_path / "it", "audio")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "I;16", "CMYK"])
def test_posters_of_every_way_to_store_colours(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGB", (80, 60), (200, 200, 200))
    image = Image.new(mode, (80, 60), 200 * 257) if mode == "I;16" else image.convert(mode)
    drawn = poster(tmp_path, encode(image, "JPEG" if mode == "CMYK" else "PNG"), "image", 40)
    assert drawn.mode == "RGB"
    shade = drawn.getpixel((20, 15))
    assert isinstance(shade, tuple)
    assert all(abs(part - 200) < 12 for part in shade)


def test_a_turned_video_has_its_poster_upright(tmp_path: Path) -> None:
    assert poster(tmp_path, clip(96, 54, rotation=90), "video", 54).size == (54, 96)


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (b"RIFF\0\0\0\0WEBP", ".webp"),
        (b"RF64\xff\xff\xff\xffWAVE", ".wav"),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"ID3\x04\0\0", ".mp3"),
        (b"\xff\xfb\x90\x00", ".mp3"),
        (b"\xff\xf1\x50\x80", ".aac"),
        (b"\xff\xff\xff\xff", None),
        (b"\0\0\0\x14ftypqt  ", ".mov"),
        (b"\0\0\0\x08wide\0\0", ".mov"),
        (b"\0\0\0\x14ftypM4A ", ".m4a"),
        (b"\0\0\0\x14ftypavif", None),
        (b"\0\0\0\x14ftyp3gp5", None),
        (b"<!--ftypisom", None),
        (b"", None),
    ],
)
def test_first_bytes(head: bytes, suffix: str | None) -> None:
    format = sniff(head)
    assert (format.suffix if format else None) == suffix


@pytest.mark.parametrize(("frames", "size"), [(48, (320, 180)), (3, (320, 180)), (24, (180, 320))])
def test_a_sprite_has_frames_of_the_whole_clip(tmp_path: Path, frames: int, size: tuple[int, int]) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip(*size, frames=frames))
    sprite = Image.open(io.BytesIO(make_sprite(tmp_path / "clip.mp4")))
    width, height = sprite.width // FRAMES, sprite.height
    assert (width, height) == ((240, 135) if size[0] > size[1] else (135, 240))
    shown = [sprite.crop((number * width, 0, (number + 1) * width, height)) for number in (0, FRAMES - 1)]
    assert shown[0].tobytes() != shown[1].tobytes()


def test_what_has_no_sprite(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture())
    with pytest.raises(Problem) as problem:
        make_sprite(tmp_path / "a.jpg")
    assert problem.value.status == 415
