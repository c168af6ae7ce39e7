"""Verdicts on clips: each fault is found, and clips without faults pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from generation.quality import thresholds as limit
from generation.quality.expectations import EarlierTake, Expectations
from generation.quality.judgment import Judgment
from generation.quality.verdict import judge
from generation.simulator import clips
from tests import quality_media
from tests.quality_media import BLACK, FPS, HEIGHT, SECONDS, WIDTH, good_frames, place, push_in, save

EXPECTED = Expectations(width=WIDTH, height=HEIGHT, seconds=SECONDS)


def codes(judgment: Judgment) -> dict[str, str]:
    return {reason.finding.code: reason.finding.level for reason in judgment.reasons}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quality")


@pytest.fixture(scope="module")
def picture(folder: Path) -> Path:
    """The picture that the good clip begins with."""
    path = folder / "first.png"
    place().save(path)
    return path


@pytest.fixture(scope="module")
def good(folder: Path) -> Path:
    return save(folder / "good.mp4", good_frames(), sound=quality_media.tone)


def test_good_clip_passes_all_expectations(good: Path, picture: Path) -> None:
    expected = replace(EXPECTED, sound=True, fps=FPS, first_frame=str(picture))
    judgment = judge(good, expected)
    assert (judgment.verdict, judgment.reasons) == ("pass", [])
    assert judgment.facts["frames"] == SECONDS * FPS
    assert (judgment.facts["codec"], judgment.facts["whole"]) == ("h264", True)


def test_good_clip_passes_without_expectations(good: Path) -> None:
    assert judge(good, Expectations()).verdict == "pass"


@pytest.fixture(scope="module")
def camera_moves(folder: Path) -> dict[str, Path]:
    """A clip of each camera move of the simulator."""
    for move in clips.MOVES:
        clips.draw_clip(place(), WIDTH, HEIGHT, SECONDS, folder / f"{move}.mp4", move=move)
    return {move: folder / f"{move}.mp4" for move in clips.MOVES}


def test_variants_of_a_move_differ_and_pass(folder: Path, camera_moves: dict[str, Path], picture: Path) -> None:
    shortest = folder / "shortest.mp4"
    clips.draw_clip(place(), WIDTH, HEIGHT, SECONDS, shortest, move="left", variant=clips.VARIANTS - 1)
    assert shortest.read_bytes() != camera_moves["left"].read_bytes()
    assert judge(shortest, replace(EXPECTED, fps=FPS, first_frame=str(picture))).reasons == []


@pytest.mark.parametrize("move", clips.MOVES)
def test_simulator_clip_passes(move: str, camera_moves: dict[str, Path], picture: Path) -> None:
    expected = replace(EXPECTED, fps=FPS, first_frame=str(picture))
    assert judge(camera_moves[move], expected).reasons == []


def test_black_clip_fails(tmp_path: Path) -> None:
    judgment = judge(save(tmp_path / "clip.mp4", [BLACK] * SECONDS * FPS), EXPECTED)
    assert (judgment.verdict, codes(judgment)) == ("fail", {"black": "fail"})
    assert judgment.reasons[0].thumbnail


def test_black_clip_with_noise_fails(tmp_path: Path) -> None:
    noise = Image.effect_noise((WIDTH, HEIGHT), 6).point(lambda value: max(0, value - 122)).convert("RGB")
    shifted = [noise.rotate(90 * n).resize((WIDTH, HEIGHT)) for n in range(4)]
    assert codes(judge(save(tmp_path / "clip.mp4", shifted * SECONDS * 6), EXPECTED)) == {"black": "fail"}


def test_fade_in_from_black_passes(tmp_path: Path, picture: Path) -> None:
    """Its first frames are dark, but they are still compared with the prompt's picture."""
    frames = (quality_media.dimmed(image, min(1, n / FPS)) for n, image in enumerate(good_frames()))
    assert judge(save(tmp_path / "clip.mp4", frames), replace(EXPECTED, first_frame=str(picture))).verdict == "pass"


def test_night_scene_is_not_black(tmp_path: Path) -> None:
    night = quality_media.dimmed(place(1), 0.25)
    assert "black" not in codes(judge(save(tmp_path / "clip.mp4", push_in(night)), EXPECTED))


def test_black_span_is_a_warning_with_its_time(tmp_path: Path) -> None:
    frames = [*good_frames()]
    frames[FPS : 3 * FPS] = [BLACK] * 2 * FPS
    judgment = judge(save(tmp_path / "clip.mp4", frames), EXPECTED)
    assert (judgment.verdict, codes(judgment)) == ("warn", {"black": "warn"})
    assert judgment.reasons[0].finding.at == pytest.approx(1, abs=0.2)
    assert "from 0:01.0 to 0:03.0" in judgment.reasons[0].finding.message


