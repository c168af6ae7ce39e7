"""What a prompt asks of the simulator: directives in brackets (listed in the package's docstring) and camera moves."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

DIRECTIVE = re.compile(r"\[(fail|seconds|expire|http|hang|poll|output):([^\]]{1,60})\]")
NUMBER = re.compile(r"\d{1,5}(\.\d{1,3})?")
FAULT = re.compile(r"([45]\d\d)(?:\*(\d{1,4}))?")
NO_CODE = "NONE"

CAMERA_MOVES = {
    "in": r"\b(push|zoom|dolly|move)(es|s|ing)?[ -]in\b",
    "out": r"\b(pull|zoom|dolly|move)(es|s|ing)?[ -](out|back)\b",
    "left": r"\b(pan|truck|track)(s|ning|ing)? (to the )?left\b",
    "right": r"\b(pan|truck|track)(s|ning|ing)? (to the )?right\b",
    "up": r"\b(tilt|crane|boom)(s|ing)? up\b",
    "down": r"\b(tilt|crane|boom)(s|ing)? down\b",
}


@dataclass(frozen=True)
class Fault:
    """An HTTP error status, and how many times it is answered; None means always."""

    status: int
    times: int | None


@dataclass(frozen=True)
class PromptDirectives:
    """The directives of one prompt; times are in seconds, None where the prompt has no such directive."""

    fail: str | None = None
    seconds: float | None = None
    expire: float | None = None
    hang: float = 0
    http: Fault | None = None
    poll: Fault | None = None
    output: Fault | None = None


def parse_directives(prompt: str) -> PromptDirectives:
    """Return the directives of a prompt; one with a malformed value is ignored, as prose."""
    values: dict[str, str] = dict(DIRECTIVE.findall(prompt))
    return PromptDirectives(
        fail=values.get("fail"),
        seconds=_number(values.get("seconds")),
        expire=_number(values.get("expire")),
        hang=_number(values.get("hang")) or 0,
        http=_fault(values.get("http")),
        poll=_fault(values.get("poll")),
        output=_fault(values.get("output")),
    )


def camera_move(prompt: str) -> str | None:
    """Return the camera move that a prompt describes, a key of `CAMERA_MOVES`; None when it describes none."""
    return next((move for move, words in CAMERA_MOVES.items() if re.search(words, prompt, re.IGNORECASE)), None)


class FaultCounter:
    """Counts how many times each fault was answered since the process began."""

    def __init__(self) -> None:
        self._answered: Counter[tuple[str, str]] = Counter()

    def status(self, fault: Fault | None, call: str, subject: str) -> int | None:
        """Return the status to answer a call about a subject (a prompt or a task id) with; None when all is well."""
        if fault is None or (fault.times is not None and self._answered[call, subject] >= fault.times):
            return None
        self._answered[call, subject] += 1
        return fault.status


def _number(text: str | None) -> float | None:
    return float(text) if text and NUMBER.fullmatch(text) else None


def _fault(text: str | None) -> Fault | None:
    match = FAULT.fullmatch(text or "")
    return Fault(int(match[1]), int(match[2]) if match[2] else None) if match else None
