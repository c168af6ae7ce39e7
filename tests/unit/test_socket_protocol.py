"""What the server's short way writes: at once what the system takes, and the rest behind it."""

from __future__ import annotations

from typing import Any

import pytest

from config.studio.web_sockets import SocketProtocol


class Transport:
    """A connection of Twisted's whose system takes so many bytes, or is gone with None."""

    def __init__(self, takes: int | None, *waiting: bytes) -> None:
        self.takes = takes
        self.dataBuffer = b""
        self._tempDataBuffer = list(waiting)
        self.sent = b""

    def writeSomeData(self, data: bytes) -> int | Exception:
        if self.takes is None:
            return ConnectionError()
        self.sent += data[: self.takes]
        return min(self.takes, len(data))

    def write(self, data: bytes) -> None:
        self._tempDataBuffer.append(data)


def protocol(transport: Transport) -> Any:
    made: Any = SocketProtocol()
    made.transport = transport
    made.state = SocketProtocol.STATE_OPEN
    return made


FRAME = b"\x81\x05hello"


@pytest.mark.parametrize(
    ("transport", "sent", "waits"),
    [
        (Transport(100), FRAME, []),
        (Transport(3), FRAME[:3], [FRAME[3:]]),
        (Transport(0), b"", [FRAME]),
        (Transport(100, b"before"), b"", [b"before", FRAME]),
        (Transport(None), b"", []),
    ],
    ids=["all", "a part", "nothing", "something waits", "gone"],
)
def test_each_byte_goes_once_and_in_order(transport: Transport, sent: bytes, waits: list[bytes]) -> None:
    protocol(transport).send_text("hello")
    assert (transport.sent, transport._tempDataBuffer) == (sent, waits)


def test_a_socket_that_closes_is_sent_nothing() -> None:
    transport = Transport(100)
    closing = protocol(transport)
    closing.state = SocketProtocol.STATE_CLOSING
    closing.send_text("hello")
    assert transport.sent == b""
