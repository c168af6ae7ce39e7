"""Two takes of a scene beside each other: in what their settings differ, in words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generation import references
from generation.models import GenerationJob
from generation.runway import catalog
from generation.serializers import plain_number

# told in sentences of their own
TOLD = ("promptText", "duration", "seed")
NAMES = {"ratio": "ratio", "resolution": "resolution", "audio": "sound", "negativePrompt": "what to avoid"}
HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


@dataclass(frozen=True)
class Piece:
    """A piece of the second prompt beside the first: `same`, `gone` or `new`."""

    what: str
    text: str


@dataclass(frozen=True)
class Differences:
    sentences: list[str]
    prompt: list[Piece]
    """Empty where both say the same."""

    def __bool__(self) -> bool:
        return bool(self.sentences or self.prompt)


def differences(a: GenerationJob, b: GenerationJob) -> Differences:
    """As said of take `a` beside take `b`; the prompt's pieces lead from `b` to `a`."""
    said = [*_model(a, b), *_picture(a, b), *_duration(a, b), *_seed(a, b), *_others(a, b), *_credits(a, b)]
    return Differences(said, _prompt(a, b))


def _model(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    if a.model != b.model:
        yield f"Take {a.take} was made by {a.model}, take {b.take} by {b.model}."


def _picture(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    if a.first_frame != b.first_frame:
        first, second = (job.first_frame.file_name if job.first_frame else "no picture" for job in (a, b))
        yield f"Take {a.take} begins with {first}, take {b.take} with {second}."
    if last_frame(a.parameters) != last_frame(b.parameters):
        yield "They end with different pictures."


def last_frame(parameters: Mapping[str, Any]) -> str | None:
    """The id of the picture that a take was to end with."""
    frames = parameters.get("promptImage")
    places = [each for each in frames if isinstance(each, dict)] if isinstance(frames, list) else []
    frame = next((each.get("uri") for each in places if each.get("position") == "last"), None)
    key = references.asset_id(frame)
    return str(key) if key else None


def _duration(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    first, second = a.parameters.get("duration"), b.parameters.get("duration")
    if isinstance(first, int) and isinstance(second, int):
        if first != second:
            longer = "longer" if first > second else "shorter"
            yield f"Take {a.take} is {abs(first - second)} s {longer}: {first} s instead of {second} s."
    elif first != second:
        yield _beside("duration", a, b, first, second)


def _seed(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    first, second = a.parameters.get("seed"), b.parameters.get("seed")
    if first != second:
        one, other = ("a seed of Runway's choice" if seed is None else f"seed {seed}" for seed in (first, second))
        yield f"Take {a.take} has {one}, take {b.take} {other}."
    elif first is None:
        yield "Each has a seed of Runway's choice."


def _others(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    settings, others = plain_settings(a), plain_settings(b)
    for name in dict.fromkeys([*settings, *others]):
        first, second = settings.get(name), others.get(name)
        if name not in TOLD and first != second:
            yield _beside(spelled(name), a, b, first, second)


def _beside(name: str, a: GenerationJob, b: GenerationJob, first: object, second: object) -> str:
    return f"{name.capitalize()}: {told(first)} in take {a.take}, {told(second)} in take {b.take}."


def plain_settings(job: GenerationJob) -> dict[str, Any]:
    """Return the parameters that can be shown as words: all but those that hold files."""
    model = catalog.find(job.kind, job.model)
    fields_with_files = {medium.path[0] for medium in model.media_references(job.parameters)} if model else {"promptImage"}
    return {
        name: value for name, value in job.parameters.items() if name not in fields_with_files and value is not None
    }


def spelled(name: str) -> str:
    """A parameter's wire name as people write it."""
    return NAMES.get(name) or HUMP.sub(r" \1", name).lower()


def told(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return f"“{value}”" if " " in value else value
    return "as the model has it" if value is None else str(value)


def _credits(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    first, second = a.credits_charged, b.credits_charged
    if first is not None and second is not None and first != second:
        more = "more" if first > second else "less"
        told = plain_number(abs(first - second))
        yield f"Take {a.take} cost {told} credits {more}: {plain_number(first)} instead of {plain_number(second)}."


def _prompt(a: GenerationJob, b: GenerationJob) -> list[Piece]:
    """Word by word; the space behind a word goes with it."""
    new, old = (re.findall(r"\S+\s*|\s+", job.parameters.get("promptText") or "") for job in (a, b))
    before, after = ([piece.strip() for piece in pieces] for pieces in (old, new))
    if before == after:
        return []
    pieces: list[Piece] = []
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(new[j1:j2])))
            continue
        pieces += [Piece("gone", "".join(old[i1:i2]))] * (i2 > i1) + [Piece("new", "".join(new[j1:j2]))] * (j2 > j1)
    return pieces
