"""What a task has to make, by the request and by the files that go in."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from generation.runway import catalog
from generation.runway.catalog import Measure
from generation.runway.catalog.fields import Place
from generation.simulator import clips, prompt_words, shapes
from generation.simulator.assets import Input
from generation.simulator.drawings import small
from generation.simulator.task import Order
from generation.simulator.validation import Wanted

# endings by what was asked for under outputFormat or format; what is not among them comes as the first
SUFFIXES = {
    "video": {"mp4": ".mp4", "prores": ".mov", "hdr_prores": ".mov", "mov": ".mov"},
    "image": {"png": ".png", "jpeg": ".jpg", "webp": ".webp"},
    "audio": {"mp3": ".mp3", "wav": ".wav", "flac": ".flac", "ogg_opus": ".ogg"},
}
COUNTS = ("outputCount", "numVariants")
SPOKEN_CHARACTERS_A_SECOND = 15
SECONDS_AS_USUAL = 5.0


@dataclass(frozen=True)
class Pace:
    """Seconds: how long a task takes, and how long a link to its output lives. `small`: what comes out is a sample."""

    task: float
    link: float
    small: bool = False


def order(wanted: Wanted, inputs: list[Input], pace: Pace) -> Order:
    task_id, words = uuid.uuid4(), prompt_words.read(wanted.prompt)
    still = still_of(wanted, inputs)
    duration = _seconds(wanted, inputs)
    measures: dict[str, list[Measure]] = defaultdict(list)
    for found in inputs:
        measures[str(found.medium.place[0])].append(found.measure)
    measures["output"] = [Measure(duration)]
    credits = wanted.model.credits(wanted.parameters, measures) or Decimal(0)
    width, height = _size(wanted, inputs)
    if pace.small:
        width, height, duration = small(width, height, duration)
    # with a seed the same comes again, without one another
    chance = wanted.parameters.get("seed", task_id.int) % len(clips.MOVES)
    move = prompt_words.camera_move(wanted.prompt) or list(clips.MOVES)[chance]
    sound = wanted.value("audio") is True
    names = _names(wanted, f"{_digest(wanted, still)}-{width}x{height}-{duration:g}s-{move}{'-sound' if sound else ''}")
    return Order(
        id=str(task_id),
        kind=wanted.model.kind,
        model=wanted.model.name,
        prompt=wanted.prompt,
        width=width,
        height=height,
        duration=duration,
        move=move,
        clip=names[0],
        credits=float(credits),
        seconds=words.seconds or pace.task,
        link_seconds=pace.link if words.expire is None else words.expire,
        others=tuple(names[1:]),
        sound=sound,
    )


def still_of(wanted: Wanted, inputs: list[Input]) -> bytes | None:
    """The first frame, wherever it stands in the request; else the first thing there is to see."""
    seen = [found for found in inputs if found.still is not None]
    return min(seen, key=lambda found: _is_last(wanted, found.medium.place)).still if seen else None


def _is_last(wanted: Wanted, place: Place) -> bool:
    name, *rest = place
    items = wanted.parameters[str(name)]
    return len(rest) == 2 and isinstance(rest[0], int) and items[rest[0]].get("position") == "last"


def _digest(wanted: Wanted, still: bytes | None) -> str:
    """What it looks or sounds like hangs on the picture; without one, on the words."""
    return hashlib.sha256(still or wanted.prompt.encode("utf-8", "replace")).hexdigest()[:24]


def _size(wanted: Wanted, inputs: list[Input]) -> tuple[int, int]:
    given = next((found.measure for found in inputs if found.measure.width), Measure())
    size = (given.width, given.height) if given.width and given.height else None
    if wanted.model.kind == "image_upscale" and size:
        times = int(wanted.value("scaleFactor"))
        return size[0] * times, size[1] * times
    keeps = size and "ratio" not in wanted.model.fields and "resolution" not in wanted.model.fields
    if keeps and wanted.model.kind != "image_to_video" and size:
        return max(2, size[0] // 2 * 2), max(2, size[1] // 2 * 2)
    return shapes.size(wanted, size)


def _seconds(wanted: Wanted, inputs: list[Input]) -> float:
    """As asked for; as long as what goes in; for speech, as long as it takes to say it."""
    asked = wanted.model.longest(wanted.parameters)
    if asked:
        return float(asked)
    lengths = [found.measure.seconds for found in inputs if found.measure.seconds]
    if lengths:
        return round(max(lengths), 3)
    if wanted.model.kind == "text_to_speech":
        return round(max(1.0, catalog.utf16_length(wanted.prompt) / SPOKEN_CHARACTERS_A_SECOND), 1)
    return SECONDS_AS_USUAL


def _names(wanted: Wanted, stem: str) -> list[str]:
    known = SUFFIXES[wanted.model.output]
    asked = str(wanted.value("outputFormat") or wanted.value("format") or "")
    suffix = wanted.model.archive(wanted.parameters) or known.get(asked, next(iter(known.values())))
    count = next((int(found) for name in COUNTS if (found := wanted.value(name))), 1)
    return [f"{stem}-{number}{suffix}" for number in range(count)]
