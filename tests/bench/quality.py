"""Quality control of one clip: seconds of one core, start of its process included, beside its length and one decode."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image

from generation.quality import subprocess
from generation.quality.expectations import Expectations
from generation.simulator import clips
from tests.bench.table import Row, middle

SECONDS, FPS = 5, 24
PROMISED = 0.3
ROUNDS = 2
# pictures that the clip goes to and fro through: to make them costs more than to encode them
PICTURES = 24
SIZES = ((1280, 720), (1920, 1080), (3840, 2160))


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        return [_row(Path(folder), *size) for size in SIZES]


def _row(folder: Path, width: int, height: int) -> Row:
    picture, clip = folder / "first.jpg", folder / f"{height}.mp4"
    drawn = clips.draw_picture(width, height, 1)
    drawn.save(picture, quality=90)
    _encode(drawn, clip)
    asked = Expectations(width=width, height=height, seconds=SECONDS, sound=False, first_frame=str(picture))
    ours = middle([_cost(lambda: _judge(clip, asked)) for _ in range(ROUNDS)])
    plain = middle([_cost(lambda: _decode(clip)) for _ in range(ROUNDS)])
    what = f"{SECONDS} s of {height}p looked at, {clip.stat().st_size * 8 / SECONDS / 1e6:.0f} Mbit/s"
    promised = f"≤ {PROMISED} × {SECONDS} s of one core"
    return Row(what, ours, promised, ours <= PROMISED * SECONDS, plain, "one plain decode")


def _encode(picture: Image.Image, path: Path) -> None:
    """A slow push in and out at the quality of Runway's files, with all that makes decoding cost something."""
    views = [_view(picture, number / PICTURES * 0.03) for number in range(PICTURES)]
    there_and_back = views + views[-2:0:-1]
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "16"})
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
        for number in range(SECONDS * FPS):
            frame = there_and_back[number % len(there_and_back)]
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _view(picture: Image.Image, edge: float) -> Any:
    """What is left when a part of the picture is cut off at each side."""
    box = (edge * picture.width, edge * picture.height, (1 - edge) * picture.width, (1 - edge) * picture.height)
    image = picture.resize(picture.size, Image.Resampling.BILINEAR, box=box)
    return av.VideoFrame.from_image(image).reformat(format="yuv420p")  # type: ignore[no-untyped-call]


def _judge(clip: Path, asked: Expectations) -> None:
    judgment = subprocess.judge_in_subprocess(clip, asked, SECONDS)
    if judgment.verdict != "pass":
        raise AssertionError(judgment.reasons)


def _decode(clip: Path) -> None:
    with av.open(str(clip)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        for _ in container.decode(video=0):
            pass


def _cost(work: Callable[[], None]) -> float:
    """Seconds of a core, ours and our children's."""
    before = time.process_time() + _children()
    work()
    return time.process_time() + _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
