"""The plan of a film: every frame in exactly one piece, whatever is cut, dissolved or left out."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.document.cut import Caption, Title, Transition
from film.document.rate import NAMES, Rate
from film.document.timeline import Medium, Timeline, TimelineClip, longest_dissolve, place
from film.render import keys
from film.render.cache import SegmentCache
from film.render.display_matrix import is_upright
from film.render.export import subtitles
from film.render.options import Options, check_options
from film.render.plan import Card, Piece, Plan, Source, make_plan
from film.render.profiles import H264, PROFILES, profile_named
from projects.problems import Problem
from tests.film_media import Shape, write_clip

MEDIUM = Medium("a", "video", "scene-1/videos/take-001.mp4", "0" * 64, 500)


def film(*lengths: int, dissolves: tuple[int, ...] = (), rate: str = "24", **values: object) -> Timeline:
    overlaps = [*dissolves, *[0] * len(lengths)]
    clips = [
        TimelineClip(
            str(n), "take", 0, 10, 10 + length, MEDIUM, transition=Transition(overlaps[n]) if overlaps[n] else None
        )
        for n, length in enumerate(lengths)
    ]
    return Timeline("my-film", "My film", 1, Rate(rate), 64, 36, "fit", -14, place(tuple(clips)), **values)  # type: ignore[arg-type]


def shown(plan: Plan) -> list[int]:
    """Return the frames of the file that the pieces have."""
    return [frame for piece in plan.pieces for frame in range(piece.start, piece.end)]


@given(st.data())
def test_each_frame_is_in_one_piece(data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.integers(1, 40), min_size=1, max_size=8))
    clips = film(*lengths).clips
    placed: list[TimelineClip] = []
    for clip in clips:
        longest = longest_dissolve(placed[-1] if placed else None, clip)
        frames = data.draw(st.integers(0, longest))
        # what the clip before gives to this dissolve must not be in its own
        placed.append(replace(clip, transition=Transition(frames) if frames else None))
    timeline = replace(film(), clips=place(tuple(placed)))
    first = data.draw(st.integers(0, timeline.length - 1))
    end = data.draw(st.integers(first + 1, timeline.length))
    plan = make_plan(timeline, Options(start_in=first, out=end))
    assert shown(plan) == list(range(end - first))
    assert plan.frames == end - first


def test_a_dissolve_takes_the_end_of_one_and_the_beginning_of_the_next() -> None:
    pieces = make_plan(film(40, 30, dissolves=(0, 8)), Options()).pieces
    assert [(piece.start, piece.frames, piece.source.start_in) for piece in pieces] == [
        (0, 32, 10),
        (32, 8, 42),
        (40, 22, 18),
    ]
    dissolve = pieces[1]
    assert dissolve.into
    assert (dissolve.into.start_in, dissolve.into.frames) == (10, 8)


def test_the_first_clip_comes_out_of_black() -> None:
    first = make_plan(film(40, dissolves=(6,)), Options()).pieces[0]
    assert first.source == Source(6)
    assert first.into
    assert first.into.frames == 6


def test_a_part_of_a_dissolve_keeps_its_place_in_it() -> None:
    (piece,) = make_plan(film(40, 30, dissolves=(0, 8)), Options(start_in=35, out=38)).pieces
    assert (piece.start, piece.frames, piece.offset, piece.source.frames) == (0, 3, 3, 8)


def test_black_under_sound_that_goes_on_and_a_slate_before_everything() -> None:
    timeline = film(24)
    longer = replace(timeline, captions=(Caption(0, 12, "Hello"),), titles=(Title(20, 40, "Title"),))
    plan = make_plan(longer, Options(captions="burn", timecode=True), slate=Card("My film"))
    assert [(piece.start, piece.frames) for piece in plan.pieces] == [(0, 48), (48, 24)]
    # the time code is that of the film, and the slate has none
    assert [piece.timecode for piece in plan.pieces] == [None, 0]
    assert [(each.kind, each.start, each.end) for each in plan.pieces[1].overlays] == [
        ("title", 20, 24),
        ("caption", 0, 12),
    ]
    assert subtitles(longer, plan) == "1\n00:00:02,000 --> 00:00:02,500\nHello\n"


def test_a_card_stands_for_what_is_gone() -> None:
    (piece,) = make_plan(film(24), Options(), {MEDIUM.path}).pieces
    assert piece.source.card == Card("", "", "take-001.mp4 is missing")
    assert piece.source.medium is None


def key(piece: Piece) -> str:
    return keys.picture_key(piece, H264, (64, 36), Rate("24"))


def test_the_key_of_a_segment_is_of_what_it_shows_and_not_of_where() -> None:
    source = Source(24, MEDIUM, 10, label="Scene 1")
    piece = Piece(0, 24, source)
    assert key(piece) == key(Piece(100, 24, replace(source, label="Renamed", gain=-3)))
    changed = [
        Piece(0, 24, replace(source, start_in=11)),
        Piece(0, 24, replace(source, fit="blur")),
        Piece(0, 24, replace(source, medium=replace(MEDIUM, sha256="1" * 64))),
        Piece(0, 24, source, timecode=0),
        Piece(0, 24, source, into=source),
    ]
    assert len({key(piece), *map(key, changed)}) == len(changed) + 1


def test_sound_is_keyed_by_its_gain_and_its_samples() -> None:
    piece = Piece(0, 24, Source(24, MEDIUM, 10))
    louder = Piece(0, 24, Source(24, MEDIUM, 10, gain=3))
    all_keys = {keys.sound_key(each, samples, 0, 0) for each in (piece, louder) for samples in (48048, 48049)}
    assert len(all_keys) == 4


@pytest.mark.parametrize("rate", NAMES)
def test_samples_of_pieces_add_up(rate: str) -> None:
    clock = Rate(rate)
    ends = list(itertools.accumulate([7, 11, 13] * 500))
    parts = [clock.samples(end) - clock.samples(start) for start, end in itertools.pairwise([0, *ends])]
    assert sum(parts) == clock.samples(ends[-1])


def test_wrong_options_are_all_named() -> None:
    with pytest.raises(Problem) as refused:
        check_options(Options(loudness=-3, captions="loud", start_in=99), film(24))  # type: ignore[arg-type]
    assert [field.field for field in refused.value.fields] == ["loudness", "captions", "in"]
    with pytest.raises(Problem, match="at most 24"):
        check_options(Options(out=25), film(24))
    assert Options.from_json(Options(start_in=3, slate=True).to_json()) == Options(start_in=3, slate=True)


@pytest.mark.parametrize("rotation", [0, 90, 180])
def test_a_turned_clip_is_seen_without_decoding(tmp_path: Path, rotation: int) -> None:
    path = write_clip(tmp_path / "clip.mp4", 1, 2, Shape(rotation=rotation))
    assert is_upright(path) == (rotation == 0)
    path.write_bytes(path.read_bytes()[:40])
    assert not is_upright(path)


def test_profiles_have_even_sizes() -> None:
    odd = replace(film(24), width=1281, height=721)
    assert {name: profile.size_of(odd) for name, profile in PROFILES.items()}["h264-source"] == (1280, 720)
    assert profile_named("preview-gif").size_of(odd) == (480, 270)
    with pytest.raises(Problem, match="h264-1080p, h264-4k"):
        profile_named("vhs")


def test_what_a_dead_export_worked_with_is_removed_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left = tmp_path / f".work-{ended.pid}-abc"
    half = tmp_path / f"ab/.incoming-{ended.pid}-abc.mp4"
    for path in (left / "mix.pcm", half):
        path.parent.mkdir()
        path.write_bytes(b"half")
    with SegmentCache(tmp_path, 0) as cache, cache.work_folder() as work:
        (work / "mix.pcm").write_bytes(b"x" * 1000)
        cache.prune()
        assert (work / "mix.pcm").exists()
        assert not left.exists()
        assert not half.exists()


def test_segments_are_whole_and_the_longest_unused_go_first(tmp_path: Path) -> None:
    def write(target: Path) -> None:
        target.write_bytes(b"x" * 100)

    def fail(target: Path) -> None:
        target.write_bytes(b"half")
        raise ValueError

    with SegmentCache(tmp_path, 250) as cache:
        with pytest.raises(ValueError):
            cache.get("aa", ".mp4", fail)
        assert not list(tmp_path.rglob("*.mp4"))
        paths = [cache.get(name, ".mp4", write) for name in ("aa", "bb", "cc")]
        # none is removed while it is used, also by another export
        SegmentCache(tmp_path, 0).prune()
        assert all(path.exists() for path in paths)
    assert sum(path.exists() for path in paths) == 2
