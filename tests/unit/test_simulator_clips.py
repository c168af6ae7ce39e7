"""Drawn clips are valid H.264, look like their picture, and move; drawn scenes are pictures."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from generation.runway import catalog
from generation.simulator import drawn_scenes
from generation.simulator.clips import MOVES, draw_clip, draw_picture

RATIOS = sorted(catalog.models("image_to_video")[0].ratios)


def frames(path: Path) -> list[Image.Image]:
    with av.open(str(path)) as container:
        return [frame.to_image() for frame in container.decode(video=0)]  # type: ignore[no-untyped-call]


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of the pixels, 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.fixture(scope="module")
def still() -> Image.Image:
    return draw_picture(640, 360, 0)


@pytest.mark.parametrize("ratio", RATIOS)
def test_clip_has_the_requested_size_length_and_codec(ratio: str, still: Image.Image, tmp_path: Path) -> None:
    width, height = map(int, ratio.split(":"))
    path = tmp_path / "clip.mp4"
    draw_clip(still, width, height, 0.25, path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (width, height)
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 24
        assert container.duration == pytest.approx(0.25 * av.time_base)
        assert sum(1 for _ in container.decode(video=0)) == 6


def test_index_is_at_the_front_of_the_file(still: Image.Image, tmp_path: Path) -> None:
    draw_clip(still, 320, 180, 1, tmp_path / "clip.mp4")
    data = (tmp_path / "clip.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("move", MOVES)
def test_camera_moves_slowly_and_smoothly(move: str, still: Image.Image, tmp_path: Path) -> None:
    draw_clip(still.filter(ImageFilter.GaussianBlur(4)), 640, 360, 2, tmp_path / "clip.mp4", move=move)
    shown = frames(tmp_path / "clip.mp4")
    steps = [difference(one, other) for one, other in pairwise(shown)]
    middle = steps[16:-16]
    # every frame moves, none jumps, and the move eases in and out
    assert 0 < max(middle) < 2 * min(middle) < 8
    assert max(steps[0], steps[-1]) < min(middle)


def test_moves_differ(still: Image.Image, tmp_path: Path) -> None:
    clips = {}
    for move in MOVES:
        draw_clip(still, 320, 180, 0.5, tmp_path / f"{move}.mp4", move=move)
        clips[move] = (tmp_path / f"{move}.mp4").read_bytes()
    assert len(set(clips.values())) == len(MOVES)


def test_colors_are_preserved(tmp_path: Path) -> None:
    for color in ((200, 40, 40), (30, 160, 60), (20, 30, 180), (0, 0, 0), (255, 255, 255)):
        draw_clip(Image.new("RGB", (320, 180), color), 320, 180, 0.2, tmp_path / "clip.mp4")
        pixel = frames(tmp_path / "clip.mp4")[-1].getpixel((160, 90))
        assert isinstance(pixel, tuple)
        assert all(abs(a - b) <= 6 for a, b in zip(pixel, color, strict=True))


def test_picture_is_cropped_around_its_center(tmp_path: Path) -> None:
    picture = Image.new("RGB", (900, 300), (200, 0, 0))
    ImageDraw.Draw(picture).rectangle((300, 0, 600, 300), fill=(0, 0, 200))
    draw_clip(picture, 320, 320, 0.2, tmp_path / "clip.mp4")
    red, _, blue = ImageStat.Stat(frames(tmp_path / "clip.mp4")[0]).mean
    assert blue > 180
    assert red < 20


def test_rotated_picture_is_shown_upright(tmp_path: Path) -> None:
    picture = Image.new("RGB", (200, 300), (0, 0, 200))
    ImageDraw.Draw(picture).rectangle((0, 0, 100, 300), fill=(200, 0, 0))
    # orientation 6 turns the picture clockwise, so that its left half is on top
    picture.getexif()[0x0112] = 6
    picture.save(tmp_path / "side.jpg", exif=picture.getexif())
    with Image.open(tmp_path / "side.jpg") as held:
        draw_clip(held, 300, 200, 0.2, tmp_path / "clip.mp4")
    first = frames(tmp_path / "clip.mp4")[0]
    above, below = first.getpixel((150, 20)), first.getpixel((150, 180))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert above[0] > 150 > above[2]
    assert below[2] > 150 > below[0]


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "I;16"])
def test_every_picture_mode_is_accepted(mode: str, tmp_path: Path) -> None:
    draw_clip(Image.new(mode, (64, 36)), 320, 180, 0.2, tmp_path / "clip.mp4")
    assert len(frames(tmp_path / "clip.mp4")) == 5


@pytest.mark.parametrize("variant", range(len(drawn_scenes.SCENES)))
@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
def test_drawn_picture_has_size_and_contrast(variant: int, size: tuple[int, int]) -> None:
    picture = draw_picture(*size, variant)
    assert (picture.size, picture.mode) == (size, "RGB")
    dark, bright = ImageStat.Stat(picture.convert("L")).extrema[0]
    assert bright - dark > 100


def test_each_variant_is_another_scene() -> None:
    drawn = [draw_picture(320, 180, variant) for variant in range(len(drawn_scenes.SCENES))]
    assert all(difference(one, other) > 10 for one, other in pairwise(drawn))
    # modulo their number: the first scene again
    assert draw_picture(320, 180, len(drawn_scenes.SCENES)).size == (320, 180)
