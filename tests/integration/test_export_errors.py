"""Exports that end early leave nothing half, whenever it is."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from film.document.timeline import Timeline
from film.render import process
from film.render.children import Child
from film.render.process import Cancelled, Control, RenderFailed
from projects.problems import Problem
from tests.film_media import Shape, read_codes, take, timeline
from tests.integration.test_exports import Studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def small_film(studio: Studio) -> Timeline:
    # of another size than its clips, so that they are encoded
    clips = [take(str(n), studio.clip(6, Shape(hertz=440))) for n in range(2)]
    return timeline(clips, width=64, height=36)


def leftovers(studio: Studio) -> list[Path]:
    return [path for path in studio.segments.rglob(".*") if path.name.startswith((".work-", ".incoming-"))]


def test_cancel_at_each_moment_leaves_only_whole_segments(studio: Studio) -> None:
    film, looks = small_film(studio), 0
    ended = False
    while not ended:
        left = looks

        def is_cancelled() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        try:
            studio.export(film, control=Control(is_cancelled))
            ended = True
        except Cancelled:
            assert not leftovers(studio)
            # each time a little later, up to the end
            looks = looks + 1 + looks // 2
    assert looks > 4
    # what the cancelled ones have left is whole, and serves the last one
    assert read_codes(studio.target) == [(clip, frame) for clip in (1, 2) for frame in range(6)]


def test_a_disk_that_becomes_full_while_a_segment_is_written(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    film, count, replace = small_film(studio), 0, Path.replace

    def fill_up(self: Path, target: Path) -> Path:
        nonlocal count
        if target.suffix == ".mp4":
            count += 1
            if count == 2:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fill_up)
    with pytest.raises(Problem, match="disk is full"):
        studio.export(film)
    assert not leftovers(studio)
    # with room again it goes on from the first segment
    assert studio.export(film).reused == 1


def test_facts_that_a_power_cut_has_spoiled_are_read_again(studio: Studio) -> None:
    film = timeline([take("1", studio.clip(6))])
    studio.export(film, "stills-png")
    (facts,) = studio.segments.glob("*/*.json")
    whole = facts.read_bytes()
    facts.write_bytes(b"")
    studio.export(film, "stills-png")
    assert facts.read_bytes() == whole


def test_a_child_that_dies_or_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with Child() as child:
        child.ask("probe", Control(), paths=[])
        assert child._running
        child._running.process.kill()
        with pytest.raises(RenderFailed):
            child.ask("probe", Control(), paths=[])
    monkeypatch.setattr(process, "STALL_SECONDS", 0.1)
    monkeypatch.setattr(process, "LOOK_SECONDS", 0.05)
    with process.started(["/bin/cat"], stdin=-1) as silent, pytest.raises(RenderFailed, match="it stalled"):
        list(silent.lines(Control()))
