"""What was seen of a clip beside what was asked for: the findings, each with its level and its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from generation.quality import thresholds as limit
from generation.quality.decode import Run, Watched
from generation.quality.frame import bits_apart

Level = Literal["warn", "fail"]
# what browsers and cutting rooms play without being asked
CODECS = {"h264", "hevc", "av1", "vp8", "vp9", "prores"}
CONTAINERS = {"mov", "matroska"}
# what is wrong with the file itself, so that another try may be better
OF_CONTENT = {
    "unreadable", "broken", "corrupt", "cut", "short", "shape", "size", "black", "flat", "frozen", "silent",
    "other_picture",
}  # fmt: skip


@dataclass(frozen=True)
class Earlier:
    """A take of the same scene that came before."""

    take: int
    fingerprint: list[str]
    sha256: str = ""


@dataclass(frozen=True)
class Asked:
    """None or empty: nobody asked for anything in particular."""

    width: int | None = None
    height: int | None = None
    exact: bool = True
    """False: width and height are a shape only, such as 16 to 9."""
    seconds: float | None = None
    fps: float | None = None
    sound: bool = False
    first_frame: str | None = None
    """Path of the picture that a clip should begin with."""
    sha256: str = ""
    earlier: list[Earlier] = field(default_factory=list)


@dataclass(frozen=True)
class Finding:
    code: str
    level: Level
    message: str
    """One sentence for a person."""
    at: float | None = None
    """Seconds from the first frame."""


def findings(watched: Watched, asked: Asked, likeness: float | None) -> list[Finding]:
    """Of a clip. `likeness`: of its beginning to the prompt's picture, 0 to 1."""
    if not watched.frames:
        words = f" ({watched.broke_with})" if watched.broke_with else ""
        return [Finding("unreadable", "fail", f"Not one frame can be decoded{words}.")]
    found = [*_broken(watched), *_form(watched, asked), *length(watched, asked), *_picture(watched)]
    found += [*_sound(watched, asked), *_opening(likeness), *twins(watched.fingerprint, watched.seconds, asked)]
    return found


def _broken(watched: Watched) -> Iterator[Finding]:
    if watched.broke_at is not None:
        words = f"It cannot be decoded beyond {_clock(watched.broke_at)}: {watched.broke_with}."
        yield Finding("broken", "fail", words, watched.broke_at)
        return
    if watched.corrupt_at is not None:
        yield Finding("corrupt", "fail", f"Its frames are damaged at {_clock(watched.corrupt_at)}.", watched.corrupt_at)
    missing = watched.told_frames - watched.frames if watched.whole and watched.told_frames else 0
    gap = (watched.told_seconds or 0.0) - watched.seconds
    if missing > limit.MISSING_FRAMES and gap > limit.MISSING_SECONDS:
        words = f"It says that it is {watched.told_seconds:.1f} s long, and ends after {watched.seconds:.1f} s."
        yield Finding("cut", "fail", words, watched.seconds)


def _form(watched: Watched, asked: Asked) -> Iterator[Finding]:
    if watched.container not in CONTAINERS or watched.codec not in CODECS:
        yield Finding("format", "warn", f"Many players do not know its format: {watched.codec}, {watched.container}.")
    yield from size(watched.width, watched.height, asked)
    rate = watched.frames / watched.seconds if watched.whole and watched.seconds else watched.told_fps or 0.0
    if asked.fps and abs(rate - asked.fps) > asked.fps * limit.FPS_SHARE:
        yield Finding("frame_rate", "warn", f"It has {rate:.3g} frames a second; {asked.fps:.3g} were asked for.")
    elif 0 < rate < limit.LEAST_FPS and watched.frames > 1:
        yield Finding("frame_rate", "warn", f"It has only {rate:.3g} frames a second.")


