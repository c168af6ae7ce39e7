"""The web process: Daphne on a socket that the studio keeps open, so that a restart refuses no connection.

By themselves Twisted parses every uploaded form in memory, and Daphne keeps the whole body there and all that a slow
reader has not accepted yet: measured, over 300 MB for a clip of 300 MB. Here a body stays on disk and is read as the
application asks for it, and a response waits for its reader.
"""

from __future__ import annotations

import asyncio
import gc
import io
import json
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import import_module
from typing import Any

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

# an ASGI scope or message; Daphne and Twisted have no types of their own
Message = dict[str, Any]

CHUNK_BYTES = 64 * 1024
# as long as the largest clip takes on a slow line
_HTTP_SECONDS = 3600
MAX_BODY_BYTES = settings.MAX_VIDEO_BYTES + 1024 * 1024
"""The largest file that is accepted, with the form around it. What is beyond is read and thrown away."""
# a browser sends a few words over the socket
_MAX_FRAME_BYTES = 64 * 1024
_TOO_LARGE = {
    "status": "error",
    "message": f"A request may have at most {MAX_BODY_BYTES} bytes.",
    "code": "too_large",
    "errors": [],
}
# the key of the body's file in the ASGI scope
_BODY = "dailies.body"


class Request(WebRequest):  # type: ignore[misc]
    """A request whose form is not parsed by Twisted, and whose body is limited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Switch Twisted's parsing of forms off."""
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.received = 0

    def handleContentChunk(self, data: bytes) -> None:
        """Count the body, and write it to disk up to the limit."""
        self.received += len(data)
        if self.received <= MAX_BODY_BYTES:
            super().handleContentChunk(data)

    def process(self) -> Any:
        """Hand the request to the application, or answer 413."""
        if self.received <= MAX_BODY_BYTES:
            return super().process()
        headers = [(b"Content-Type", b"application/json")]
        self.handle_reply({"type": "http.response.start", "status": 413, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": json.dumps(_TOO_LARGE).encode()})
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
            scope[_BODY], protocol.content = protocol.content, io.BytesIO()
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


async def with_body_from_disk(
    application: Any, scope: Any, receive: Callable[[], Awaitable[Message]], send: Any
) -> None:
    """Run an ASGI application that receives its body in chunks, from the file into which Daphne has written it."""
    body = scope.pop(_BODY, None)

    async def receive_chunk() -> Message:
        nonlocal body
        if body is not None:
            chunk = body.read(CHUNK_BYTES)
            more = len(chunk) == CHUNK_BYTES
            if not more:
                body.close()
                body = None
            return {"type": "http.request", "body": chunk, "more_body": more}
        message = await receive()
        # the empty body of Daphne's queue
        return await receive() if message["type"] == "http.request" else message

    await application(scope, receive if body is None else receive_chunk, send)


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
        partial(with_body_from_disk, application),
        endpoints=[f"fd:fileno={int(sys.argv[1])}"],
        http_timeout=_HTTP_SECONDS,
        websocket_max_frame_size=_MAX_FRAME_BYTES,
        websocket_max_message_size=_MAX_FRAME_BYTES,
        application_close_timeout=5,
        server_name="dailies",
    ).run()


if __name__ == "__main__":
    main(asgi.application)
