"""Files that somebody has changed in an editor: what becomes of the cut, and what is only reported."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from film.document.cut import Marker, Transition
from film.document.timeline import Timeline, place
from film.handover.formats import FORMATS, Format
from film.handover.read import Returned, read
from film.handover.write import write
from projects.problems import Problem
from tests.unit.film.handover_films import cut_of, film_of, full_film, shown, take


def simple_film(**fields: Any) -> Timeline:
    """Three takes of three scenes, with a dissolve into the second."""
    clips = [
        shown(f"c{n}", take(n, 1), 10, 100, 12 if n == 2 else 0, scene=f"scene-{n}", scene_name=f"Scene {n}")
        for n in (1, 2, 3)
    ]
    return film_of(tuple(clips), **fields)


def returned(text: str, film: Timeline | None = None, **options: Any) -> Returned:
    film = film or simple_film()
    return read(text.encode(), cut_of(film), film, **options)


def text_of(film: Timeline, format: Format) -> str:
    return write(film, format).data.decode()


@pytest.mark.parametrize("format", FORMATS)
def test_order_trims_dissolves_and_markers_become_the_cut(format: Format) -> None:
    film = simple_film()
    first, second, third = film.clips
    changed = replace(
        film,
        clips=place((replace(third, out=80), replace(first, start_in=22), replace(second, transition=Transition(7)))),
        markers=(Marker(30, "Here"),),
    )
    result = returned(text_of(changed, format))
    assert result.cut == cut_of(changed)
    assert result.is_changed


@pytest.mark.parametrize("format", FORMATS)
def test_a_clip_that_follows_its_scene_is_pinned_to_another_take(format: Format) -> None:
    film = simple_film()
    clips = (replace(film.clips[0], medium=take(1, 2)), *film.clips[1:])
    result = read(write(replace(film, clips=clips), format).data, cut_of(film), film, [take(1, 2)])
    assert [clip.asset for clip in result.cut.clips] == ["asset-1-2", None, None]
    assert result.report == ()


@pytest.mark.parametrize("format", FORMATS)
def test_clips_that_are_cut_removed_and_new(format: Format) -> None:
    film = simple_film()
    first, _, third = film.clips
    halves = (replace(first, out=50), replace(first, start_in=50))
    result = read(
        write(replace(film, clips=place((*halves, shown("x", take(4, 1), 0, 24), third))), format).data,
        cut_of(film),
        film,
        [take(4, 1)],
    )
    ids = [clip.id for clip in result.cut.clips]
    assert (ids[0], ids[3]) == ("c1", "c3")
    assert len(set(ids)) == 4
    assert [(clip.scene, clip.asset, clip.start_in, clip.out) for clip in result.cut.clips] == [
        ("scene-1", None, 10, 50),
        (None, "asset-1-1", 50, 100),
        (None, "asset-4-1", 0, 24),
        ("scene-3", None, 10, 100),
    ]


def without_settings(text: str, format: Format) -> str:
    """What an editor may leave of our file: nothing of our own."""
    if format == "otio":
        return json.dumps(_bare(json.loads(text)))
    for pattern in (r"<metadata>.*?</metadata>", r"<comments>.*?</comments>", r"\* DAILIES CLIP: .*?\r\n"):
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    return re.sub(r'"file-asset-(\d)-1"', r'"file-\1"', text)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: {} if name == "metadata" else _bare(inner) for name, inner in value.items()}
    return [_bare(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("format", FORMATS)
def test_clips_are_known_by_their_files_too(format: Format) -> None:
    film = simple_film()
    text = without_settings(text_of(film, format), format)
    assert "c2" not in text
    assert returned(text, film).cut == cut_of(film)


@pytest.mark.parametrize("format", FORMATS)
def test_files_that_the_project_does_not_have_are_named(format: Format) -> None:
    film = simple_film()
    other = replace(take(9, 9), path="scene-9/videos/strange.mp4")
    data = write(replace(film, clips=place((*film.clips, shown("x", other, 0, 24)))), format).data
    with pytest.raises(Problem, match=r"no such files: .*strange\.mp4\. Nothing was changed") as caught:
        read(data, cut_of(film), film)
    assert (caught.value.status, caught.value.code) == (422, "unknown_media")


def test_a_name_from_the_editor_becomes_the_note() -> None:
    result = returned(text_of(simple_film(), "otio").replace('"Scene 3, take 1"', '"Closing shot"'))
    assert result.cut.clips[2].note == "Closing shot"
    assert result.report == ("Clip 3 is called “Closing shot” in the file; this is its note now.",)


def test_speed_effects_and_nested_timelines_of_otio_are_reported() -> None:
    document = json.loads(text_of(simple_film(), "otio"))
    picture = document["tracks"]["children"][0]["children"]
    picture[0]["effects"] = [
        {
            "OTIO_SCHEMA": "LinearTimeWarp.1",
            "name": "",
            "effect_name": "LinearTimeWarp",
            "time_scalar": 2.0,
            "metadata": {},
        },
        {"OTIO_SCHEMA": "Effect.1", "name": "", "effect_name": "Blur", "metadata": {}},
    ]
    picture[-1]["OTIO_SCHEMA"] = "Stack.1"
    picture[1]["transition_type"] = "SMPTE_Wipe"
    result = returned(json.dumps(document))
    assert result.report == (
        "“Scene 1, take 1”: its speed was not imported.",
        "“Scene 1, take 1”: its effect “Blur” was not imported.",
        "A transition of the kind “SMPTE_Wipe” was replaced by a cut.",
        "“Scene 3, take 1” is a timeline of its own. It was replaced by a gap of 90 frames.",
        "The sound of “Scene 3, take 1” stands apart from its picture: it was not imported.",
    )
    assert [clip.kind for clip in result.cut.clips] == ["take", "take", "gap"]
    assert result.cut.clips[1].transition is None


def test_another_rate_is_converted_by_time() -> None:
    film = simple_film(rate="24")
    text = text_of(film, "otio").replace('"rate":24.0', '"rate":25.0')
    result = returned(text, film)
    assert result.report[0] == "The file counts 25 frames a second, and the cut 24: times were converted."
    assert result.report[1].startswith("Some times lie between two frames")


@pytest.mark.parametrize("format", ["otio", "fcpxml"])
def test_a_file_of_an_older_version_says_so(format: Format) -> None:
    film = simple_film()
    result = returned(text_of(film, format), replace(film, version=9))
    assert result.report == ("The file was written from version 7; the cut is at version 9 now.",)
    assert not result.is_changed


def test_changes_in_fcpxml_are_reported() -> None:
    text = text_of(simple_film(), "fcpxml")
    text = text.replace('<adjust-conform type="fit"/>', '<timeMap/><adjust-crop mode="trim"/>', 1)
    text = text.replace('name="Cross Dissolve" offset', 'name="Star Wipe" offset').replace(
        "FxPlug:4731E73A", "FxPlug:0"
    )
    last = re.findall(r"<asset-clip.*?</asset-clip>", text)[-1]
    duration = re.search(r'offset="[^"]*" start="[^"]*" duration="([^"]*)"', last)
    assert duration
    nested = f'<ref-clip ref="r1" name="Montage" duration="{duration[1]}"/>'
    result = returned(text.replace(last, nested))
    assert result.report == (
        "“Scene 1, take 1”: its speed was not imported.",
        "“Scene 1, take 1”: its crop was not imported.",
        "The transition “Star Wipe” was replaced by a cut.",
        "“Montage” is a compound clip. It was replaced by a gap of 90 frames.",
    )


def test_a_dissolve_of_fcpxml_is_known_in_any_language() -> None:
    film = simple_film()
    text = text_of(film, "fcpxml").replace('name="Cross Dissolve"', 'name="Überblenden"')
    assert returned(text, film).cut == cut_of(film)


def test_times_of_resolve_begin_with_an_hour() -> None:
    film = simple_film()
    text = text_of(film, "fcpxml").replace('tcStart="0s"', 'tcStart="3600/1s"')
    spine = text.index("<spine>")
    text = text[:spine] + re.sub(r'offset="([\d/]+)s"', _an_hour_later, text[spine:])
    assert returned(text, film).cut == cut_of(film)


def _an_hour_later(match: re.Match[str]) -> str:
    return f'offset="{Fraction(match[1]) + 3600}s"'


def test_changes_in_fcp7_are_reported() -> None:
    text = text_of(simple_film(), "fcp7")
    speed = "<filter><effect><name>Time Remap</name><effectid>timeremap</effectid></effect></filter>"
    text = text.replace("<enabled>TRUE</enabled>", f"<enabled>TRUE</enabled>{speed}", 1)
    result = returned(text.replace("<effectid>Cross Dissolve</effectid>", "<effectid>Iris</effectid>"))
    assert result.report == (
        "“Scene 1, take 1”: its speed was not imported.",
        "The transition “Iris” was replaced by a cut.",
    )


def test_changes_in_an_edl_are_reported() -> None:
    text = text_of(simple_film(), "edl")
    text = text.replace("D    012", "W001 012").replace(
        "* FROM CLIP", "M2   S01T001  048.0 00:00:00:10\r\n* FROM CLIP", 1
    )
    assert returned(text).report == (
        "“take-001.mp4”: its speed was not imported.",
        "The transition W001 into “take-001.mp4” was replaced by a cut.",
    )


def test_an_edl_without_a_comment_is_known_by_its_reels() -> None:
    film = simple_film()
    text = "".join(line for line in text_of(film, "edl").splitlines(True) if not line.startswith("*"))
    assert returned(text, film).cut == cut_of(film)


def test_gaps_of_an_edl_are_black() -> None:
    text = "001 S03T001 V C 00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00\n* LOC: 01:00:02:12 RED Look\n"
    cut = returned(f"TITLE: x\n{text}").cut
    assert [(clip.kind, clip.start_in, clip.out) for clip in cut.clips] == [("gap", 0, 48), ("take", 0, 24)]
    assert cut.markers == (Marker(60, "Look"),)


def test_drop_frame_time_code_is_counted_as_such() -> None:
    media = [take(1, 1, 1900), take(2, 1, 18_100)]
    clips = (shown("c1", media[0], 0, 1800), shown("c2", media[1], 0, 18_000))
    film = film_of(clips, "30000/1001")
    lines = (
        "001 S01T001 V C 00:00:00;00 00:01:00;02 01:00:00;00 01:01:00;02\n"
        # ten minutes of 29.97 frames a second have 17,982 frames
        "002 S02T001 V C 00:00:00;00 00:10:00;18 01:01:00;02 01:11:00;20\n"
    )
    result = returned(f"TITLE: x\nFCM: DROP FRAME\n{lines}* LOC: 01:01:00;02 RED Look\n", film)
    assert [(clip.kind, clip.start_in, clip.out) for clip in result.cut.clips] == [
        ("take", 0, 1800), ("take", 0, 18_000)
    ]  # fmt: skip
    assert result.cut.markers == (Marker(1800, "Look"),)
    assert result.report == ()
    with pytest.raises(Problem, match="Line 3 of the EDL has a time code that does not exist"):
        returned(f"TITLE: x\nFCM: DROP FRAME\n{lines}".replace("01:01:00;02", "01:01:00;01"), film)
    # at 24 frames a second nothing is dropped
    slow = returned("FCM: DROP FRAME\n001 S01T001 V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n")
    assert slow.report == ("The list counts drop-frame time code; it was read as non-drop frame.",)


def test_a_dissolve_without_frames_is_shortened() -> None:
    line = "001 S01T001 V C 00:00:00:00 00:00:05:00 01:00:00:00 01:00:05:00\n"
    other = "002 S01T001 V C 00:00:05:00 00:00:05:00 01:00:05:00 01:00:05:00\n"
    into = "002 S02T001 V D 012 00:00:00:00 00:00:02:00 01:00:05:00 01:00:07:00\n"
    result = returned(line + other + into)
    assert result.cut.clips[1].transition is None
    assert "The dissolve into “” was shortened: there are too few frames." in result.report


def test_a_removed_sound_of_a_take_mutes_its_clip() -> None:
    document = json.loads(text_of(simple_film(), "otio"))
    sounds = document["tracks"]["children"][1]["children"]
    sounds[-1] = {"OTIO_SCHEMA": "Gap.1", "name": "", "metadata": {}, "source_range": sounds[-1]["source_range"]}
    result = returned(json.dumps(document))
    assert [clip.mute for clip in result.cut.clips] == [False, False, True]
    assert result.report == ("Clip 3 has lost its sound in the file: it is muted.",)


@pytest.mark.parametrize("format", ["otio", "fcpxml", "fcp7"])
def test_moved_sounds_come_back(format: Format) -> None:
    film = full_film()
    changed = replace(film, sounds=(replace(film.sounds[0], start=5, gain=-3.0, fade_in=0), *film.sounds[2:]))
    assert returned(text_of(changed, format), film).cut == cut_of(changed)


@pytest.mark.parametrize("format", ["fcpxml", "otio"])
def test_changed_words_come_back(format: Format) -> None:
    film = full_film()
    changed = replace(film, captions=film.captions[1:], titles=(replace(film.titles[0], end=40),))
    assert returned(text_of(changed, format), film).cut == cut_of(changed)
