"""Films by the real ffmpeg: right to the frame, sound to the sample, and nothing rendered twice."""

from __future__ import annotations

import itertools
import math
import re
import threading
import time
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from film.document.cut import Caption, Title, Transition
from film.document.rate import Rate
from film.document.timeline import Medium, Timeline, TimelineClip, TimelineSound
from film.render.export import export
from film.render.film import Rendered, Request
from film.render.mix import measure
from film.render.options import Options
from film.render.plan import Card
from film.render.process import Cancelled, Control, run_ffmpeg
from film.render.profiles import PROFILES
from film.render.sound import RAW
from projects.problems import Problem
from tests.chaos.disk import fill, small_disk
from tests.film_media import (
    SAMPLE_RATE,
    Shape,
    medium,
    packet_times,
    read_code,
    read_codes,
    sound_samples,
    take,
    timeline,
    write_clip,
)

MIXED = (
    Shape(hertz=440),
    Shape(width=256, height=144, fps=Fraction(30), hertz=660, layout="mono", sample_rate=22_050),
    Shape(fps=Fraction(25), kind="mkv", hertz=550, sample_rate=48_000),
    Shape(width=64, height=36, fps=Fraction(24000, 1001)),
    Shape(fps=Fraction(30000, 1001), kind="mov", codec="mpeg4", hertz=330, layout="5.1"),
    Shape(varies=True),
)


class Studio:
    """A project's folder with clips, and the segments of its exports."""

    def __init__(self, root: Path) -> None:
        self.folder, self.segments = root / "my-film", root / "segments"
        self.segments.mkdir()
        self.target = root / "export"
        self.count = 0

    def clip(self, frames: int, shape: Shape | None = None, rate: str = "24") -> Medium:
        """Make a clip of so many frames of the film, numbered from 1."""
        self.count += 1
        shape = shape or Shape()
        path = self.folder / f"scene-{self.count}/videos/take-001.{shape.kind}"
        stored = math.ceil(frames * shape.fps / Rate(rate).fps)
        write_clip(path, self.count, stored, shape)
        return medium(self.folder, path, frames)

    def export(
        self,
        film: Timeline,
        profile: str = "h264-source",
        control: Control | None = None,
        slate: Card | None = None,
        **options: object,
    ) -> Rendered:
        request = Request(film, PROFILES[profile], Options(**options), self.folder, self.target, slate)  # type: ignore[arg-type]
        return export(request, self.segments, control or Control())


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def rises(times: list[int]) -> bool:
    return all(one < other for one, other in itertools.pairwise(times))


@pytest.mark.parametrize("rate", ["24", "25", "30", "24000/1001", "30000/1001"])
def test_mixed_takes_are_right_to_the_frame_at_each_cut(studio: Studio, rate: str) -> None:
    lengths = [20, 17, 23, 12, 19, 15, 7, 11, 13, 5, 16, 9, 21, 14, 6, 18, 10, 8, 22, 3]
    shapes = list(itertools.islice(itertools.cycle(MIXED), len(lengths)))
    clips = [
        take(str(n), studio.clip(length + 9, shape, rate), 4, 4 + length)
        for n, (length, shape) in enumerate(zip(lengths, shapes, strict=True), 1)
    ]
    film = timeline(clips, rate)
    result = studio.export(film)
    codes = read_codes(studio.target)
    assert [clip for clip, _ in codes] == [n for n, length in enumerate(lengths, 1) for _ in range(length)]
    for clip, shape in zip(film.clips, shapes, strict=True):
        for place in (clip.start, clip.end - 1):
            exact = (place - clip.start + 4) * shape.fps / film.rate.fps
            assert abs(codes[place][1] - exact) <= 1, (clip.id, place, codes[place], float(exact))
    for kind in ("video", "audio"):
        times = packet_times(studio.target, kind)
        assert rises([dts for dts, _ in times])
        assert all(dts <= pts for dts, pts in times)
    frame = SAMPLE_RATE / float(film.rate.fps)
    assert abs(len(sound_samples(studio.target)) - film.rate.samples(film.length)) <= frame
    assert result.total == 20
    assert any("5" in line or "6 channels" in line for line in result.report)


