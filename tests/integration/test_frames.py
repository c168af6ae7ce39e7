"""What a socket takes at most."""

from __future__ import annotations

import pytest
from websockets.exceptions import ConnectionClosedError

from tests.api_client import Api
from tests.studio_process import RunningStudio


def test_a_frame_that_is_too_large_closes_its_socket_with_the_reason(studio: RunningStudio) -> None:
    with Api(studio.url, studio.token()).socket() as socket:
        socket.send(type="ping", padding="x" * 60_000)
        assert socket.next()["type"] == "pong"
        socket.send(type="ping", padding="x" * 70_000)
        with pytest.raises(ConnectionClosedError) as closed:
            socket.next()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
