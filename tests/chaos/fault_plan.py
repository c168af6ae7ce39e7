"""What Runway will do to each take, drawn from the seed before anything starts: the same seed plans the same harm."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tests.fakes.runway import Fault, faults
from tests.fakes.runway.fake import CREDITS

# of each kind of request, in the order in which the seed draws
CREATES = (
    faults.BUSY,
    faults.TOO_MANY,
    faults.ACCEPTED_LATE,
    faults.CUT_BEFORE,
    faults.CUT_AFTER,
    faults.CUT_IN_ANSWER,
    faults.BAD_GATEWAY,
    faults.GATEWAY_TIMEOUT,
    faults.NOT_ACCEPTED,
    faults.REJECTED,
)
POLLS = (faults.UNAVAILABLE, faults.SERVER_ERROR, faults.CUT, faults.SLOW, faults.NO_JSON)
DOWNLOADS = (faults.CUT_HALFWAY, faults.EXPIRED, faults.SERVER_ERROR, faults.TRICKLE, faults.NO_CLIP)


class Ending(StrEnum):
    """Of a task; the words are the job's error code too."""

    CLIP = ""
    INTERNAL = "INTERNAL"
    SAFETY = "SAFETY.INPUT.TEXT"
    GONE = "task_gone"


@dataclass(frozen=True)
class TakePlan:
    number: int
    prompt: str
    creates: tuple[Fault, ...]
    polls: Mapping[int, Fault]  # by the number of the question
    downloads: tuple[Fault, ...]
    ending: Ending
    seconds: float  # of the task at Runway
    padding: int  # bytes that make its clip larger, and its own
    repeats: tuple[float, ...]  # after how many seconds the same call is made once more, with the same key
    credits: int = CREDITS  # what Runway bills for it, beside its estimate
    cancel_after: float | None = None  # seconds after the answer, at which the person does not want it any more
    is_tight: bool = False  # of the film whose budget is too small for all of its takes


@dataclass(frozen=True)
class Mix:
    """How likely each is, 0–1."""

    create: float = 0.25
    poll: float = 0.08
    download: float = 0.3
    ending: float = 0.06
    repeat: float = 0.3
    cancel: float = 0.12
    tight: float = 0.15
    long_download: int = 7  # the number of the take whose download takes longer than a claim lasts; -1: none
    creates: tuple[Fault, ...] = CREATES


def draw(seed: int, number: int, mix: Mix) -> TakePlan:
    dice = random.Random(f"{seed}/{number}")
    creates = [dice.choice(mix.creates)] if dice.random() < mix.create else []
    if creates and creates[0] in (faults.BUSY, faults.TOO_MANY) and dice.random() < 0.3:
        creates.append(dice.choice(mix.creates))
    # never more than two in a row: the pauses between tries double
    polls = {n: dice.choice(POLLS) for n in range(60) if n % 3 and dice.random() < mix.poll}
    downloads = [dice.choice(DOWNLOADS) for _ in range(2) if dice.random() < mix.download]
    ending = dice.choice(list(Ending)[1:]) if dice.random() < mix.ending else Ending.CLIP
    repeats = [dice.choice((0.0, 0.0, 2.0, 8.0)) for _ in range(2) if dice.random() < mix.repeat]
    seconds, padding = dice.uniform(1.0, 3.0), dice.randrange(20_000, 300_000)
    # drawn last, so that the same seed plans the same harm as before
    is_tight = dice.random() < mix.tight
    credits = CREDITS if is_tight else dice.choice((CREDITS, CREDITS, CREDITS - 5, CREDITS + 10))
    cancel_after = dice.choice((0.0, 0.7, 1.5, 2.5)) if dice.random() < mix.cancel else None
    if number == mix.long_download:
        downloads, ending, cancel_after, is_tight = [faults.LONG], Ending.CLIP, None, False
    return TakePlan(
        number=number,
        prompt=f"chaos {seed} take {number:04d}",
        creates=tuple(creates),
        polls=polls,
        downloads=tuple(downloads),
        ending=ending,
        seconds=seconds,
        padding=padding,
        repeats=tuple(repeats),
        credits=credits,
        cancel_after=cancel_after,
        is_tight=is_tight,
    )