def test_sound_ends_with_its_picture(studio: Studio) -> None:
    loud, silent = studio.clip(30, Shape(hertz=1000)), studio.clip(30)
    film = timeline([take("1", silent), take("2", loud, 3, 23), take("3", silent)], "30000/1001", loudness=-23)
    studio.export(film)
    samples = sound_samples(studio.target)
    heard = [n for n, value in enumerate(samples) if abs(value) > 0.01]
    frame = SAMPLE_RATE / float(film.rate.fps)
    assert abs(heard[0] - film.rate.samples(30)) < frame
    assert abs(heard[-1] - film.rate.samples(50)) < frame


@pytest.mark.parametrize(("loudness", "level"), [(-14, 0.02), (-16, 0.9), (-23, 0.5)])
def test_loudness_and_true_peak(studio: Studio, loudness: int, level: float) -> None:
    film = timeline([take("1", studio.clip(120, Shape(hertz=440, loudness=level)))])
    studio.export(film, loudness=loudness)
    raw = studio.target.with_name("raw")
    run_ffmpeg(["-i", f"file:{studio.target}", *RAW, f"file:{raw}"], Control())
    reached = measure(raw, Control())
    assert abs(reached.integrated - loudness) <= 0.5
    assert reached.peak <= -1


def tone(studio: Studio, name: str, hertz: int, level: float = 0.3, frames: int = 96) -> Medium:
    path = studio.folder / f"scene-1/videos/{name}.mp4"
    write_clip(path, 99, frames, Shape(hertz=hertz, loudness=level))
    return medium(studio.folder, path, frames)


def level_of(samples: list[float], hertz: int) -> float:
    """Return how much of a tone there is in samples."""
    angle = hertz * math.tau / SAMPLE_RATE
    real = sum(value * math.cos(n * angle) for n, value in enumerate(samples))
    imaginary = sum(value * math.sin(n * angle) for n, value in enumerate(samples))
    return math.hypot(real, imaginary) / len(samples)


def test_music_gets_softer_under_a_voice(studio: Studio) -> None:
    music = TimelineSound("m", "music", 0, 0, 96, tone(studio, "music", 300), duck=True)
    voice = TimelineSound("v", "voice", 48, 0, 48, tone(studio, "voice", 1100), fade_in=2, fade_out=2)
    film = timeline([take("1", studio.clip(96))], sounds=(music, voice))
    studio.export(film, "audio-wav")
    samples = list(sound_samples(studio.target))
    assert len(samples) == film.rate.samples(96)
    before = level_of(samples[24_000:48_000], 300)
    under = level_of(samples[144_000:168_000], 300)
    assert under < before / 2
    assert level_of(samples[144_000:168_000], 1100) > under


def test_a_dissolve_shows_and_plays_both(studio: Studio) -> None:
    one, other = studio.clip(40, Shape(hertz=500)), studio.clip(40, Shape(hertz=900))
    film = timeline([take("1", one), take("2", other, transition=Transition(16))])
    studio.export(film)
    codes = read_codes(studio.target)
    assert len(codes) == 64
    assert codes[23] == (1, 23)
    assert codes[40] == (2, 16)
    middle = list(sound_samples(studio.target))[63_000:65_000]
    assert min(level_of(middle, 500), level_of(middle, 900)) > max(level_of(middle, 500), level_of(middle, 900)) / 4


def test_one_changed_clip_renders_one_segment(studio: Studio) -> None:
    media = [studio.clip(12) for _ in range(4)]
    # the sizes differ from the film's, so that nothing is copied
    film = timeline([take(str(n), each) for n, each in enumerate(media)], width=64, height=36)
    assert studio.export(film).reused == 0
    changed = replace(film, clips=(*film.clips[:2], replace(film.clips[2], start_in=1, out=12), film.clips[3]))
    result = studio.export(timeline(list(changed.clips), width=64, height=36))
    assert (result.total, result.reused) == (4, 3)


