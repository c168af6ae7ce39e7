"""Errors of calls to Runway, sorted by what happens next.

RunwayError
├── NotAccepted          nothing was accepted: the same step is tried again later
│   ├── Unreachable      connection refused, no such host, no answer of Runway's to a free call
│   └── Busy             429, 503
├── Parked               not accepted until credits or quota allow it
│   ├── OutOfCredits
│   └── DailyLimit
├── Rejected             400, 401, 403, 404 …: never again unchanged
│   ├── Unauthorized
│   ├── Intercepted      something on the way refused it with a 4xx; Runway never saw it
│   └── TaskGone         Runway does not know the task, or no longer
└── OutcomeUnknown       a paid request went out and no usable answer came back
"""

from __future__ import annotations


class RunwayError(Exception):
    """A call to Runway that failed. `code` is for programs, `str(error)` is one sentence for people."""

    code = "runway_error"


class NotAccepted(RunwayError):
    """Runway accepted nothing. `retry_after` is the number of seconds that it asks to wait, if it does."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(NotAccepted):
    """No connection, or no usable answer to a call that costs nothing."""

    code = "runway_unreachable"


class Busy(NotAccepted):
    """Runway sheds load or limits the rate (429, 503)."""

    code = "runway_busy"


class Parked(RunwayError):
    """Runway accepts the request as soon as there are credits or quota again."""


class OutOfCredits(Parked):
    """The account has too few credits."""

    code = "not_enough_credits"


class DailyLimit(Parked):
    """The account has reached its tasks of one model in 24 hours."""

    code = "daily_limit"


class Rejected(RunwayError):
    """Runway refuses the request. `status` is the HTTP status, `field` the first field named, as "a.0.b", or empty."""

    code = "runway_rejected"

    def __init__(self, message: str, status: int, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.field = field


class Unauthorized(Rejected):
    """Runway itself refuses the API key (401, 403)."""

    code = "runway_unauthorized"


class Intercepted(Rejected):
    """Something on the way, such as a proxy or a firewall, answered a paid request with a 4xx instead of Runway."""

    code = "runway_intercepted"


class TaskGone(Rejected):
    """Runway does not know the task: it never existed, was deleted, or was cancelled."""

    code = "task_gone"


class OutcomeUnknown(RunwayError):
    """A paid request may have created a task whose id nobody received."""

    code = "outcome_unknown"
