"""Compare two takes of a scene: how their settings differ, in sentences."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from generation import references
from generation.labels import short_label, value_text
from generation.models import GenerationJob
from generation.runway import catalog
from generation.serializers import plain_number
from projects.text.credit_words import credit_words

# these have sentences of their own
OWN_SENTENCES = ("promptText", "duration", "seed")
WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """A piece of the prompts: in both, only in the old one (`gone`), or only in the new one."""

    what: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True)
class Differences:
    """How two takes differ; false when they do not."""

    sentences: list[str]
    prompt: list[Piece]
    """Empty when both prompts are the same."""

    def __bool__(self) -> bool:
        return bool(self.sentences or self.prompt)


def compare(a: GenerationJob, b: GenerationJob) -> Differences:
    """Return how take `a` differs from take `b`; the pieces of the prompt lead from `b` to `a`."""
    sentences = [*_model(a, b), *_frames(a, b), *_duration(a, b), *_seed(a, b), *_other_settings(a, b), *_credits(a, b)]
    return Differences(sentences, _prompt(a, b))


def plain_settings(job: GenerationJob) -> dict[str, Any]:
    """Return the parameters that can be shown as text: all but those that hold files."""
    model = catalog.find(job.kind, job.model)
    fields_with_files = (
        {medium.path[0] for medium in model.media_references(job.parameters)} if model else {"promptImage"}
    )
    return {
        name: value for name, value in job.parameters.items() if name not in fields_with_files and value is not None
    }


def _model(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    if a.model != b.model:
        yield _("Take {take} was made with {model}, take {b_take} with {b_model}.").format(
            take=a.take, model=a.model, b_take=b.take, b_model=b.model
        )


def _frames(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    if a.first_frame != b.first_frame:
        first, second = (job.first_frame.file_name if job.first_frame else _("no picture") for job in (a, b))
        yield _("Take {take} begins with {first}, take {b_take} with {second}.").format(
            take=a.take, first=first, b_take=b.take, second=second
        )
    if references.frame_id(a.parameters, "last") != references.frame_id(b.parameters, "last"):
        yield _("They end with different pictures.")


def _duration(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    first, second = a.parameters.get("duration"), b.parameters.get("duration")
    # a duration may also be a word: some models take "auto"
    if isinstance(first, int) and isinstance(second, int):
        if first != second:
            if first > second:
                words = _("Take {take} is {seconds} s longer: {first} s instead of {second} s.")
            else:
                words = _("Take {take} is {seconds} s shorter: {first} s instead of {second} s.")
            yield words.format(take=a.take, seconds=abs(first - second), first=first, second=second)
    elif first != second:
        yield _setting("duration", a, b, first, second)


def _seed(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    first, second = a.parameters.get("seed"), b.parameters.get("seed")
    if first != second:
        one, other = (
            _("a random seed") if seed is None else _("seed {seed}").format(seed=seed) for seed in (first, second)
        )
        yield _("Take {take} has {one}, take {b_take} {other}.").format(
            take=a.take, one=one, b_take=b.take, other=other
        )
    elif first is None:
        # not a difference that anybody chose, but the reason that equal settings gave two clips
        yield _("Each has a random seed.")


def _other_settings(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    settings, others = plain_settings(a), plain_settings(b)
    for name in dict.fromkeys([*settings, *others]):
        first, second = settings.get(name), others.get(name)
        if name not in OWN_SENTENCES and first != second:
            yield _setting(name, a, b, first, second)


def _setting(name: str, a: GenerationJob, b: GenerationJob, first: object, second: object) -> str:
    label = capfirst(short_label(name))
    return _("{label}: {value} in take {take}, {other} in take {b_take}.").format(
        label=label, value=value_text(first), take=a.take, other=value_text(second), b_take=b.take
    )


def _credits(a: GenerationJob, b: GenerationJob) -> Iterator[str]:
    first, second = a.credits_charged, b.credits_charged
    if first is not None and second is not None and first != second:
        if first > second:
            words = _("Take {take} cost {difference} more: {cost} instead of {other_cost}.")
        else:
            words = _("Take {take} cost {difference} less: {cost} instead of {other_cost}.")
        difference = credit_words(abs(first - second))
        yield words.format(
            take=a.take, difference=difference, cost=plain_number(first), other_cost=plain_number(second)
        )


def _prompt(a: GenerationJob, b: GenerationJob) -> list[Piece]:
    """Compare the prompts word by word; the space after a word belongs to it."""
    new, old = (WORDS.findall(job.parameters.get("promptText") or "") for job in (a, b))
    new_words, old_words = ([word.strip() for word in words] for words in (new, old))
    if new_words == old_words:
        return []
    pieces: list[Piece] = []
    # autojunk would treat words that are frequent in a long prompt as noise
    matcher = difflib.SequenceMatcher(None, old_words, new_words, autojunk=False)
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        added = "".join(new[new_start:new_end])
        if operation == "equal":
            pieces.append(Piece("same", added))
            continue
        if old_end > old_start:
            pieces.append(Piece("gone", "".join(old[old_start:old_end])))
        if added:
            pieces.append(Piece("new", added))
    return pieces
