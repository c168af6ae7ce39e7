"""Daphne's WebSockets with bounds: what a client sends waits in its own connection, and what it does not read ends it.

By themselves Daphne keeps every frame that arrives until the application has answered those before it, and Twisted
every answer until the client has read it: measured, 3 GB for twenty sockets whose client only sends pings.
"""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from typing import Any

from autobahn.websocket.protocol import PreparedMessage
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer  # type: ignore[import-untyped]

logger = logging.getLogger("dailies.events")

MAX_WAITING_FRAMES = 32
"""Frames of a socket that wait for the application; with more, its connection is not read."""
MAX_UNREAD_BYTES = 4 * 1024 * 1024
"""What may wait for a client that does not read; and how long, in seconds."""
MAX_UNREAD_SECONDS = 30.0


@implementer(IPushProducer)
class SocketProtocol(WebSocketProtocol):  # type: ignore[misc]
    """A socket whose client cannot fill our memory, in neither direction.

    Twisted pauses it as a producer when its client is slow, and resumes it when there is room again.
    """

    unread_since: float | None = None
    unread_bytes = 0
    is_read = True

    def onOpen(self) -> None:
        """Hear from Twisted when the client is slow."""
        super().onOpen()
        # the connection's HTTP had registered itself
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """Pass a frame on, and read no more of them while many wait."""
        # what comes behind our close frame is nobody's
        if self.state != self.STATE_OPEN:
            return
        super().onMessage(payload, isBinary)
        if self.is_read and self.application_queue.qsize() > MAX_WAITING_FRAMES:
            self.is_read = False
            self.transport.pauseProducing()

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Send a message of the application, and read on when it has answered enough."""
        super().handle_reply(message)
        if not self.is_read and self.application_queue.qsize() <= MAX_WAITING_FRAMES // 2:
            self.is_read = True
            self.transport.resumeProducing()

    def serverSend(self, content: Any, binary: bool = False) -> None:
        """Send a frame, or drop a client that has too many of them to read."""
        super().serverSend(content, binary)
        self._note_sent(len(content))

    def send_text(self, text: str) -> None:
        """Send a text without Daphne's way to it, which costs more than the rest of a message to many sockets."""
        if self.state != self.STATE_OPEN:
            return
        frame = _frame(text)
        self._write(frame)
        self._note_sent(len(frame))

    def _write(self, frame: bytes) -> None:
        """Write at once what the system takes: to wait until it is ready costs more than the writing."""
        transport = self.transport
        if not (transport.dataBuffer or transport._tempDataBuffer):
            written = transport.writeSomeData(frame)
            if not isinstance(written, int):
                return  # the connection is lost, and Twisted hears of it when it reads
            frame = frame[written:]
        if frame:
            transport.write(frame)

    def check_timeouts(self) -> None:
        """Drop a client that has not read for long. Daphne asks every second or two."""
        super().check_timeouts()
        self._drop_if_slow()

    def pauseProducing(self) -> None:
        """Note that the client is slow. Twisted says so with every frame that waits."""
        if self.unread_since is None:
            self.unread_since, self.unread_bytes = time.monotonic(), 0

    def resumeProducing(self) -> None:
        """Note that it has read what there was."""
        self.unread_since = None

    def stopProducing(self) -> None:
        """Note that the connection is gone."""
        self.unread_since = None

    def _note_sent(self, count: int) -> None:
        """Count bytes that wait for a slow client, and drop it when they are too many."""
        if self.unread_since is not None:
            self.unread_bytes += count
            self._drop_if_slow()

    def _drop_if_slow(self) -> None:
        if self.unread_since is None:
            return
        if self.unread_bytes > MAX_UNREAD_BYTES or time.monotonic() - self.unread_since > MAX_UNREAD_SECONDS:
            self.unread_since = None
            logger.warning("socket dropped: client=%s does not read", self.client_addr)
            # a close frame would wait behind all that it has not read
            self.transport.abortConnection()


@lru_cache(maxsize=8)
def _frame(text: str) -> bytes:
    """Return the bytes of a frame: the same for all sockets, since ours are not compressed."""
    return bytes(PreparedMessage(text.encode(), isBinary=False, applyMask=False, doNotCompress=True).payloadHybi)


class SocketFactory(WebSocketFactory):  # type: ignore[misc]
    """Daphne's WebSocket factory with our protocol, and a close handshake on errors."""

    protocol = SocketProtocol

    def setProtocolOptions(self, **options: Any) -> None:
        """Close with a code, 1009 for a frame that is too large, instead of dropping the connection."""
        super().setProtocolOptions(failByDrop=False, **options)