def test_frozen_clip_fails(tmp_path: Path, picture: Path) -> None:
    clip = save(tmp_path / "clip.mp4", [place()] * SECONDS * FPS)
    judgment = judge(clip, replace(EXPECTED, first_frame=str(picture)))
    assert (judgment.verdict, codes(judgment)) == ("fail", {"frozen": "fail"})


def test_frozen_clip_with_bad_encoding_fails(tmp_path: Path) -> None:
    """The picture pulses at each key frame, which does not count as movement."""
    options = {"preset": "ultrafast", "crf": "30", "g": "12"}
    clip = save(tmp_path / "clip.mp4", [place(2)] * SECONDS * FPS, options=options)
    assert codes(judge(clip, EXPECTED)) == {"frozen": "fail"}


def test_frozen_span_is_a_warning(tmp_path: Path) -> None:
    frames = [*good_frames()]
    frames[FPS:] = [frames[FPS]] * 3 * FPS
    judgment = judge(save(tmp_path / "clip.mp4", frames), EXPECTED)
    assert (judgment.verdict, codes(judgment)) == ("warn", {"frozen": "warn"})
    assert judgment.reasons[0].finding.at == pytest.approx(1, abs=0.2)


def test_slow_shot_is_not_frozen(tmp_path: Path) -> None:
    frames = push_in(place(), closest=0.98)
    assert judge(save(tmp_path / "clip.mp4", frames), EXPECTED).verdict == "pass"


def test_still_shot_with_a_small_movement_is_not_frozen(tmp_path: Path) -> None:
    picture = place()
    frames = (quality_media.with_bird(picture, n) for n in range(SECONDS * FPS))
    assert judge(save(tmp_path / "clip.mp4", frames), EXPECTED).verdict == "pass"


def test_short_clip_fails(tmp_path: Path) -> None:
    clip = save(tmp_path / "clip.mp4", push_in(place(), 2 * FPS))
    judgment = judge(clip, EXPECTED)
    assert (judgment.verdict, codes(judgment)) == ("fail", {"short": "fail"})
    assert "2.0 s long, but 4 s" in judgment.reasons[0].finding.message


@pytest.mark.parametrize(("frames", "expected"), [(-4, "pass"), (-9, "warn"), (4, "pass"), (18, "warn")])
def test_length_tolerance(tmp_path: Path, frames: int, expected: str) -> None:
    clip = save(tmp_path / "clip.mp4", push_in(place(), SECONDS * FPS + frames))
    assert judge(clip, EXPECTED).verdict == expected


def test_silent_clip_fails_when_sound_was_requested(tmp_path: Path, good: Path) -> None:
    silent = save(tmp_path / "silent.mp4", push_in(place(), FPS), sound=quality_media.silence)
    mute = save(tmp_path / "mute.mp4", push_in(place(), FPS))
    expected = Expectations(sound=True)
    for clip in (silent, mute):
        assert codes(judge(clip, expected)) == {"silent": "fail"}
        assert judge(clip, Expectations()).verdict == "pass"
    assert judge(good, expected).verdict == "pass"


