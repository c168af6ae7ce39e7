"""HTTP requests as they arrive: bodies on disk and within limits, headers and bodies within deadlines.

By themselves Twisted parses every uploaded form in memory, and Daphne keeps the whole body there. And whoever sends a
byte a minute keeps a connection and a part of a request for ever.
"""

from __future__ import annotations

import asyncio
import io
import logging
import time
from contextlib import suppress
from typing import IO, Any
from weakref import WeakSet

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings
from twisted.internet.protocol import connectionDone
from twisted.internet.task import LoopingCall
from twisted.web.http import HTTPChannel

from config.studio import body_limits
from config.studio.body_limits import ANYBODY_BYTES
from projects.disk.room import is_out_of_room, temporary_file
from projects.problems import Problem, disk_full
from projects.web.envelope import failure_response
from projects.web.errors import UNAVAILABLE

logger = logging.getLogger("dailies.http")

MAX_MEMORY_BYTES = 100_000
"""The largest body that is kept in memory."""
HEADER_SECONDS = 10.0
"""From the connection, or the first byte of a later request, to the end of the headers."""
BODY_SECONDS, MIN_BODY_RATE = 30.0, 8 * 1024
"""A body has so many seconds, and one more for every so many bytes that have arrived."""
# how long the rest of a refused body is read, so that the answer is not lost with the connection
_LINGER_SECONDS = 2.0


def too_large(limit: int) -> Problem:
    """Return Problem 413."""
    hint = " Sign in to send more." if limit == ANYBODY_BYTES else ""
    return Problem(f"This request may have at most {limit} bytes.{hint}", code="too_large", status=413)


