"""What can go wrong with a request to Runway: one vocabulary for all tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LATE_SECONDS = 2.5
PAGE = b"<html><body>Bad day</body></html>"
JSON, HTML, MP4 = "application/json", "text/html", "video/mp4"


@dataclass(frozen=True)
class Fault:
    """What happens to one request.

    `status` and `body` stand in for Runway's own answer, and then the request has no effect, unless it is `accepted`.
    Without them the answer is Runway's own, but comes `late` (in seconds), in so many `pieces` with a `pause` before
    each, or is cut: `arrives` is how much of its body does, as a share from 0 to 1; 0 is not a byte of an answer.
    """

    name: str
    status: int | None = None
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    accepted: bool = False
    late: float = 0.0
    arrives: float = 1.0
    pieces: int = 1
    pause: float = 0.0
    has_length: bool = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_accepted(self) -> bool:
        """Whether Runway does all the same what it was asked for."""
        return self.accepted or (self.status is None and self.arrives > 0)

    @property
    def is_ambiguous(self) -> bool:
        """Whether who sent a paid request cannot know if there is a task now."""
        return self.arrives < 1 or (self.status is not None and self.status >= 500 and self.status != 503)

    def sent(self, body: bytes) -> Iterator[bytes]:
        """What arrives of a body, piece by piece."""
        size = max(len(body) // self.pieces, 1)
        end = int(len(body) * self.arrives)
        for start in range(0, end, size):
            yield body[start : min(start + size, end)]


def refusal(
    status: int, error: str = "Not now", *, retry_after: int | None = None, accepted: bool = False, name: str = "",
    headers: Mapping[str, str] | None = None, **more: Any,
) -> Fault:  # fmt: skip
    """An answer with an error status and Runway's JSON of an error, or another answer that has no effect."""
    after = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(
        name or str(status),
        status,
        json.dumps({"error": error, **more}).encode(),
        headers=tuple({**after, **(headers or {})}.items()),
        accepted=accepted,
    )


def cut_after(share: float) -> Fault:
    """The connection is cut when this share of the answer's body has arrived."""
    return Fault(f"cut after {share:.0%}", arrives=share)


# any request
CUT = Fault("cut", arrives=0.0)
SLOW = Fault("slow", late=LATE_SECONDS)
SERVER_ERROR = refusal(500)

# a paid request
BUSY = refusal(503, "Too busy", retry_after=2, name="503 with Retry-After")
TOO_MANY = refusal(429, "Too many", retry_after=2, name="429 with Retry-After")
ACCEPTED_LATE = Fault("accepted, answered late", late=LATE_SECONDS)
CUT_BEFORE = Fault("cut before acceptance", arrives=0.0)
CUT_AFTER = Fault("cut after acceptance", arrives=0.0, accepted=True)
CUT_IN_ANSWER = Fault("cut in the middle of the answer", arrives=0.5)
BAD_GATEWAY = refusal(502, accepted=True, name="502, accepted")
GATEWAY_TIMEOUT = refusal(504, accepted=True, name="504, accepted")
NOT_ACCEPTED = refusal(500, name="500, not accepted")
REJECTED = refusal(400, "Validation of body failed", issues=[], name="400")
NO_CREDITS = refusal(400, "You do not have enough credits to run this task.", name="no credits")


# any request, answered by something before Runway
def page(status: int, title: str = "Attention Required!") -> Fault:
    """A page of HTML, as proxies, firewalls and the sign-in pages of networks send it."""
    return Fault(f"a page with {status}", status, f"<html><title>{title}</title></html>".encode(), HTML)


# a question about a task
UNAVAILABLE = refusal(503, retry_after=1, name="503 with Retry-After")
NO_JSON = Fault("a page instead of JSON", 200, PAGE, HTML)

# a download
CUT_HALFWAY = Fault("cut half way", arrives=0.5)
EXPIRED = refusal(403, "The link has expired", name="403, link expired")
TRICKLE = Fault("slow", pieces=8, pause=LATE_SECONDS / 8)
# longer than a claim lasts that nobody renews
LONG = Fault("for 22 s", pieces=44, pause=0.5)
DROPS = Fault("a byte at a time", pieces=1 << 62, pause=0.05)
ENDLESS = Fault("endless", 200, bytes(100 * 65536), MP4, pieces=100, has_length=False)
NO_CLIP = Fault("a page instead of a clip", 200, PAGE, MP4)
