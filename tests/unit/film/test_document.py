"""The cut as data: rates, places, and the way to JSON and back."""

from __future__ import annotations

from fractions import Fraction

import pytest

from film.document import cut as cuts
from film.document.cut import Clip, Cut, Sound, Title, Transition
from film.document.rate import NAMES, Rate
from film.document.timeline import TimelineClip, longest_dissolve, place


def clip(length: int, dissolve: int = 0, id: str = "a") -> TimelineClip:
    return TimelineClip(id, "take", 0, 0, length, transition=Transition(dissolve) if dissolve else None)


@pytest.mark.parametrize("name", NAMES)
def test_a_rate_counts_whole_frames_both_ways(name: str) -> None:
    rate = Rate(name)
    for frames in (1, 7, 119, 120, 4801, 86_400):
        assert rate.frames(rate.seconds(frames)) == frames
        assert rate.frames(float(rate.seconds(frames))) == frames


def test_a_file_that_is_a_hair_too_short_has_its_last_frame() -> None:
    assert Rate("24").frames(4.999) == 120
    assert Rate("24").frames(4.95) == 118
    assert Rate("24").frames(0.001) == 1
    assert Rate("24").frames(0) == 0


def test_samples_do_not_drift() -> None:
    rate = Rate("24000/1001")
    assert rate.samples(24_000) == 1001 * 48_000
    assert rate.fps == Fraction(24000, 1001)
    assert rate.nominal == 24


def test_time_code_counts_hours_to_frames() -> None:
    assert Rate("24").timecode(24 * 3600 + 24 * 61 + 5) == "01:01:01:05"
    assert Rate("30000/1001").timecode(31) == "00:00:01:01"


def test_an_unknown_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="a rate is one of 24, 25"):
        Rate("23.976")


def test_clips_close_up_and_dissolves_overlap() -> None:
    placed = place((clip(100, 10), clip(50), clip(60, 12)))
    assert [(each.start, each.end) for each in placed] == [(0, 100), (100, 150), (138, 198)]


def test_a_dissolve_is_as_long_as_both_clips_leave() -> None:
    before, after = clip(30, 20), clip(50)
    assert longest_dissolve(before, after) == 10
    assert longest_dissolve(before, clip(5)) == 5
    assert longest_dissolve(None, after) == 50
    assert longest_dissolve(clip(100), after, Transition(45)) == 5


def test_a_cut_goes_to_json_and_back() -> None:
    cut = Cut(
        rate="25",
        clips=(Clip("a", "scene-1", transition=Transition(12)), Clip("b", kind="gap", out=24)),
        sounds=(Sound("s", "music", "asset", 0, 10, 480, -6, 12, 24, duck=True),),
        titles=(Title(0, 48, "The end", "bottom"),),
        captions=(cuts.Caption(0, 10, "Hello"),),
        markers=(cuts.Marker(3, "here"),),
    )
    data = cuts.to_json(cut)
    # without what is at its default
    assert data["clips"] == [
        {"id": "a", "sceneId": "scene-1", "transition": {"kind": "dissolve", "frames": 12}},
        {"id": "b", "kind": "gap", "out": 24},
    ]
    assert data["sounds"][0]["gainDb"] == -6
    assert cuts.from_json(data) == cut
    assert cuts.from_json(data | {"version": 7, "length": 3}) == cut