def test_truncated_clip_fails(tmp_path: Path, good: Path) -> None:
    """Its index is at the front, so that players start, but half of the frames are missing."""
    data = good.read_bytes()
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(data[: len(data) // 2])
    judgment = judge(clip, EXPECTED)
    assert judgment.verdict == "fail"
    assert codes(judgment).keys() & {"broken", "cut", "corrupt"}


def test_clip_without_its_index_fails(tmp_path: Path, good: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(good.read_bytes()[:1000])
    assert codes(judge(clip, EXPECTED)) == {"unreadable": "fail"}


def test_clip_with_a_damaged_middle_fails(tmp_path: Path, good: Path) -> None:
    data = bytearray(good.read_bytes())
    start = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[start : start + 3000] = bytes(3000)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(data)
    judgment = judge(clip, EXPECTED)
    assert judgment.verdict == "fail"
    assert codes(judgment).keys() & {"broken", "corrupt"}


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((320, 320), {"shape": "fail"}),
        ((1280, 720), {"size": "fail"}),
        ((336, 189), {"size": "warn"}),
        ((324, 180), {}),
        ((160, 90), {"size": "warn"}),
    ],
)
def test_size(good: Path, size: tuple[int, int], expected: dict[str, str]) -> None:
    assert codes(judge(good, Expectations(width=size[0], height=size[1]))) == expected


def test_ratio_without_a_size(good: Path) -> None:
    assert judge(good, Expectations(width=16, height=9, exact=False)).verdict == "pass"
    assert codes(judge(good, Expectations(width=9, height=16, exact=False))) == {"shape": "fail"}


@pytest.mark.parametrize("variant", [1, 2, 3, 4])
def test_clip_that_begins_with_another_picture_fails(good: Path, tmp_path: Path, variant: int) -> None:
    place(variant).save(tmp_path / "other.jpg")
    judgment = judge(good, replace(EXPECTED, first_frame=str(tmp_path / "other.jpg")))
    assert (judgment.verdict, codes(judgment)) == ("fail", {"other_picture": "fail"})


@pytest.mark.parametrize("variant", range(5))
def test_cropped_prompt_picture_passes(tmp_path: Path, variant: int) -> None:
    """Runway crops it: here a tall picture becomes a wide clip that has begun to move and is a little darker."""
    tall = place(variant, 360, 480)
    tall.save(tmp_path / "first.jpg", quality=70)
    cropped = tall.crop((0, 139, 360, 341)).resize((WIDTH, HEIGHT))
    frames = (quality_media.dimmed(quality_media.zoomed(cropped, 0.97 - 0.0005 * n), 0.9) for n in range(FPS))
    clip = save(tmp_path / "clip.mp4", frames)
    assert judge(clip, Expectations(first_frame=str(tmp_path / "first.jpg"))).verdict == "pass"


def test_single_color_picture_is_compared_by_its_color(tmp_path: Path) -> None:
    Image.new("RGB", (64, 36), "navy").save(tmp_path / "first.png")
    for color, expected in (("navy", False), ("orange", True)):
        clip = save(tmp_path / f"{color}.mp4", [Image.new("RGB", (WIDTH, HEIGHT), color)] * FPS)
        levels = codes(judge(clip, Expectations(first_frame=str(tmp_path / "first.png"))))
        assert ("other_picture" in levels) == expected


def test_missing_prompt_picture_is_not_compared(good: Path, tmp_path: Path) -> None:
    assert judge(good, Expectations(first_frame=str(tmp_path / "gone.png"))).verdict == "pass"


def test_near_duplicate_is_a_warning(good: Path, tmp_path: Path) -> None:
    first = EarlierTake(1, judge(good, Expectations()).fingerprint)
    worse = save(tmp_path / "again.mp4", good_frames(), options={"preset": "ultrafast", "crf": "20"})
    judgment = judge(worse, replace(EXPECTED, earlier=[first]))
    assert (judgment.verdict, codes(judgment)) == ("warn", {"near_duplicate": "warn"})
    assert "take 1" in judgment.reasons[0].finding.message


def test_same_file_is_a_warning(good: Path) -> None:
    expected = replace(EXPECTED, sha256="a" * 64, earlier=[EarlierTake(2, [], "b" * 64), EarlierTake(3, [], "a" * 64)])
    assert "same file as take 3." in judge(good, expected).reasons[0].finding.message
    in_scene = replace(expected, scene="Harbour")
    assert "same file as take 3 of Harbour." in judge(good, in_scene).reasons[0].finding.message


def test_other_camera_moves_are_not_duplicates(camera_moves: dict[str, Path]) -> None:
    earlier: list[EarlierTake] = []
    for number, (move, path) in enumerate(camera_moves.items(), start=1):
        judgment = judge(path, Expectations(earlier=earlier))
        assert (move, codes(judgment)) == (move, {})
        earlier.append(EarlierTake(number, judgment.fingerprint))


def test_low_frame_rate_is_a_warning(tmp_path: Path) -> None:
    clip = save(tmp_path / "clip.mp4", push_in(place(), SECONDS * 6), fps=6)
    assert codes(judge(clip, EXPECTED)) == {"frame_rate": "warn"}
    assert "24 were requested" in judge(clip, replace(EXPECTED, fps=24)).reasons[0].finding.message


def test_unusual_codec_is_a_warning(tmp_path: Path) -> None:
    clip = save(tmp_path / "clip.mp4", good_frames(), codec="mpeg4", options={"b": "2000000"})
    assert codes(judge(clip, EXPECTED)) == {"format": "warn"}


def test_huge_clip_is_analyzed_quickly(
    good: Path, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, "FULL_DECODE_PIXELS_PER_SECOND", 1)
    many = save(tmp_path / "many.mp4", good_frames(), options={"preset": "fast", "g": "12"}, sound=quality_media.tone)
    for clip in (good, many):
        judgment = judge(clip, replace(EXPECTED, first_frame=str(picture), sound=True))
        assert (judgment.verdict, judgment.facts["whole"]) == ("pass", False)
        assert judgment.facts["seconds"] == pytest.approx(SECONDS, abs=0.1)


def test_huge_clip_is_decoded_whole_when_in_doubt(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "FULL_DECODE_PIXELS_PER_SECOND", 1)
    frames = [*good_frames()]
    frames[FPS:] = [BLACK] * 3 * FPS
    dark = save(tmp_path / "dark.mp4", frames, options={"preset": "fast", "g": "12"})
    judgment = judge(dark, EXPECTED)
    assert (codes(judgment), judgment.facts["whole"]) == ({"black": "warn"}, True)
    data = good.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 2])
    assert judge(tmp_path / "cut.mp4", EXPECTED).verdict == "fail"
