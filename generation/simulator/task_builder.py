"""What a task has to make, derived from its request and its input files."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from generation.runway import catalog
from generation.runway.catalog import MediaInfo
from generation.runway.catalog.base_field import FieldPath
from generation.simulator import clips, prompt_directives
from generation.simulator.hidden_prices import hidden_credits
from generation.simulator.inputs import Input
from generation.simulator.output_size import Size, output_size
from generation.simulator.task import TaskSpec
from generation.simulator.validation import CreateRequest

# file endings by `outputFormat` or `format`; any other value gives the first one
SUFFIXES = {
    "video": {"mp4": ".mp4", "prores": ".mov", "hdr_prores": ".mov", "mov": ".mov"},
    "image": {"png": ".png", "jpeg": ".jpg", "webp": ".webp"},
    "audio": {"mp3": ".mp3", "wav": ".wav", "flac": ".flac", "ogg_opus": ".ogg"},
}
COUNT_FIELDS = ("outputCount", "numVariants")
SPOKEN_CHARACTERS_PER_SECOND = 15
DEFAULT_SECONDS = 5.0
# of the tasks without a seed, by which takes that are made together differ
_numbers = itertools.count()
# outputs of `--small`: pixels of the longer side, and seconds
SMALL_SIDE, SMALL_SECONDS = 160, 0.5


@dataclass(frozen=True)
class TaskOptions:
    """Seconds that a task takes, and that a link to its output lives. `small` makes outputs small and short.

    With `hidden_prices`, a number, tasks cost what no catalog knows.
    """

    task: float
    link: float
    small: bool = False
    hidden_prices: int | None = None


def build_spec(request: CreateRequest, inputs: list[Input], options: TaskOptions) -> TaskSpec:
    """Return the spec of a new task, with a random id."""
    task_id, directives = uuid.uuid4(), prompt_directives.parse_directives(request.prompt)
    (width, height), duration = _size(request, inputs), _seconds(request, inputs)
    credits = _credits(request, inputs, duration, options.hidden_prices)
    if options.small:
        width, height, duration = shrink(width, height, duration)
    move, variant = _camera_move(request, options)
    sound = request.value("audio") is True
    # equal outputs have equal names, so that they are rendered once
    size = f"{width}x{height}-{duration:g}s"
    content = f"{_content_hash(request, inputs)}-{size}-{move}{variant or ''}{'-sound' if sound else ''}"
    clip, *others = _file_names(request, content)
    return TaskSpec(
        id=str(task_id),
        kind=request.model.kind,
        model=request.model.name,
        prompt=request.prompt,
        width=width,
        height=height,
        duration=duration,
        move=move,
        variant=variant,
        clip=clip,
        credits=float(credits),
        seconds=directives.seconds or options.task,
        link_seconds=options.link if directives.expire is None else directives.expire,
        others=tuple(others),
        sound=sound,
    )


def first_still(request: CreateRequest, inputs: list[Input]) -> bytes | None:
    """Return the picture of the first frame wherever it is in the request, else the first picture there is."""
    stills = [loaded for loaded in inputs if loaded.still is not None]
    return min(stills, key=lambda loaded: _is_last_frame(request, loaded.reference.path)).still if stills else None


def shrink(width: int, height: int, seconds: float) -> tuple[int, int, float]:
    """Return a small even size of the same shape, and a short duration, that are quick to render."""
    scale = min(1.0, SMALL_SIDE / max(width, height))
    small_width, small_height = (max(2, round(side * scale) // 2 * 2) for side in (width, height))
    return small_width, small_height, min(seconds, SMALL_SECONDS)


def _is_last_frame(request: CreateRequest, path: FieldPath) -> bool:
    name, *rest = path
    items = request.parameters[str(name)]
    return len(rest) == 2 and isinstance(rest[0], int) and items[rest[0]].get("position") == "last"


def _content_hash(request: CreateRequest, inputs: list[Input]) -> str:
    """Return the hash of what decides how the output looks or sounds: the picture, or without one the prompt."""
    still = first_still(request, inputs)
    return hashlib.sha256(still or request.prompt.encode("utf-8", "replace")).hexdigest()[:24]


def _camera_move(request: CreateRequest, options: TaskOptions) -> tuple[str, int]:
    """Return the move in the prompt, else one by the seed, else the next one; and the variant of it.

    Takes of one prompt and one picture differ, as Runway's do. Small outputs have one variant, which is rendered once.
    """
    number = request.parameters.get("seed", next(_numbers))
    move = prompt_directives.camera_move(request.prompt) or clips.MOVES[number % len(clips.MOVES)]
    return move, 0 if options.small else number % clips.VARIANTS


def _credits(request: CreateRequest, inputs: list[Input], duration: float, hidden_prices: int | None) -> Decimal:
    if hidden_prices is not None:
        return hidden_credits(hidden_prices, request, inputs)
    media: dict[str, list[MediaInfo]] = defaultdict(list)
    for loaded in inputs:
        media[str(loaded.reference.path[0])].append(loaded.info)
    media["output"] = [MediaInfo(duration)]
    return request.model.max_credits(request.parameters, media) or Decimal(0)


def _size(request: CreateRequest, inputs: list[Input]) -> Size:
    info = next((loaded.info for loaded in inputs if loaded.info.width), MediaInfo())
    return output_size(request, (info.width, info.height) if info.width and info.height else None)


def _seconds(request: CreateRequest, inputs: list[Input]) -> float:
    """Return the requested length, else that of the longest input, else the time that it takes to say the prompt."""
    requested = request.model.output_seconds(request.parameters)
    if requested:
        return float(requested)
    lengths = [loaded.info.seconds for loaded in inputs if loaded.info.seconds]
    if lengths:
        return round(max(lengths), 3)
    if request.model.kind == "text_to_speech":
        return round(max(1.0, catalog.utf16_length(request.prompt) / SPOKEN_CHARACTERS_PER_SECOND), 1)
    return DEFAULT_SECONDS


def _file_names(request: CreateRequest, stem: str) -> list[str]:
    suffixes = SUFFIXES[request.model.output_kind]
    output_format = str(request.value("outputFormat") or request.value("format") or "")
    default = next(iter(suffixes.values()))
    suffix = request.model.export_suffix(request.parameters) or suffixes.get(output_format, default)
    count = next((int(value) for name in COUNT_FIELDS if (value := request.value(name))), 1)
    return [f"{stem}-{number}{suffix}" for number in range(count)]
