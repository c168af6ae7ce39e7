"""Whatever decodes a file of a person or of Runway, in limited processes: a file may ask for any memory and time.

No other process opens such a file with Pillow or FFmpeg. Each function here is one of `process.py`, run in a process of
the pool (`pool.py`). All of them raise what it raises, and Problem 422 for a file that needs too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from projects.disk.decoding.pool import pool
from projects.disk.media import Media
from projects.problems import Problem


def inspect(path: Path, sha256: str | None = None) -> Media:
    """Read a whole file and return what it is, as `projects/disk/probe.py` does."""
    answer, _ = pool.call("inspect", path=str(path.absolute()), sha256=sha256)
    return Media(**answer)


def prepare() -> None:
    """Start the process that the next call will ask, unless there is one: half a second that need not be waited."""
    pool.prepare()


def make_poster(path: Path, kind: str, width: int) -> bytes:
    """Return a small JPEG of a picture or video, as `projects/disk/posters.py` does."""
    _, poster = pool.call("make_poster", path=str(path.absolute()), kind=kind, width=width)
    return poster


def make_sprite(path: Path) -> bytes:
    """Return a JPEG with frames of a video side by side, as `projects/disk/sprites.py` does."""
    _, sprite = pool.call("make_sprite", path=str(path.absolute()))
    return sprite


def frame_at(path: Path, seconds: float | None = None) -> bytes:
    """Return a frame of a video as a PNG, the last one without `seconds`, as `projects/disk/frames.py` does."""
    _, picture = pool.call("frame_at", path=str(path.absolute()), seconds=seconds)
    return picture


def frame_rate(path: Path) -> float | None:
    """Return a video's frames per second as the file states them; None where it does not, or cannot be read."""
    with suppress(Problem):
        answer, _ = pool.call("frame_rate", path=str(path.absolute()))
        return answer if isinstance(answer, float) else None
    return None


def copy_clean(path: Path, target: Path, quality: int) -> str | None:
    """Write what shows a picture, as `projects/disk/clean_copies.py` does."""
    answer, _ = pool.call("copy_clean", path=str(path.absolute()), target=str(target.absolute()), quality=quality)
    return answer if isinstance(answer, str) else None


def copy_small(path: Path, target: Path, qualities: Sequence[int], max_bytes: int) -> bool:
    """Write a small JPEG of a picture, as `projects/disk/clean_copies.py` does."""
    answer, _ = pool.call(
        "copy_small",
        path=str(path.absolute()),
        target=str(target.absolute()),
        qualities=list(qualities),
        max_bytes=max_bytes,
    )
    return answer is True


def convert(path: Path, max_bytes: int) -> bytes:
    """Return a picture of another format as JPEG or PNG, as `projects/disk/conversion.py` does."""
    _, picture = pool.call("convert", path=str(path.absolute()), max_bytes=max_bytes)
    return picture


def frame_picture(path: Path, left: float, top: float, width: float, shape: tuple[int, int]) -> bytes:
    """Return a part of a picture in the shape of a take, as `projects/disk/framing.py` does."""
    _, picture = pool.call(
        "frame_picture", path=str(path.absolute()), left=left, top=top, width=width, shape=list(shape)
    )
    return picture


def sound_peaks(path: Path) -> bytes:
    """Return the peaks of a sound, as `projects/disk/peaks.py` does."""
    _, peaks = pool.call("sound_peaks", path=str(path.absolute()))
    return peaks
