"""One frame of a clip as a picture: which one is shown at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from projects.disk.frames import frame_at
from tests.quality_media import save

FPS = 24
FRAMES = 36


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip whose frames get lighter one by one, with few key frames."""

    def frames() -> Iterator[Image.Image]:
        yield from (Image.new("RGB", (64, 36), (6 * number,) * 3) for number in range(FRAMES))

    path = tmp_path_factory.mktemp("frames") / "steps.mp4"
    return save(path, frames(), fps=FPS, options={"crf": "1", "g": "12"})


def number_of(png: bytes) -> int:
    """Return which frame of the clip a picture is."""
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        value = image.convert("L").getpixel((32, 18))
    assert isinstance(value, int | float)
    return round(value / 6)


@pytest.mark.parametrize("number", [0, 1, 11, 12, 13, 25, 34, 35])
def test_the_frame_of_a_time_is_the_one_that_a_player_shows(steps: Path, number: int) -> None:
    assert number_of(frame_at(steps, number / FPS)) == number
    assert number_of(frame_at(steps, (number + 0.9) / FPS)) == number


def test_without_a_time_or_behind_the_end_it_is_the_last_one(steps: Path) -> None:
    assert number_of(frame_at(steps)) == FRAMES - 1
    assert number_of(frame_at(steps, 99)) == FRAMES - 1
