"""Clips with something wrong, and clips with nothing wrong: no verdict may be mistaken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from generation.quality import thresholds as limit
from generation.quality.rules import Asked, Earlier
from generation.quality.verdict import Judgement, judge
from generation.simulator import clips
from tests import quality_media
from tests.quality_media import BLACK, FPS, HEIGHT, SECONDS, WIDTH, place, push_in, save

ASKED = Asked(width=WIDTH, height=HEIGHT, seconds=SECONDS)


def codes(judgement: Judgement) -> dict[str, str]:
    return {reason.finding.code: reason.finding.level for reason in judgement.reasons}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quality")


@pytest.fixture(scope="module")
def picture(folder: Path) -> Path:
    """What the good clip begins with."""
    path = folder / "first.png"
    place().save(path)
    return path


@pytest.fixture(scope="module")
def good(folder: Path) -> Path:
    return save(folder / "good.mp4", push_in(place()), sound=quality_media.tone)


def test_a_good_clip_passes_whatever_was_asked(good: Path, picture: Path) -> None:
    asked = replace(ASKED, sound=True, fps=FPS, first_frame=str(picture))
    judgement = judge(good, asked)
    assert (judgement.verdict, judgement.reasons) == ("pass", [])
    assert judgement.facts["frames"] == SECONDS * FPS
    assert (judgement.facts["codec"], judgement.facts["whole"]) == ("h264", True)


def test_nothing_asked_nothing_missed(good: Path) -> None:
    assert judge(good, Asked()).verdict == "pass"


@pytest.mark.parametrize("move", clips.MOVES)
def test_what_the_simulator_makes_passes(move: str, tmp_path: Path, picture: Path) -> None:
    clips.draw_clip(place(), 640, 360, SECONDS, tmp_path / "clip.mp4", move=move)
    asked = Asked(width=640, height=360, seconds=SECONDS, fps=FPS, first_frame=str(picture))
    assert judge(tmp_path / "clip.mp4", asked).reasons == []


def test_black(tmp_path: Path) -> None:
    judgement = judge(save(tmp_path / "clip.mp4", [BLACK] * SECONDS * FPS), ASKED)
    assert (judgement.verdict, codes(judgement)) == ("fail", {"black": "fail"})
    assert judgement.reasons[0].thumbnail


def test_black_with_noise_is_black(tmp_path: Path) -> None:
    noise = Image.effect_noise((WIDTH, HEIGHT), 6).point(lambda value: max(0, value - 122)).convert("RGB")
    shifted = [noise.rotate(90 * n).resize((WIDTH, HEIGHT)) for n in range(4)]
    assert codes(judge(save(tmp_path / "clip.mp4", shifted * SECONDS * 6), ASKED)) == {"black": "fail"}


def test_a_fade_in_from_black_is_no_fault(tmp_path: Path, picture: Path) -> None:
    """Nor does it begin with another picture than the prompt's."""
    frames = (quality_media.dimmed(image, min(1, n / FPS)) for n, image in enumerate(push_in(place())))
    assert judge(save(tmp_path / "clip.mp4", frames), replace(ASKED, first_frame=str(picture))).verdict == "pass"


def test_a_night_scene_is_not_black(tmp_path: Path) -> None:
    night = quality_media.dimmed(place(1), 0.25)
    assert "black" not in codes(judge(save(tmp_path / "clip.mp4", push_in(night)), ASKED))


def test_black_in_the_middle_is_told_with_its_time(tmp_path: Path) -> None:
    frames = list(push_in(place()))
    frames[FPS : 3 * FPS] = [BLACK] * 2 * FPS
    judgement = judge(save(tmp_path / "clip.mp4", frames), ASKED)
    assert (judgement.verdict, codes(judgement)) == ("warn", {"black": "warn"})
    assert judgement.reasons[0].finding.at == pytest.approx(1, abs=0.2)
    assert "from 0:01.0 to 0:03.0" in judgement.reasons[0].finding.message


def test_frozen(tmp_path: Path, picture: Path) -> None:
    clip = save(tmp_path / "clip.mp4", [place()] * SECONDS * FPS)
    judgement = judge(clip, replace(ASKED, first_frame=str(picture)))
    assert (judgement.verdict, codes(judgement)) == ("fail", {"frozen": "fail"})


def test_frozen_and_coded_badly(tmp_path: Path) -> None:
    """Key frames that pulse are no movement."""
    options = {"preset": "ultrafast", "crf": "30", "g": "12"}
    clip = save(tmp_path / "clip.mp4", [place(2)] * SECONDS * FPS, options=options)
    assert codes(judge(clip, ASKED)) == {"frozen": "fail"}


