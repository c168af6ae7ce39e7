"""Runway's refusals, sorted by what happens next.

RunwayError
├── NotAccepted          nothing was accepted: the same step again, later
│   ├── Unreachable      refused, no such host, no answer to a question that costs nothing
│   └── Busy             429, 503
├── Parked               accepted later by itself, when money or quota allow
│   ├── OutOfCredits
│   └── DailyLimit
├── Rejected             400, 401, 403, 404 …: never again unchanged
│   ├── Unauthorized
│   └── TaskGone         Runway does not know the task (any more)
└── OutcomeUnknown       a paid request went out and no usable answer came back
"""

from __future__ import annotations


class RunwayError(Exception):
    """`code` is for programs, `str(error)` one sentence for people."""

    code = "runway_error"


class NotAccepted(RunwayError):
    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(NotAccepted):
    code = "runway_unreachable"


class Busy(NotAccepted):
    code = "runway_busy"


class Parked(RunwayError):
    pass


class OutOfCredits(Parked):
    code = "not_enough_credits"


class DailyLimit(Parked):
    code = "daily_limit"


class Rejected(RunwayError):
    code = "runway_rejected"

    def __init__(self, message: str, status: int, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.field = field


class Unauthorized(Rejected):
    code = "runway_unauthorized"


class TaskGone(Rejected):
    code = "task_gone"


class OutcomeUnknown(RunwayError):
    code = "outcome_unknown"


# failure codes of finished tasks, longest prefix first: may the same be tried again by a click, and what it means
FAILURES: tuple[tuple[str, bool, str], ...] = (
    ("SAFETY.INPUT", False, "Runway's moderation refused the prompt or the picture; change it before trying again."),
    ("SAFETY.OUTPUT", False, "Runway's moderation refused the result; change the prompt before trying again."),
    ("SAFETY.", False, "Runway's moderation refused this; change the prompt or the picture before trying again."),
    ("INPUT_PREPROCESSING.SAFETY", False, "The picture or the prompt was refused by moderation; change it first."),
    ("INPUT_PREPROCESSING.INTERNAL", True, "Runway could not prepare the input; trying again may help."),
    ("ASSET.INVALID", False, "Runway cannot use the picture; try another size, shape or format."),
    ("INTERNAL.BAD_OUTPUT", False, "The result was unusable; change the prompt or the picture (no logos or text)."),
    ("THIRD_PARTY.UNAVAILABLE", True, "The model's provider is away; trying again in some minutes may help."),
    ("THIRD_PARTY.", False, "The model's provider refused the input; change it before trying again."),
    ("INTERNAL", True, "Runway had an internal error; trying again may help."),
    ("", True, "The generation failed at Runway without a reason; trying again may help."),
)


def failure_of(code: str) -> tuple[bool, str]:
    """Whether a failed task may be tried again unchanged, and what its code means in words."""
    for prefix, retryable, meaning in FAILURES:
        if code.startswith(prefix) and (prefix or not code):
            return retryable, meaning
    return False, "The generation failed at Runway."