def test_clips_that_fit_are_copied_bit_for_bit(studio: Studio) -> None:
    media = [studio.clip(24) for _ in range(3)]
    film = timeline([take(str(n), each) for n, each in enumerate(media)])
    result = studio.export(film)
    assert result.report == ["All clips were copied as they are, without encoding."]

    def packets(path: Path) -> list[bytes]:
        with av.open(str(path)) as container:
            return [bytes(packet) for packet in container.demux(video=0) if packet.size]

    assert packets(studio.target) == [packet for each in media for packet in packets(studio.folder / each.path)]
    assert [frame for _, frame in read_codes(studio.target)] == [*range(24)] * 3
    assert rises([dts for dts, _ in packet_times(studio.target, "video")])
    # the index is in front, so that a page plays it at once
    content = studio.target.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_clip_of_which_a_part_is_played_is_encoded_unless_its_key_frames_allow_a_copy(studio: Studio) -> None:
    source = studio.clip(48)
    whole_groups = studio.export(timeline([take("1", source, 12, 36)]))
    assert "All clips were copied as they are, without encoding." in whole_groups.report
    assert read_codes(studio.target) == [(1, frame) for frame in range(12, 36)]
    studio.export(timeline([take("1", source, 13, 36)]))
    assert read_codes(studio.target) == [(1, frame) for frame in range(13, 36)]


def test_cards_stills_gaps_titles_slate_time_code_and_captions(studio: Studio) -> None:
    still = studio.folder / "scene-9/images/image-001.png"
    still.parent.mkdir(parents=True)
    Image.new("RGB", (300, 200), "red").save(still)
    picture = replace(medium(studio.folder, still, 0), kind="image")
    clips = [
        TimelineClip("card", "card", 0, 0, 12, scene_name="Arrival", prompt="A train stops. " * 20),
        TimelineClip("still", "still", 0, 0, 12, picture, fit="fill"),
        TimelineClip("gap", "gap", 0, 0, 6),
        take("1", studio.clip(24), fit="blur"),
    ]
    film = timeline(
        clips, titles=(Title(14, 20, "The end"),), captions=(Caption(2, 30, "Hello"),), width=320, height=180
    )
    studio.export(film, slate=Card("My film"), captions="burn", timecode=True)
    with av.open(str(studio.target)) as container:
        frames = [frame.to_image() for frame in container.decode(video=0)]  # type: ignore[no-untyped-call]
    assert len(frames) == 48 + 54
    # red, with white words in its middle
    assert frames[60].getpixel((4, 4))[0] > 200 > 60 > frames[60].getpixel((4, 4))[1]
    assert frames[62] != frames[60]
    assert max(frames[74].getpixel((4, 4))) < 20
    assert frames[72].convert("L").crop((0, 150, 320, 180)).getextrema()[1] > 150


def test_fit_and_rotation(studio: Studio) -> None:
    turned = studio.clip(12, Shape(rotation=90))
    result = studio.export(timeline([take("1", turned)]), "square-1080")
    assert "take-001.mp4: it was turned upright." in result.report
    with av.open(str(studio.target)) as container:
        frame = next(container.decode(video=0)).to_image()  # type: ignore[no-untyped-call]
    assert frame.size == (1080, 1080)
    # higher than wide: black at both sides
    assert frame.convert("L").crop((0, 0, 200, 1080)).getextrema()[1] < 20


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_profile_makes_its_kind_of_file(studio: Studio, profile: str) -> None:
    film = timeline([take("1", studio.clip(6, Shape(hertz=440)))])
    studio.export(film, profile)
    content, chosen = studio.target.read_bytes(), PROFILES[profile]
    if chosen.kind == "film":
        with av.open(str(studio.target)) as container:
            video = container.streams.video[0]
            assert (video.width, video.height) == chosen.size_of(film)
            assert len(list(container.decode(video))) == 6
    elif chosen.kind == "stills":
        with zipfile.ZipFile(studio.target) as archive:
            assert archive.namelist() == ["001-1.png"]
            with archive.open("001-1.png") as file:
                assert read_code(Image.open(file))[0] == 1
    else:
        magic = {"webp": b"RIFF", "gif": b"GIF8", "wav": b"RIFF", "pdf": b"%PDF"}[chosen.suffix]
        assert content.startswith(magic)


