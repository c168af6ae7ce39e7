"""The bytes of an output link, as they arrive."""

from __future__ import annotations

from dataclasses import dataclass

import requests


class OutputInterrupted(Exception):
    """The connection broke off, or the host cannot be reached."""


class OutputRefused(Exception):
    """The link can never be opened: it is no http or https address, or leads to a private one or nowhere."""


@dataclass(frozen=True)
class OutputStream:
    """What the store answers to a request for an output."""

    response: requests.Response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def is_page(self) -> bool:
        """Whether a page of HTML comes instead of a file: the sign-in page of a network, or a filter's refusal."""
        return self.response.headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml"))

    @property
    def content_range(self) -> str:
        """The Content-Range header, empty without one."""
        return self.response.headers.get("Content-Range", "")

    def read(self, size: int) -> bytes:
        """Return the bytes that are there, `size` at most; empty at the end.

        A full chunk of a stream that trickles in would take too long to be noticed, so it is not waited for.
        """
        chunk: bytes = self.response.raw.read1(size, decode_content=True)
        return chunk
