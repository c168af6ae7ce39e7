"""The web process: Daphne on a socket that the studio keeps open, so that no caller is refused while it is restarted.

Left to themselves, Twisted parses every uploaded form in memory, and Daphne keeps there the whole body and whatever a
slow reader has not taken yet: measured, 300 MB and more for a clip of 300 MB. Here a body stays on disk and is read as
the application asks for it, and a reply waits for its reader.
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
from zope.interface import implementer  # type: ignore[import-untyped]

from config import asgi

# an ASGI scope or message; Daphne and Twisted have no types of their own
Message = dict[str, Any]

CHUNK = 64 * 1024
# as long as the largest clip takes on a slow line
HTTP_SECONDS = 3600
# the largest file that may come, and the form around it; what is beyond is read off the line and thrown away
MAX_BODY = settings.MAX_VIDEO_BYTES + 1024 * 1024
TOO_LARGE = {
    "status": "error",
    "message": f"A request may have {MAX_BODY} bytes at most.",
    "code": "too_large",
    "errors": [],
}
# what a browser sends over the socket is a few words
MAX_FRAME = 64 * 1024
BODY = "dailies.body"


class Request(WebRequest):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.received = 0

    def handleContentChunk(self, data: bytes) -> None:
        self.received += len(data)
        if self.received <= MAX_BODY:
            super().handleContentChunk(data)

    def process(self) -> Any:
        if self.received <= MAX_BODY:
            return super().process()
        headers = [(b"Content-Type", b"application/json")]
        self.handle_reply({"type": "http.response.start", "status": 413, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": json.dumps(TOO_LARGE).encode()})
        return None


class Factory(HTTPFactory):  # type: ignore[misc]
    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol


class SocketFactory(WebSocketFactory):  # type: ignore[misc]
    def setProtocolOptions(self, **options: Any) -> None:
        """Who sends too large a frame is told so (1009), instead of a connection that just breaks off."""
        super().setProtocolOptions(failByDrop=False, **options)


@implementer(IPushProducer)
class Flow:
    """Twisted calls it when the reader is too slow, and again when there is room."""

    def __init__(self) -> None:
        self.room = asyncio.Event()
        self.room.set()

    def pauseProducing(self) -> None:
        self.room.clear()

    def resumeProducing(self) -> None:
        self.room.set()

    def stopProducing(self) -> None:
        self.room.set()


class Server(daphne.server.Server):  # type: ignore[misc]
    def create_application(self, protocol: Any, scope: Message) -> Any:
        if scope["type"] == "http":
            # what stays is empty, so Daphne's queue gets nothing but the end
            scope[BODY], protocol.content = protocol.content, io.BytesIO()
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: Message) -> None:
        is_body = message["type"] == "http.response.body"
        if is_body and message.get("more_body") and protocol.channel and not protocol.producer:
            protocol.flow = Flow()
            protocol.registerProducer(protocol.flow, True)
        elif is_body and not message.get("more_body") and protocol.channel and protocol.producer:
            protocol.unregisterProducer()
        await super().handle_reply(protocol, message)
        if is_body and message.get("more_body") and protocol.producer:
            await protocol.flow.room.wait()


async def with_its_body(application: Any, scope: Any, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
    """The application, given the request's body piece by piece from the file where Daphne has put it."""
    body = scope.pop(BODY, None)

    async def receive_piece() -> Message:
        nonlocal body
        if body is not None:
            piece = body.read(CHUNK)
            more = len(piece) == CHUNK
            if not more:
                body.close()
                body = None
            return {"type": "http.request", "body": piece, "more_body": more}
        message = await receive()
        return await receive() if message["type"] == "http.request" else message

    await application(scope, receive if body is None else receive_piece, send)


def main(application: Any) -> None:
    """`python -m config.web FD`: FD is a listening socket."""
    # its Server has no other way in
    daphne.server.HTTPFactory, daphne.server.WebSocketFactory = Factory, SocketFactory
    # what is loaded stays: looked through by each full collection, it would hold up one page in twenty
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
    Server(
        partial(with_its_body, application),
        endpoints=[f"fd:fileno={int(sys.argv[1])}"],
        http_timeout=HTTP_SECONDS,
        websocket_max_frame_size=MAX_FRAME,
        websocket_max_message_size=MAX_FRAME,
        application_close_timeout=5,
        server_name="dailies",
    ).run()


if __name__ == "__main__":
    main(asgi.application)
