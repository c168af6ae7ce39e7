"""Films: how long their export takes, beside the bare ffmpeg command of the same work."""

from __future__ import annotations

import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from film.document.timeline import Timeline
from film.render import ffmpeg
from film.render.export import export
from film.render.film import Rendered, Request
from film.render.options import Options
from film.render.process import NICENESS, Control
from film.render.profiles import H264, PROFILES
from tests.bench.table import Row, middle
from tests.film_media import medium, take, timeline
from tests.media import unique_clip

COPIED, ENCODED, CHANGED = 20, 6, 60
SECONDS, RATE = 5, 24
ROUNDS = 5


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dailies-") as name:
        root = Path(name)
        films = _Films(root)
        return [*_copies(films), *_encodes(films), *_changes(films)]


class _Films:
    """A project's folder with clips of one size each."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "my-film"
        self.target = root / "film.mp4"

    def clips(self, size: str, count: int, seconds: int = SECONDS) -> list[Path]:
        """Make clips with a picture that moves; drawn once, each with other bytes behind it."""
        paths = [self.folder / f"{size}-{seconds}" / f"take-{number:03}.mp4" for number in range(count)]
        paths[0].parent.mkdir(parents=True, exist_ok=True)
        codec = ["-c:v", "libx264", "-preset", "fast", "-crf", "18", "-pix_fmt", "yuv420p"]
        picture = f"mandelbrot=s={size}:r={RATE}"
        _ffmpeg("-f", "lavfi", "-i", picture, "-t", str(seconds), *codec, str(paths[0]))
        drawn = paths[0].read_bytes()
        for number, path in enumerate(paths):
            path.write_bytes(unique_clip(drawn, number))
        return paths

    def timeline(self, paths: list[Path], size: tuple[int, int], seconds: int = SECONDS) -> Timeline:
        media = [medium(self.folder, path, seconds * RATE) for path in paths]
        return timeline([take(str(n), each) for n, each in enumerate(media)], width=size[0], height=size[1])

    def export(self, film: Timeline, segments: str, profile: str = "h264-source") -> tuple[float, Rendered]:
        """Return the seconds that an export takes, and what became of it."""
        folder = self.root / segments
        folder.mkdir(exist_ok=True)
        began = time.monotonic()
        result = export(Request(film, PROFILES[profile], Options(), self.folder, self.target), folder, Control())
        return time.monotonic() - began, result


def _ffmpeg(*arguments: str) -> float:
    """Run it behind everything else, as exports are: on a machine that is busy both wait as long."""
    began = time.monotonic()
    command = ["nice", "-n", str(NICENESS), ffmpeg.command(), "-v", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, check=True)
    return time.monotonic() - began


def _copies(films: _Films) -> list[Row]:
    paths = films.clips("1920x1080", COPIED)
    film = films.timeline(paths, (1920, 1080))
    listed = films.root / "list.txt"
    listed.write_text("".join(f"file '{path}'\n" for path in paths))
    bare, ours = [], []
    for number in range(ROUNDS):
        bare.append(
            _ffmpeg(*f"-f concat -safe 0 -i {listed} -c copy -movflags +faststart {films.root}/bare.mp4".split())
        )
        # a folder of its own each: nothing is known of the clips
        seconds, result = films.export(film, f"copies-{number}")
        assert result.reused == COPIED, result.report
        ours.append(seconds)
    measured, baseline = middle(ours), middle(bare)
    held = measured <= 0.9 * baseline
    return [Row(f"copy {COPIED} equal clips", measured, "≤ 0.9 ×", held, baseline, "ffmpeg -f concat -c copy")]


def _encodes(films: _Films) -> list[Row]:
    paths = films.clips("1280x720", ENCODED)
    film = films.timeline(paths, (1920, 1080))
    inputs = [part for path in paths for part in ("-i", str(path))]
    scaled = "".join(
        f"[{n}:v]fps={RATE},scale=1920:1080:out_color_matrix=bt709:flags=bicubic,setsar=1[v{n}];"
        for n in range(ENCODED)
    )
    graph = scaled + "".join(f"[v{n}]" for n in range(ENCODED)) + f"concat=n={ENCODED}:v=1:a=0[out]"
    codec = ["-c:v", "libx264", *H264.quality, "-pix_fmt", "yuv420p", "-g", str(2 * RATE), "-movflags", "+faststart"]
    bare = _ffmpeg(*inputs, "-filter_complex", graph, "-map", "[out]", *codec, f"{films.root}/bare.mp4")
    seconds, _ = films.export(film, "encodes", "h264-1080p")
    length = ENCODED * SECONDS
    return [
        Row("encode 1080p", seconds, "≤ 1.15 ×", seconds <= 1.15 * bare, bare, "one ffmpeg, same filters"),
        Row("encode 1080p", length / seconds, "≥ 3 × real time", length / seconds >= 3, unit="×"),
    ]


def _changes(films: _Films) -> list[Row]:
    paths = films.clips("640x360", CHANGED, 2)
    film = films.timeline(paths, (1280, 720), 2)
    first, _ = films.export(film, "changes")
    clips = list(film.clips)
    clips[30] = replace(clips[30], start_in=4)
    changed, result = films.export(replace(timeline(clips), width=1280, height=720), "changes")
    assert result.reused == CHANGED - 1
    same, _ = films.export(film, "changes")
    return [
        Row(f"one of {CHANGED} clips changed", changed, "≤ 0.1 ×", changed <= 0.1 * first, first, "the first export"),
        Row("all segments there", same, "≤ 0.1 ×", same <= 0.1 * first, first, "the first export"),
    ]