def size(width: int, height: int, asked: Asked) -> Iterator[Finding]:
    """Of clips and pictures."""
    if not (asked.width and asked.height and width and height):
        return
    shape = (width / height) / (asked.width / asked.height)
    told = f"It is {width} × {height}; {asked.width}{' × ' if asked.exact else ':'}{asked.height} was asked for."
    if abs(shape - 1) > limit.SHAPE_SHARE:
        yield Finding("shape", "fail", told, 0.0)
        return
    share = width / asked.width
    if asked.exact and abs(share - 1) > limit.SIZE_WARN_SHARE:
        yield Finding("size", "fail" if share < 1 - limit.SIZE_FAIL_SHARE else "warn", told, 0.0)


def length(watched: Watched, asked: Asked) -> Iterator[Finding]:
    """Of clips and sounds."""
    # what is cut has been told of
    if not asked.seconds or watched.broke_at is not None:
        return
    short = asked.seconds - watched.seconds
    told = f"It is {watched.seconds:.1f} s long; {asked.seconds:g} s were asked for."
    if short > max(limit.DURATION_FAIL_SECONDS, limit.DURATION_FAIL_SHARE * asked.seconds):
        yield Finding("short", "fail", told, watched.seconds)
    elif short > limit.DURATION_WARN_SECONDS:
        yield Finding("short", "warn", told, watched.seconds)
    elif -short > max(limit.DURATION_FAIL_SECONDS, limit.DURATION_FAIL_SHARE * asked.seconds):
        yield Finding("long", "warn", told, asked.seconds)


def _picture(watched: Watched) -> Iterator[Finding]:
    black = sum(run.seconds for run in watched.black)
    if black >= limit.BLACK_FAIL_SHARE * watched.seconds:
        yield Finding("black", "fail", "It is black from beginning to end.", 0.0)
        return
    if run := _longest(watched.black, limit.BLACK_WARN_SECONDS):
        yield Finding("black", "warn", f"It is black {_from_to(run)}.", run.start)
    # what is black stands still as well, and has been told of
    still = [run for run in watched.still if not any(dark.start <= run.start < dark.end for dark in watched.black)]
    if run := _longest(still, limit.FROZEN_WARN_SECONDS):
        whole = run.seconds >= limit.FROZEN_FAIL_SHARE * watched.seconds
        words = "Nothing moves from beginning to end." if whole else f"Nothing moves {_from_to(run)}."
        yield Finding("frozen", "fail" if whole else "warn", words, run.start)


def _sound(watched: Watched, asked: Asked) -> Iterator[Finding]:
    if not asked.sound:
        return
    if not watched.has_sound:
        yield Finding("silent", "fail", "Sound was asked for, and there is no sound track.")
    elif watched.peak < limit.SILENT_PEAK_DB:
        yield Finding("silent", "fail", "Sound was asked for, and its sound track is silent.")


def _opening(likeness: float | None) -> Iterator[Finding]:
    if likeness is None or likeness >= limit.LIKENESS_WARN:
        return
    if likeness < limit.LIKENESS_FAIL:
        yield Finding("other_picture", "fail", "It does not begin with the prompt's picture.", 0.0)
    else:
        yield Finding("other_picture", "warn", "Its beginning differs much from the prompt's picture.", 0.0)


def twins(fingerprint: list[str], seconds: float, asked: Asked) -> Iterator[Finding]:
    """The same as an earlier take of the scene."""
    for other in asked.earlier:
        if asked.sha256 and other.sha256 == asked.sha256:
            yield Finding("near_duplicate", "warn", f"It is the same file as take {other.take}.", 0.0)
            return
    near = [(bits_apart(fingerprint, other.fingerprint), other.take) for other in asked.earlier]
    bits, take = min(near, default=(float("inf"), 0))
    if bits <= limit.TWIN_BITS:
        yield Finding("near_duplicate", "warn", f"It looks the same as take {take}.", seconds / 2)


def _longest(runs: list[Run], least: float) -> Run | None:
    found = max(runs, key=lambda run: run.seconds, default=None)
    return found if found and found.seconds >= least else None


def _from_to(run: Run) -> str:
    return f"from {_clock(run.start)} to {_clock(run.end)}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
