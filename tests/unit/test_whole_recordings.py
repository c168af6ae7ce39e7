"""Sound and video that players play to their end are taken, whatever is around it; missing samples are noticed."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from generation.quality.expectations import Expectations
from generation.quality.verdict import judge
from projects.disk.frames import frame_at
from projects.disk.posters import make_poster
from tests.inspection import inspect, refused
from tests.media import clip, sound
from tests.media_parts import TRAILERS, box, id3_tag, wave_with_size

SECONDS = 2.0


def check_cut(tmp_path: Path, content: bytes) -> None:
    problem = refused(tmp_path, content)
    assert (problem.status, problem.code) == (422, "damaged_media")


def check_sound(tmp_path: Path, content: bytes, mime_type: str, *, seconds: float = SECONDS) -> None:
    media = inspect(tmp_path, content)
    assert (media.kind, media.mime_type, media.bytes) == ("audio", mime_type, len(content))
    assert media.duration == pytest.approx(seconds, abs=0.1)


WAVE = sound("wav", "pcm_s16le", seconds=SECONDS, rate=24000)
MP3 = sound("mp3", "libmp3lame", seconds=SECONDS, rate=24000)
AAC = sound("adts", "aac", seconds=SECONDS, rate=24000)
FLAC = sound("flac", "flac", seconds=SECONDS, rate=24000)
M4A = sound("ipod", "aac", seconds=SECONDS, rate=24000)
OGG = sound("ogg", "libopus", seconds=SECONDS, rate=24000)

# ffmpeg and most speech services, and FFFFFFFF less a header; Google and others; SoX and eSpeak; arecord; GStreamer
PLACEHOLDERS = [0xFFFFFFFF, 0xFFFFFFD4, 0xFFFFF000, 0x7FFFFFFF, 0x7FFFFFDB, 0x7FFFF000, 0x80000000, 0x80000024, 0]


@pytest.mark.parametrize("stated", PLACEHOLDERS, ids=hex)
def test_a_wave_whose_size_was_never_filled_in(tmp_path: Path, stated: int) -> None:
    content = wave_with_size(WAVE, stated)
    check_sound(tmp_path, content, "audio/wav")
    check_sound(tmp_path, content[:4] + struct.pack("<I", stated) + content[8:], "audio/wav")


@pytest.mark.parametrize("stated", [len(WAVE), len(WAVE) - 8], ids=["the file", "the chunk RIFF"])
def test_a_wave_that_states_the_size_of_something_larger(tmp_path: Path, stated: int) -> None:
    check_sound(tmp_path, wave_with_size(WAVE, stated), "audio/wav")


@pytest.mark.parametrize("kind", [b"RF64", b"BW64"])
def test_waves_with_sizes_of_64_bits(tmp_path: Path, kind: bytes) -> None:
    size = len(WAVE) - WAVE.index(b"data") - 8
    check_sound(tmp_path, wave_with_size(WAVE, size, kind=kind), "audio/wav")
    check_cut(tmp_path, wave_with_size(WAVE, size, kind=kind)[: len(WAVE) // 2])


def test_a_big_endian_wave(tmp_path: Path) -> None:
    at = WAVE.index(b"data") + 8
    samples = b"".join(WAVE[place : place + 2][::-1] for place in range(at, len(WAVE) - 1, 2))
    format = b"fmt " + struct.pack(">IHHIIHH", 16, 1, 1, 24000, 48000, 2, 16)
    body = b"WAVE" + format + b"data" + struct.pack(">I", len(samples)) + samples
    content = b"RIFX" + struct.pack(">I", len(body)) + body
    check_sound(tmp_path, content, "audio/wav")
    check_cut(tmp_path, content[: len(content) // 2])


@pytest.mark.parametrize("stated", [2 * len(WAVE), len(WAVE) + 2000, 2**30])
def test_a_wave_that_lacks_what_it_states(tmp_path: Path, stated: int) -> None:
    check_cut(tmp_path, wave_with_size(WAVE, stated))


def test_half_a_wave(tmp_path: Path) -> None:
    check_cut(tmp_path, WAVE[: len(WAVE) // 2])
    check_cut(tmp_path, WAVE[: WAVE.index(b"data") + 8])
    check_cut(tmp_path, WAVE[: WAVE.index(b"data")])


BEFORE = {
    "ID3": id3_tag(),
    "ID3 with a large cover": id3_tag(400_000),
    "two ID3 tags": id3_tag() + id3_tag(50),
}
# what players skip only in sound of frames that can be found again
BEFORE_FRAMES = {
    "zeros": bytes(2048),
    "many zeros": bytes(90_000),
    "ID3 and zeros": id3_tag() + bytes(3000),
    "the rest of a frame": TRAILERS["noise"][:300],
}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize(("content", "mime_type"), [(FLAC, "audio/flac"), (AAC, "audio/aac"), (MP3, "audio/mpeg")])
def test_tags_before_the_sound(tmp_path: Path, before: str, content: bytes, mime_type: str) -> None:
    check_sound(tmp_path, BEFORE[before] + content, mime_type)


@pytest.mark.parametrize("before", BEFORE_FRAMES)
@pytest.mark.parametrize(("content", "mime_type"), [(AAC, "audio/aac"), (MP3, "audio/mpeg")])
def test_silence_before_the_first_frame(tmp_path: Path, before: str, content: bytes, mime_type: str) -> None:
    check_sound(tmp_path, BEFORE_FRAMES[before] + content, mime_type)


def test_a_sound_that_begins_within_a_frame(tmp_path: Path) -> None:
    check_sound(tmp_path, MP3[500:], "audio/mpeg")
    check_sound(tmp_path, AAC[500:], "audio/aac")


def test_half_a_flac_behind_a_tag(tmp_path: Path) -> None:
    check_cut(tmp_path, id3_tag() + FLAC[: len(FLAC) // 2])


@pytest.mark.parametrize("content", [bytes(600_000), id3_tag(), id3_tag() + TRAILERS["noise"], b"ID3" + b"\xff" * 99])
def test_tags_and_silence_alone_are_no_sound(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path, content).status in (415, 422)


SOUNDS = {
    "audio/wav": WAVE,
    "audio/mpeg": MP3,
    "audio/aac": AAC,
    "audio/flac": FLAC,
    "audio/mp4": M4A,
    "audio/ogg": OGG,
}


@pytest.mark.parametrize("mime_type", SOUNDS)
@pytest.mark.parametrize("trailer", TRAILERS)
def test_whatever_is_behind_a_sound_does_not_matter(tmp_path: Path, mime_type: str, trailer: str) -> None:
    check_sound(tmp_path, SOUNDS[mime_type] + TRAILERS[trailer], mime_type)


VIDEOS = {
    "index behind": ("mp4", "libx264", {}),
    "index before": ("mp4", "libx264", {"movflags": "faststart"}),
    "fragments": ("mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
    "mov": ("mov", "mpeg4", {}),
    "webm": ("webm", "libvpx", {}),
    "mkv": ("matroska", "libx264", {}),
}


def video(name: str) -> bytes:
    kind, codec, options = VIDEOS[name]
    return clip(96, 54, frames=24, fps=12, kind=kind, codec=codec, options=options, unique=False)


def check_video(tmp_path: Path, content: bytes, size: tuple[int, int] = (96, 54)) -> None:
    media = inspect(tmp_path, content)
    assert (media.kind, media.width, media.height) == ("video", *size)
    assert media.duration == pytest.approx(SECONDS, abs=0.01)
    for picture in (make_poster(tmp_path / "file.bin", "video"), frame_at(tmp_path / "file.bin")):
        with Image.open(io.BytesIO(picture)) as image:
            assert image.size == size


@pytest.mark.parametrize("name", VIDEOS)
@pytest.mark.parametrize("trailer", TRAILERS)
def test_whatever_is_behind_a_video_does_not_matter(tmp_path: Path, name: str, trailer: str) -> None:
    check_video(tmp_path, video(name) + TRAILERS[trailer])


@pytest.mark.parametrize("name", ["index behind", "index before", "fragments", "mov"])
@pytest.mark.parametrize("trailer", ["text", "noise", "zeros"])
def test_missing_samples_are_noticed_whatever_is_behind_them(tmp_path: Path, name: str, trailer: str) -> None:
    content = video(name)
    for share in (0.3, 0.6, 0.9):
        check_cut(tmp_path, content[: int(len(content) * share)])
        check_cut(tmp_path, content[: int(len(content) * share)] + TRAILERS[trailer][:100])


def test_one_missing_byte_of_the_last_sample_is_noticed(tmp_path: Path) -> None:
    content = video("index before")
    check_cut(tmp_path, content[:-1])


@pytest.mark.parametrize("stated", [0, 0xFFFFFFFF, 10_000_000])
def test_a_box_of_samples_that_states_too_much(tmp_path: Path, stated: int) -> None:
    content = video("index before")
    at = content.index(b"mdat") - 4
    check_video(tmp_path, content[:at] + struct.pack(">I", stated) + content[at + 4 :])
    check_cut(tmp_path, content[:at] + struct.pack(">I", stated) + content[at + 4 : -20])


@pytest.mark.parametrize("kind", [b"free", b"skip", b"uuid", b"udta", b"meta"])
def test_a_box_without_samples_may_be_cut_off(tmp_path: Path, kind: bytes) -> None:
    check_video(tmp_path, video("index before") + box(kind, b"x" * 40, stated=4000))


def test_a_forged_file_of_endless_boxes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.disk.truncation._MAX_BOXES", 50)
    check_cut(tmp_path, video("index before") + box(b"free", b"") * 60)


def test_an_unknown_codec_is_named_as_the_reason(tmp_path: Path) -> None:
    problems = [
        refused(tmp_path, video("index behind").replace(b"avc1", b"zzzz")),
        refused(tmp_path, video("mkv").replace(b"V_MPEG4/ISO/AVC", b"V_ZZZZZ/ZZZ/ZZZ")),
        refused(tmp_path, WAVE.replace(b"\x10\0\0\0\1\0\1\0", b"\x10\0\0\0\x77\x77\1\0")),
    ]
    for problem in problems:
        assert (problem.status, problem.code) == (415, "unsupported_media")
        assert "codec" in problem.message
        assert "damaged" not in problem.message


# width and height as stored, the shape of a pixel, and the size in a browser
SHAPES = [
    ((1440, 1080), Fraction(4, 3), (1920, 1080)),
    ((720, 576), Fraction(64, 45), (1024, 576)),
    ((720, 480), Fraction(8, 9), (720, 540)),
    ((64, 36), Fraction(1), (64, 36)),
]


@pytest.mark.parametrize(("stored", "shape", "shown"), SHAPES)
@pytest.mark.parametrize(("kind", "codec"), [("mp4", "libx264"), ("mov", "mpeg4"), ("matroska", "libx264")])
def test_a_video_has_the_size_that_is_shown(
    tmp_path: Path, stored: tuple[int, int], shape: Fraction, shown: tuple[int, int], kind: str, codec: str
) -> None:
    content = clip(*stored, frames=3, fps=12, kind=kind, codec=codec, pixel_shape=shape)
    media = inspect(tmp_path, content)
    assert (media.width, media.height) == shown
    with Image.open(io.BytesIO(frame_at(tmp_path / "file.bin"))) as image:
        assert image.size == shown
    judgment = judge(tmp_path / "file.bin", Expectations(width=shown[0], height=shown[1]))
    assert (judgment.facts["width"], judgment.facts["height"]) == shown
    assert not {"shape", "size"} & {reason.finding.code for reason in judgment.reasons}


def test_a_poster_has_the_shape_that_is_shown(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(clip(1440, 1080, frames=2, pixel_shape=Fraction(4, 3)))
    with Image.open(io.BytesIO(make_poster(tmp_path / "a.mp4", "video"))) as image:
        assert image.size == (640, 360)


@pytest.mark.parametrize("rotation", [90, -90, 180])
def test_long_pixels_of_a_video_that_is_turned(tmp_path: Path, rotation: int) -> None:
    content = clip(144, 108, frames=2, rotation=rotation, pixel_shape=Fraction(4, 3))
    media = inspect(tmp_path, content)
    assert (media.width, media.height) == ((192, 108) if rotation == 180 else (108, 192))
    with Image.open(io.BytesIO(make_poster(tmp_path / "file.bin", "video"))) as image:
        assert image.size == (media.width, media.height)


def test_a_forged_shape_of_pixels_is_ignored(tmp_path: Path) -> None:
    media = inspect(tmp_path, clip(64, 36, frames=2, pixel_shape=Fraction(200)))
    assert (media.width, media.height) == (64, 36)


@pytest.mark.parametrize(
    "content", [WAVE, MP3, AAC, FLAC, video("index before")], ids=["wav", "mp3", "aac", "flac", "mp4"]
)
@pytest.mark.parametrize("trailer", ["text", "one byte", "zeros"])
def test_quality_control_does_not_mind_what_is_behind_the_data(tmp_path: Path, content: bytes, trailer: str) -> None:
    (tmp_path / "it").write_bytes(content + TRAILERS[trailer])
    reasons = judge(tmp_path / "it", Expectations(seconds=SECONDS)).reasons
    assert "broken" not in {reason.finding.code for reason in reasons}


def test_quality_control_notices_damage_in_the_middle_of_an_mp3(tmp_path: Path) -> None:
    middle = len(MP3) // 2
    (tmp_path / "it").write_bytes(MP3[:middle] + bytes(5000) + MP3[middle:])
    reasons = judge(tmp_path / "it", Expectations()).reasons
    assert "broken" in {reason.finding.code for reason in reasons}
