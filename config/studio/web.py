"""The web process: Daphne on a socket that the studio keeps open, so that a restart refuses no connection.

By itself Daphne keeps in memory all that a slow reader has not accepted yet: measured, over 300 MB for a clip of
300 MB. Here a body is read from the disk as the application asks for it, and a response waits for its reader.
"""

from __future__ import annotations

import asyncio
import gc
import io
import sys
from functools import partial
from importlib import import_module
from typing import Any

# first: it installs Twisted's reactor
import daphne.server
from asgiref.sync import SyncToAsync
from django.conf import settings
from twisted.internet.interfaces import IPushProducer
from twisted.internet.task import LoopingCall
from zope.interface import implementer  # type: ignore[import-untyped]

from config import asgi
from config.request_threads import keep_connections
from config.studio import heartbeat
from config.studio.web_requests import Factory
from config.studio.web_sockets import SocketFactory
from generation.live.sockets import SEND_TEXT

# an ASGI scope or message; Daphne and Twisted have no types of their own
Message = dict[str, Any]

# as long as the largest clip takes on a slow line
_HTTP_SECONDS = 3600
# a browser sends a few words over the socket
_MAX_FRAME_BYTES = 64 * 1024


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
        """Put the body's file, or the short way to a socket, into the scope. Daphne's queue gets an empty body."""
        if scope["type"] == "http":
            scope[asgi.BODY_FILE], protocol.content = protocol.content, io.BytesIO()
            _tell_length(scope, protocol.received)
        else:
            scope[SEND_TEXT] = protocol.send_text
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
    # the one thread in which all sockets ask the database: a client that comes back subscribes to hundreds of jobs
    SyncToAsync.single_thread_executor.submit(keep_connections)
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