def test_frozen_from_the_middle_on_is_a_warning(tmp_path: Path) -> None:
    frames = list(push_in(place()))
    frames[FPS:] = [frames[FPS]] * 3 * FPS
    judgement = judge(save(tmp_path / "clip.mp4", frames), ASKED)
    assert (judgement.verdict, codes(judgement)) == ("warn", {"frozen": "warn"})
    assert judgement.reasons[0].finding.at == pytest.approx(1, abs=0.2)


def test_a_slow_shot_is_not_frozen(tmp_path: Path) -> None:
    frames = push_in(place(), closest=0.98)
    assert judge(save(tmp_path / "clip.mp4", frames), ASKED).verdict == "pass"


def test_a_still_shot_in_which_something_small_moves_is_not_frozen(tmp_path: Path) -> None:
    picture = place()
    frames = (quality_media.with_bird(picture, n) for n in range(SECONDS * FPS))
    assert judge(save(tmp_path / "clip.mp4", frames), ASKED).verdict == "pass"


def test_short(tmp_path: Path) -> None:
    clip = save(tmp_path / "clip.mp4", push_in(place(), 2 * FPS))
    judgement = judge(clip, ASKED)
    assert (judgement.verdict, codes(judgement)) == ("fail", {"short": "fail"})
    assert "2.0 s long; 4 s" in judgement.reasons[0].finding.message


@pytest.mark.parametrize(("frames", "expected"), [(-4, "pass"), (-9, "warn"), (4, "pass"), (18, "warn")])
def test_nearly_as_long_as_asked(tmp_path: Path, frames: int, expected: str) -> None:
    clip = save(tmp_path / "clip.mp4", push_in(place(), SECONDS * FPS + frames))
    assert judge(clip, ASKED).verdict == expected


def test_silent_where_sound_was_asked_for(tmp_path: Path, good: Path) -> None:
    silent = save(tmp_path / "silent.mp4", push_in(place(), FPS), sound=quality_media.silence)
    mute = save(tmp_path / "mute.mp4", push_in(place(), FPS))
    asked = Asked(sound=True)
    for clip in (silent, mute):
        assert codes(judge(clip, asked)) == {"silent": "fail"}
        assert judge(clip, Asked()).verdict == "pass"
    assert judge(good, asked).verdict == "pass"


