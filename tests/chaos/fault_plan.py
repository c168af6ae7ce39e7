"""What Runway will do to each take, drawn from the seed before anything starts: the same seed plans the same harm."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Create(StrEnum):
    """What happens to a paid request instead of a plain answer."""

    BUSY = "503 with Retry-After"
    TOO_MANY = "429 with Retry-After"
    SLOW = "accepted, answered late"
    CUT_BEFORE = "cut before acceptance"
    CUT_AFTER = "cut after acceptance"
    CUT_IN_ANSWER = "cut in the middle of the answer"
    BAD_GATEWAY = "502, accepted"
    GATEWAY_TIMEOUT = "504, accepted"
    SERVER_ERROR = "500, not accepted"
    REJECTED = "400"


# after these nobody but Runway knows whether there is a task
AMBIGUOUS = {
    Create.CUT_BEFORE,
    Create.CUT_AFTER,
    Create.CUT_IN_ANSWER,
    Create.BAD_GATEWAY,
    Create.GATEWAY_TIMEOUT,
    Create.SERVER_ERROR,
}
PAID = {Create.SLOW, Create.CUT_AFTER, Create.CUT_IN_ANSWER, Create.BAD_GATEWAY, Create.GATEWAY_TIMEOUT}


class Poll(StrEnum):
    UNAVAILABLE = "503 with Retry-After"
    SERVER_ERROR = "500"
    CUT = "cut"
    SLOW = "slow"
    NO_JSON = "a page instead of JSON"


class Download(StrEnum):
    CUT = "cut half way"
    EXPIRED = "403, link expired"
    SERVER_ERROR = "500"
    SLOW = "slow"
    PAGE = "a page instead of a clip"


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
    creates: tuple[Create, ...]
    polls: Mapping[int, Poll]  # by the number of the question
    downloads: tuple[Download, ...]
    ending: Ending
    seconds: float  # of the task at Runway
    padding: int  # bytes that make its clip larger, and its own
    repeats: tuple[float, ...]  # after how many seconds the same call is made once more, with the same key


@dataclass(frozen=True)
class Mix:
    """How likely each is, 0–1."""

    create: float = 0.25
    poll: float = 0.08
    download: float = 0.3
    ending: float = 0.06
    repeat: float = 0.3
    creates: tuple[Create, ...] = field(default=tuple(Create))


def draw(seed: int, number: int, mix: Mix) -> TakePlan:
    dice = random.Random(f"{seed}/{number}")
    creates = [dice.choice(mix.creates)] if dice.random() < mix.create else []
    if creates and creates[0] in (Create.BUSY, Create.TOO_MANY) and dice.random() < 0.3:
        creates.append(dice.choice(mix.creates))
    # never more than two in a row: the pauses between tries double
    polls = {n: dice.choice(list(Poll)) for n in range(60) if n % 3 and dice.random() < mix.poll}
    downloads = [dice.choice(list(Download)) for _ in range(2) if dice.random() < mix.download]
    ending = dice.choice(list(Ending)[1:]) if dice.random() < mix.ending else Ending.CLIP
    repeats = [dice.choice((0.0, 0.0, 2.0, 8.0)) for _ in range(2) if dice.random() < mix.repeat]
    return TakePlan(
        number=number,
        prompt=f"chaos {seed} take {number:04d}",
        creates=tuple(creates),
        polls=polls,
        downloads=tuple(downloads),
        ending=ending,
        seconds=dice.uniform(1.0, 3.0),
        padding=dice.randrange(20_000, 300_000),
        repeats=tuple(repeats),
    )
