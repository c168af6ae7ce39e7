"""The web process: Daphne on a socket that the studio keeps open, so that a restart refuses no connection.

By themselves Twisted parses every uploaded form in memory, and Daphne keeps the whole body there and all that a slow
reader has not accepted yet: measured, over 300 MB for a clip of 300 MB. Here a body stays on disk and is read as the
application asks for it, and a response waits for its reader.
"""

from __future__ import annotations

import asyncio
import gc
import io
import logging
import sys
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import IO, Any

# first: it installs Twisted's reactor
import daphne.server
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory
from django.conf import settings
from twisted.internet.interfaces import IPushProducer
from twisted.internet.task import LoopingCall
from zope.interface import implementer  # type: ignore[import-untyped]

from config import asgi
from config.studio import heartbeat
from projects.disk.room import is_out_of_room, temporary_file
from projects.problems import Problem, disk_full
from projects.web.envelope import failure_response
from projects.web.errors import UNAVAILABLE

# an ASGI scope or message; Daphne and Twisted have no types of their own
Message = dict[str, Any]

logger = logging.getLogger("dailies.http")

# as long as the largest clip takes on a slow line
_HTTP_SECONDS = 3600
MAX_BODY_BYTES = settings.MAX_VIDEO_BYTES + 1024 * 1024
"""The largest file that is accepted, with the form around it. What is beyond is read and thrown away."""
# a browser sends a few words over the socket
_MAX_FRAME_BYTES = 64 * 1024
MAX_MEMORY_BYTES = 100_000
"""The largest body that is kept in memory."""
TOO_LARGE = Problem(f"A request may have at most {MAX_BODY_BYTES} bytes.", code="too_large", status=413)


class Request(WebRequest):  # type: ignore[misc]
    """A request whose form is not parsed by Twisted, and whose body is limited and kept where the projects are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Switch Twisted's parsing of forms off."""
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.received = 0
        self.problem: Problem | None = None

    def gotLength(self, length: int | None) -> None:
        """Begin the body: in memory while it is small."""
        self.content: IO[bytes] = io.BytesIO()

    def handleContentChunk(self, data: bytes) -> None:
        """Append to the body; after a problem the rest is read and thrown away."""
        self.received += len(data)
        if self.problem:
            return
        if self.received > MAX_BODY_BYTES:
            self._give_up(TOO_LARGE)
            return
        try:
            self._append(data)
        except OSError as error:
            logger.error("a request could not be kept while it arrived: %s", error)
            self._give_up(disk_full() if is_out_of_room(error) else UNAVAILABLE)

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

    def process(self) -> Any:
        """Hand the request to the application, or answer with the problem."""
        if self.problem is None:
            return super().process()
        answer = failure_response(self.problem)
        headers = [(b"Content-Type", b"application/json")]
        self.handle_reply({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": answer.content})
        return None


class Factory(HTTPFactory):  # type: ignore[misc]
    """Daphne's HTTP factory with our request class."""

    def buildProtocol(self, addr: Any) -> Any:
        """Make the protocol of one connection."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol


class SocketFactory(WebSocketFactory):  # type: ignore[misc]
    """Daphne's WebSocket factory with a close handshake on errors."""

    def setProtocolOptions(self, **options: Any) -> None:
        """Close with a code, 1009 for a frame that is too large, instead of dropping the connection."""
        super().setProtocolOptions(failByDrop=False, **options)


@implementer(IPushProducer)
class Backpressure:
    """Twisted pauses it when the reader is too slow, and resumes it when there is room again."""

    def __init__(self) -> None:
        """Begin with room."""
        self.room = asyncio.Event()
        self.room.set()

    def pauseProducing(self) -> None:
        """Note that the buffer is full."""
        self.room.clear()

    def resumeProducing(self) -> None:
        """Note that there is room."""
        self.room.set()

    def stopProducing(self) -> None:
        """Let the response end: the connection is gone."""
        self.room.set()


class Server(daphne.server.Server):  # type: ignore[misc]
    """Daphne's server with bodies on disk, and responses that wait for their reader."""

    def create_application(self, protocol: Any, scope: Message) -> Any:
        """Put the body's file into the scope. Daphne's own queue gets an empty body."""
        if scope["type"] == "http":
            scope[asgi.BODY_FILE], protocol.content = protocol.content, io.BytesIO()
            _tell_length(scope, protocol.received)
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: Message) -> None:
        """Send one message of a response, and wait while the reader is slow."""
        is_body = message["type"] == "http.response.body"
        if is_body and message.get("more_body") and protocol.channel and not protocol.producer:
            protocol.backpressure = Backpressure()
            protocol.registerProducer(protocol.backpressure, True)
        elif is_body and not message.get("more_body") and protocol.channel and protocol.producer:
            protocol.unregisterProducer()
        await super().handle_reply(protocol, message)
        if is_body and message.get("more_body") and protocol.producer:
            await protocol.backpressure.room.wait()


def _tell_length(scope: Message, length: int) -> None:
    """Add the length of a body that came in chunks, without one: Django takes such a body to be empty."""
    names = {name for name, _ in scope["headers"]}
    if length and b"content-length" not in names:
        scope["headers"] = [*scope["headers"], (b"content-length", str(length).encode())]


async def close_body(application: Any, scope: Message, receive: Any, send: Any) -> None:
    """Run an ASGI application, and close the file of the request's body at the end."""
    try:
        await application(scope, receive, send)
    finally:
        if body := scope.get(asgi.BODY_FILE):
            body.close()


def main(application: Any) -> None:
    """Serve an ASGI application: `python -m config.studio.web FD`, where FD is a listening socket."""
    # Server offers no other way to choose its factories
    daphne.server.HTTPFactory, daphne.server.WebSocketFactory = Factory, SocketFactory
    # what is loaded now stays: each full collection would go through it, and hold up one page in twenty
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
    if heartbeat.heartbeat:
        # in the event loop: a blocked loop answers nobody
        LoopingCall(heartbeat.heartbeat.beat).start(heartbeat.BEAT_SECONDS)
    Server(
        partial(close_body, application),
        endpoints=[f"fd:fileno={int(sys.argv[1])}"],
        http_timeout=_HTTP_SECONDS,
        websocket_max_frame_size=_MAX_FRAME_BYTES,
        websocket_max_message_size=_MAX_FRAME_BYTES,
        application_close_timeout=5,
        server_name="dailies",
    ).run()


if __name__ == "__main__":
    main(asgi.application)
