"""What a prompt asks of the simulator; the words are listed in the package's docstring."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

WORD = re.compile(r"\[(fail|seconds|expire|http|hang|poll|output):([^\]]{1,60})\]")
NUMBER = re.compile(r"\d{1,5}(\.\d{1,3})?")
FAULT = re.compile(r"([45]\d\d)(?:\*(\d{1,4}))?")
NO_CODE = "NONE"

# what the camera does, for those who ask for it in so many words
CAMERA = {
    "in": r"\b(push|zoom|dolly|move)(es|s|ing)?[ -]in\b",
    "out": r"\b(pull|zoom|dolly|move)(es|s|ing)?[ -](out|back)\b",
    "left": r"\b(pan|truck|track)(s|ning|ing)? (to the )?left\b",
    "right": r"\b(pan|truck|track)(s|ning|ing)? (to the )?right\b",
    "up": r"\b(tilt|crane|boom)(s|ing)? up\b",
    "down": r"\b(tilt|crane|boom)(s|ing)? down\b",
}


@dataclass(frozen=True)
class Fault:
    """An HTTP status, and how often it is answered; None: always."""

    status: int
    times: int | None


@dataclass(frozen=True)
class PromptWords:
    fail: str | None = None
    seconds: float | None = None
    expire: float | None = None
    hang: float = 0
    http: Fault | None = None
    poll: Fault | None = None
    output: Fault | None = None


def read(prompt: str) -> PromptWords:
    """A word that makes no sense is taken as prose."""
    found: dict[str, str] = dict(WORD.findall(prompt))
    return PromptWords(
        fail=found.get("fail"),
        seconds=_number(found.get("seconds")),
        expire=_number(found.get("expire")),
        hang=_number(found.get("hang")) or 0,
        http=_fault(found.get("http")),
        poll=_fault(found.get("poll")),
        output=_fault(found.get("output")),
    )


def camera_move(prompt: str) -> str | None:
    return next((move for move, words in CAMERA.items() if re.search(words, prompt, re.IGNORECASE)), None)


class Faults:
    """How often each fault was answered since the start of the process."""

    def __init__(self) -> None:
        self._answered: Counter[tuple[str, str]] = Counter()

    def status(self, fault: Fault | None, place: str, subject: str) -> int | None:
        """The status to answer with now, or None when all is well."""
        if fault is None or (fault.times is not None and self._answered[place, subject] >= fault.times):
            return None
        self._answered[place, subject] += 1
        return fault.status


def _number(text: str | None) -> float | None:
    return float(text) if text and NUMBER.fullmatch(text) else None


def _fault(text: str | None) -> Fault | None:
    match = FAULT.fullmatch(text or "")
    return Fault(int(match[1]), int(match[2]) if match[2] else None) if match else None