def test_stills_and_sheets_are_of_the_exported_part(studio: Studio) -> None:
    film = timeline([take(str(number), studio.clip(12)) for number in range(1, 9)])
    studio.export(film, "stills-png", start_in=12, out=25)
    with zipfile.ZipFile(studio.target) as archive:
        # the numbers are those of the film
        assert archive.namelist() == ["002-2.png", "003-3.png"]
        with archive.open("002-2.png") as file:
            assert read_code(Image.open(file))[0] == 2
    pages = re.compile(rb"/Type /Page\b")
    parts: list[tuple[str, dict[str, Any], int]] = [
        ("storyboard-pdf", {}, 2),
        ("storyboard-pdf", {"out": 72}, 1),
        ("contact-sheet-pdf", {}, 1),
    ]
    for profile, options, count in parts:
        studio.export(film, profile, **options)
        assert len(pages.findall(studio.target.read_bytes())) == count


def test_a_file_that_is_gone_or_changed_is_named(studio: Studio) -> None:
    one, other = studio.clip(12), studio.clip(12)
    film = timeline([take("1", one), take("2", other)])
    (studio.folder / one.path).unlink()
    with (studio.folder / other.path).open("ab") as file:
        file.write(b"more")
    with pytest.raises(Problem) as refused:
        studio.export(film)
    assert refused.value.message.startswith(
        "Scene 1: take-001.mp4 is missing; Scene 2: take-001.mp4 has changed on disk."
    )
    result = studio.export(film, missing="card")
    assert len(read_codes(studio.target)) == 24
    assert len(result.report) == 2


def test_clips_that_cannot_be_played_are_named(studio: Studio) -> None:
    source = studio.clip(12)
    with pytest.raises(Problem, match="frames 0 to 20 are not among the 12"):
        studio.export(timeline([take("1", source, 0, 20)]))
    with pytest.raises(Problem, match="has no frames"):
        studio.export(timeline([take("1", replace(source, frames=0), 0, 5)]))
    with pytest.raises(Problem, match="The cut is empty"):
        studio.export(timeline([]))
    broken = studio.folder / "scene-7/videos/take-001.mp4"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"\0\0\0\x18ftypisom" + bytes(200))
    with pytest.raises(Problem, match="cannot be read"):
        studio.export(timeline([take("1", medium(studio.folder, broken, 12))]))


def test_cancel_ends_it_within_a_second(studio: Studio) -> None:
    film = timeline([take(str(n), studio.clip(120)) for n in range(3)])
    cancelled = threading.Event()
    asked_at: list[float] = []

    def cancel(part: float) -> None:
        if part > 0 and not asked_at:
            asked_at.append(time.monotonic())
            cancelled.set()

    with pytest.raises(Cancelled):
        studio.export(film, "h264-4k", Control(cancelled.is_set, cancel))
    # the film itself takes ten times as long; the suite keeps both cores busy
    assert time.monotonic() - asked_at[0] < 3
    assert not list(studio.segments.glob(".work-*"))


def test_a_full_disk_is_one_clear_error(studio: Studio) -> None:
    film = timeline([take("1", studio.clip(48, Shape(hertz=440)))])
    with small_disk(2) as disk:
        if disk.reason:
            pytest.skip(disk.reason)
        studio.segments = disk.path
        fill(disk.path / "filler")
        with pytest.raises(Problem, match="disk is full"):
            studio.export(film, "prores-422-hq")
        assert not list(disk.path.rglob("*.mov"))
