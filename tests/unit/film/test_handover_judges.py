"""The files as OpenTimelineIO reads them, by its core and its adapters: the same clips in the same frames."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest

from film.document.rate import NAMES, Rate
from film.document.timeline import Timeline, place
from film.handover import edit
from film.handover.formats import Format
from film.handover.read import read
from film.handover.write import write
from tests.unit.film.handover_films import cut_of, full_film
from tests.unit.film.test_handover_returns import simple_film

# it has no wheels for CPython 3.14, and the program does without it
otio = pytest.importorskip("opentimelineio") if sys.version_info >= (3, 14) else __import__("opentimelineio")
ADAPTERS: dict[Format, str] = {"otio": "otio_json", "fcp7": "fcp_xml", "edl": "cmx_3600"}
RATES = pytest.mark.parametrize("rate", NAMES)


# a timeline is kept in a variable while its tracks are read: they go with it
def judged(film: Timeline, format: Format, **options: Any) -> Any:
    return otio.adapters.read_from_string(write(film, format).data.decode(), ADAPTERS[format], **options)


def without_fade_in(film: Timeline) -> Timeline:
    """OpenTimelineIO's adapter for EDL does not know fades from black."""
    return replace(film, clips=place((replace(film.clips[0], transition=None), *film.clips[1:])))


def video(timeline: Any) -> Any:
    return next(track for track in timeline.tracks if track.kind == "Video")


def clips_of(track: Any) -> list[tuple[int, int, int]]:
    """Start, source in and length of everything but transitions."""
    return [
        (
            round(track.range_of_child(child).start_time.value),
            round(child.source_range.start_time.value),
            round(child.source_range.duration.value),
        )
        for child in track
        if not isinstance(child, otio.schema.Transition)
    ]


def transitions_of(track: Any) -> list[tuple[int, int]]:
    found = [child for child in track if isinstance(child, otio.schema.Transition)]
    return [(round(each.in_offset.value), round(each.out_offset.value)) for each in found]


def expected_clips(film: Timeline) -> list[tuple[int, int, int]]:
    return [(piece.start, piece.source_in, piece.length) for piece in edit.pieces(film)]


def expected_transitions(film: Timeline) -> list[tuple[int, int]]:
    dissolves = [piece.dissolve for piece in edit.pieces(film) if piece.dissolve]
    return [(each.before, each.after) for each in dissolves]


@RATES
@pytest.mark.parametrize("format", ["otio", "fcp7"])
def test_the_same_pictures_at_the_same_frames(format: Format, rate: str) -> None:
    film = full_film(rate)
    timeline = judged(film, format)
    track = video(timeline)
    assert clips_of(track) == expected_clips(film)
    assert transitions_of(track) == expected_transitions(film)
    rates = {child.source_range.start_time.rate for child in items(track)}
    assert [round(each, 3) for each in rates] == [round(float(Rate(rate).fps), 3)]


@RATES
@pytest.mark.parametrize("format", ["otio", "fcp7"])
def test_the_same_sounds_at_the_same_frames(format: Format, rate: str) -> None:
    film = full_film(rate)
    timeline = judged(film, format)
    tracks = [track for track in timeline.tracks if track.kind == "Audio"]
    expected = [
        [(piece.start, piece.source_in, piece.length) for piece in edit.pieces(film) if edit.has_sound(piece.clip)],
        *[
            [(each.start, each.start_in, each.out - each.start_in) for each in row.sounds]
            for row in edit.sound_tracks(film)
        ],
    ]
    heard = [
        [each for each, child in zip(clips_of(track), items(track), strict=True) if is_clip(child)] for track in tracks
    ]
    assert heard == expected


def items(track: Any) -> list[Any]:
    return [child for child in track if not isinstance(child, otio.schema.Transition)]


def is_clip(child: Any) -> bool:
    return isinstance(child, otio.schema.Clip)


@RATES
def test_the_list_has_the_same_events(rate: str) -> None:
    film = without_fade_in(full_film(rate))
    timeline = judged(film, "edl", rate=float(Rate(rate).fps))
    track = video(timeline)
    clips = edit.clamped(film.clips)
    overlaps = [*(clip.overlap for clip in clips[1:]), 0]
    assert [(start, length) for _, start, length in clips_of(track)] == [
        (clip.start_in, clip.length - after) for clip, after in zip(clips, overlaps, strict=True)
    ]
    # a list counts a dissolve from its beginning
    assert transitions_of(track) == [(0, clip.overlap) for clip in clips if clip.overlap]


def test_alternates_are_other_media_of_a_clip() -> None:
    timeline = judged(full_film(), "otio")
    first = video(timeline).find_clips()[0]
    media = first.media_references()
    assert {key: media[key].target_url for key in media} == {
        "DEFAULT_MEDIA": "scene-1/videos/take-002.mp4",
        "take 1": "scene-1/videos/take-001.mp4",
        "take 3": "scene-1/videos/take-003.mp4",
    }
    assert first.media_reference.available_range.duration.value == 120


def test_a_file_of_opentimelineio_itself_is_ours() -> None:
    """What it writes after it has read our file says the same as ours."""
    film = full_film()
    ours = write(film, "otio").data.decode()
    again = otio.adapters.write_to_string(otio.adapters.read_from_string(ours, "otio_json"), "otio_json")
    assert otio.adapters.read_from_string(again, "otio_json").is_equivalent_to(
        otio.adapters.read_from_string(ours, "otio_json")
    )


def test_the_first_mention_of_a_file_has_its_address() -> None:
    timeline = judged(full_film(), "fcp7")
    clips = [clip for clip in timeline.find_clips() if isinstance(clip.media_reference, otio.schema.ExternalReference)]
    assert len(clips) == 14
    assert clips[0].media_reference.target_url == "./scene-1/videos/take-002.mp4"
    assert clips[0].media_reference.available_range.duration.value == 120


def test_media_have_names_of_their_own() -> None:
    """A program that takes media of one name for the same would show one clip everywhere."""
    timeline = judged(full_film(), "otio")
    media = {clip.media_reference.target_url: clip.media_reference.name for clip in timeline.find_clips()}
    assert len(set(media.values())) == len(media)


def test_markers_are_on_the_film() -> None:
    film = full_film()
    timeline = judged(film, "otio")
    markers = [(round(each.marked_range.start_time.value), each.name) for each in timeline.tracks.markers]
    assert markers == [(each.at, each.text) for each in film.markers]


@RATES
def test_what_opentimelineio_writes_comes_back(rate: str) -> None:
    """The same cut from files that somebody else's program has written."""
    film = simple_film(rate=rate)
    timeline = judged(film, "otio")
    again = otio.adapters.write_to_string(timeline, "otio_json")
    assert read(again.encode(), cut_of(film), film).cut == cut_of(film)

    fcp7 = otio.adapters.write_to_string(judged(film, "otio"), "fcp_xml")
    assert read(fcp7.encode(), cut_of(film), film).cut.clips == cut_of(film).clips

    del timeline.tracks[1:]
    edl = otio.adapters.write_to_string(timeline, "cmx_3600", style="nucoda")
    assert read(edl.encode(), cut_of(film), film).cut.clips == cut_of(film).clips