def test_truncated(tmp_path: Path, good: Path) -> None:
    """The index is in front, so that a player begins; the rest is not there."""
    data = good.read_bytes()
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(data[: len(data) // 2])
    judgement = judge(clip, ASKED)
    assert judgement.verdict == "fail"
    assert codes(judgement).keys() & {"broken", "cut", "corrupt"}


def test_without_its_index(tmp_path: Path, good: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(good.read_bytes()[:1000])
    assert codes(judge(clip, ASKED)) == {"unreadable": "fail"}


def test_damaged_in_the_middle(tmp_path: Path, good: Path) -> None:
    data = bytearray(good.read_bytes())
    start = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[start : start + 3000] = bytes(3000)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(data)
    judgement = judge(clip, ASKED)
    assert judgement.verdict == "fail"
    assert codes(judgement).keys() & {"broken", "corrupt"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((320, 320), {"shape": "fail"}),
        ((1280, 720), {"size": "fail"}),
        ((336, 189), {"size": "warn"}),
        ((324, 180), {}),
        ((160, 90), {"size": "warn"}),
    ],
)
def test_size(good: Path, asked: tuple[int, int], expected: dict[str, str]) -> None:
    assert codes(judge(good, Asked(width=asked[0], height=asked[1]))) == expected


def test_a_shape_alone(good: Path) -> None:
    assert judge(good, Asked(width=16, height=9, exact=False)).verdict == "pass"
    assert codes(judge(good, Asked(width=9, height=16, exact=False))) == {"shape": "fail"}


@pytest.mark.parametrize("variant", [1, 2, 3, 4])
def test_another_picture_than_the_prompts(good: Path, tmp_path: Path, variant: int) -> None:
    place(variant, 640, 360).save(tmp_path / "other.jpg")
    judgement = judge(good, replace(ASKED, first_frame=str(tmp_path / "other.jpg")))
    assert (judgement.verdict, codes(judgement)) == ("fail", {"other_picture": "fail"})


@pytest.mark.parametrize("variant", range(5))
def test_the_prompts_picture_in_another_size_and_shape(tmp_path: Path, variant: int) -> None:
    """Runway crops it; here a tall one becomes a wide clip, which has begun to move and is a little darker."""
    tall = place(variant, 600, 800)
    tall.save(tmp_path / "first.jpg", quality=70)
    cropped = tall.crop((0, 231, 600, 569)).resize((WIDTH, HEIGHT))
    frames = (quality_media.dimmed(quality_media.zoomed(cropped, 0.97 - 0.0005 * n), 0.9) for n in range(FPS))
    clip = save(tmp_path / "clip.mp4", frames)
    assert judge(clip, Asked(first_frame=str(tmp_path / "first.jpg"))).verdict == "pass"


def test_a_picture_of_one_colour(tmp_path: Path) -> None:
    """There is nothing in it but its colour."""
    Image.new("RGB", (64, 36), "navy").save(tmp_path / "first.png")
    for colour, expected in (("navy", False), ("orange", True)):
        clip = save(tmp_path / f"{colour}.mp4", [Image.new("RGB", (WIDTH, HEIGHT), colour)] * FPS)
        found = codes(judge(clip, Asked(first_frame=str(tmp_path / "first.png"))))
        assert ("other_picture" in found) == expected


def test_a_picture_that_is_gone_is_not_compared(good: Path, tmp_path: Path) -> None:
    assert judge(good, Asked(first_frame=str(tmp_path / "gone.png"))).verdict == "pass"


def test_a_near_duplicate(good: Path, tmp_path: Path) -> None:
    first = Earlier(1, judge(good, Asked()).fingerprint)
    worse = save(tmp_path / "again.mp4", push_in(place()), options={"preset": "ultrafast", "crf": "20"})
    judgement = judge(worse, replace(ASKED, earlier=[first]))
    assert (judgement.verdict, codes(judgement)) == ("warn", {"near_duplicate": "warn"})
    assert "take 1" in judgement.reasons[0].finding.message


def test_the_same_file_again(good: Path) -> None:
    asked = replace(ASKED, sha256="a" * 64, earlier=[Earlier(2, [], "b" * 64), Earlier(3, [], "a" * 64)])
    assert "same file as take 3" in judge(good, asked).reasons[0].finding.message


def test_other_moves_over_the_same_picture_are_no_duplicates(tmp_path: Path) -> None:
    earlier: list[Earlier] = []
    for number, move in enumerate(clips.MOVES, start=1):
        path = tmp_path / f"{move}.mp4"
        clips.draw_clip(place(0, 640, 360), 640, 360, 2, path, move=move)
        judgement = judge(path, Asked(earlier=earlier))
        assert (move, codes(judgement)) == (move, {})
        earlier.append(Earlier(number, judgement.fingerprint))


def test_few_frames_a_second(tmp_path: Path) -> None:
    clip = save(tmp_path / "clip.mp4", push_in(place(), SECONDS * 6), fps=6)
    assert codes(judge(clip, ASKED)) == {"frame_rate": "warn"}
    assert "24 were asked for" in judge(clip, replace(ASKED, fps=24)).reasons[0].finding.message


def test_a_codec_that_few_players_know(tmp_path: Path) -> None:
    clip = save(tmp_path / "clip.mp4", push_in(place()), codec="mpeg4", options={"b": "2000000"})
    assert codes(judge(clip, ASKED)) == {"format": "warn"}


def test_of_a_huge_clip_key_frames_and_the_end_are_enough(
    good: Path, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, "FULL_PIXELS_A_SECOND", 1)
    many = save(
        tmp_path / "many.mp4", push_in(place()), options={"preset": "fast", "g": "12"}, sound=quality_media.tone
    )
    for clip in (good, many):
        judgement = judge(clip, replace(ASKED, first_frame=str(picture), sound=True))
        assert (judgement.verdict, judgement.facts["whole"]) == ("pass", False)
        assert judgement.facts["seconds"] == pytest.approx(SECONDS, abs=0.1)


def test_of_a_huge_clip_all_is_looked_at_where_there_is_a_doubt(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, "FULL_PIXELS_A_SECOND", 1)
    frames = list(push_in(place()))
    frames[FPS:] = [BLACK] * 3 * FPS
    dark = save(tmp_path / "dark.mp4", frames, options={"preset": "fast", "g": "12"})
    judgement = judge(dark, ASKED)
    assert (codes(judgement), judgement.facts["whole"]) == ({"black": "warn"}, True)
    data = good.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 2])
    assert judge(tmp_path / "cut.mp4", ASKED).verdict == "fail"