class Request(WebRequest):  # type: ignore[misc]
    """A request whose form is not parsed by Twisted, and whose body is limited and kept where the projects are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Switch Twisted's parsing of forms off."""
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.received = 0
        self.limit = ANYBODY_BYTES
        self.problem: Problem | None = None
        # while it is being found out what this body may be; None before and after
        self.decision: asyncio.Future[None] | None = None
        self.is_decided = False
        self.is_whole = False
        self.is_answered = False

    def gotLength(self, length: int | None) -> None:
        """Begin the body: in memory while it is small."""
        self.content: IO[bytes] = io.BytesIO()
        self.length = length
        if (length or 0) > self.limit:
            self._decide()

    def handleContentChunk(self, data: bytes) -> None:
        """Append to the body; after a problem the rest is read and thrown away."""
        self.received += len(data)
        if self.problem:
            return
        if self.received > self.limit:
            if self.is_decided:
                self._give_up(too_large(self.limit))
                return
            self._decide()
        try:
            self._append(data)
        except OSError as error:
            logger.error("a request could not be kept while it arrived: %s", error)
            self._give_up(disk_full() if is_out_of_room(error) else UNAVAILABLE)

    def process(self) -> Any:
        """Hand the request to the application, or answer with the problem."""
        self.is_whole = True
        if self.decision or self.is_answered:
            return None
        if self.problem is None:
            return super().process()
        answer = failure_response(self.problem)
        headers = [(b"Content-Type", b"application/json")]
        self.handle_reply({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": answer.content})
        return None

    def _append(self, data: bytes) -> None:
        if isinstance(self.content, io.BytesIO) and self.received > MAX_MEMORY_BYTES:
            data = self.content.getvalue() + data
            self.content = temporary_file(settings.PROJECTS_ROOT)
        self.content.write(data)
        # now, and not when the body is read: here a full disk can be answered
        self.content.flush()

    def _give_up(self, problem: Problem) -> None:
        self.problem = problem
        # what could not be written is tried once more
        with suppress(OSError):
            self.content.close()
        self.content = io.BytesIO()

    def _decide(self) -> None:
        """Find out how large this body may be, and read no more until that is known."""
        if self.decision is None and not self.is_decided:
            self.channel.transport.pauseProducing()
            self.decision = asyncio.ensure_future(self._find_limit())

    async def _find_limit(self) -> None:
        path = self.channel.path_of(self).decode("ascii", "replace")
        self.limit = await body_limits.body_limit(path, self._header("Authorization"), self._header("Cookie"))
        self.is_decided, self.decision = True, None
        if self.channel is None or self.channel.transport is None:
            return
        if self.limit == ANYBODY_BYTES:
            self._refuse(too_large(self.limit))
        elif self.received > self.limit:
            self._give_up(too_large(self.limit))
        self.channel.transport.resumeProducing()
        if self.is_whole:
            self.process()

    def _header(self, name: str) -> str:
        values = self.requestHeaders.getRawHeaders(name)
        return str(values[0]) if values else ""

    def _refuse(self, problem: Problem) -> None:
        """Answer before the body is read, and close; what is on its way is thrown away."""
        self._give_up(problem)
        self.is_answered = True
        body = failure_response(problem).content
        head = f"HTTP/1.1 {problem.status} Refused\r\nContent-Type: application/json\r\nConnection: close\r\n"
        self.channel.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self.channel.transport.loseWriteConnection()
        self.channel.callLater(_LINGER_SECONDS, self.channel.transport.abortConnection)


class Channel(HTTPChannel):
    """A connection that knows since when it waits for headers, or for a body."""

    headers_since: float | None = None
    body_since: float | None = None

    def connectionMade(self) -> None:
        """Wait for the first request."""
        super().connectionMade()  # type: ignore[no-untyped-call]
        self.headers_since = time.monotonic()
        self.factory.channels.add(self)

    def connectionLost(self, reason: Any = connectionDone) -> None:
        """Wait for nothing more."""
        self.headers_since = self.body_since = None
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def dataReceived(self, data: bytes) -> None:
        """Note when a later request begins."""
        if self.headers_since is None and self.body_since is None and not self._handlingRequest:
            self.headers_since = time.monotonic()
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def allHeadersReceived(self) -> None:
        """Wait for the body."""
        self.headers_since, self.body_since = None, time.monotonic()
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def allContentReceived(self) -> None:
        """Wait for nothing until the request is answered."""
        self.headers_since = self.body_since = None
        super().allContentReceived()  # type: ignore[no-untyped-call]

    def path_of(self, request: Request) -> bytes:
        """Return the path of a request whose body may not have arrived."""
        address: Any = self._path if hasattr(self, "_path") else request.uri
        return bytes(address.partition(b"?")[0])

    def is_late(self, now: float) -> bool:
        """Return whether the client has taken too long for its headers, or for what has arrived of its body."""
        if self.headers_since is not None:
            return now - self.headers_since > HEADER_SECONDS
        if self.body_since is None or not self.requests:
            return False
        return bool(now - self.body_since > BODY_SECONDS + self.requests[-1].received / MIN_BODY_RATE)


class Factory(HTTPFactory):  # type: ignore[misc]
    """Daphne's HTTP factory with our requests and connections, whose deadlines it watches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin without connections."""
        super().__init__(*args, **kwargs)
        self.protocol = Channel
        # weak: one that becomes a WebSocket never hears of its end
        self.channels: WeakSet[Channel] = WeakSet()
        self._watch = LoopingCall(self._drop_late)

    def startFactory(self) -> None:
        """Watch the deadlines."""
        super().startFactory()
        self._watch.start(1, now=False)

    def stopFactory(self) -> None:
        """Watch them no more."""
        super().stopFactory()
        if self._watch.running:
            self._watch.stop()

    def buildProtocol(self, addr: Any) -> Any:
        """Make the protocol of one connection."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol

    def _drop_late(self) -> None:
        now = time.monotonic()
        for channel in list(self.channels):
            try:
                self._drop_if_late(channel, now)
            # one that ended the watch would end it for all
            except Exception:
                logger.exception("a deadline could not be watched")
                self.channels.discard(channel)

    def _drop_if_late(self, channel: Channel, now: float) -> None:
        # one that has become a WebSocket is no longer the transport's protocol
        if getattr(channel.transport, "protocol", None) is channel and channel.is_late(now):
            channel.transport.abortConnection()
