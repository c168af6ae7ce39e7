"""The fake Runway over real HTTP, on a port of this machine."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from tests.fakes.runway.fake import FakeRunway
from tests.fakes.runway.messages import Answer, Request

AnyRunway = TypeVar("AnyRunway", bound=FakeRunway)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    runway: FakeRunway

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read what was sent from the fake's `requests` and its ledger."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # its sender died: Runway has no request
            self.close_connection = True
            return
        path = self.path.partition("?")[0]
        self._send(self.runway.answer(Request(self.command, path, dict(self.headers), body)))

    do_POST = do_DELETE = do_GET

    def _send(self, answer: Answer) -> None:
        fault = answer.fault
        if fault.arrives > 0:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if fault.has_length and answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            # who has had enough of it hangs up
            with contextlib.suppress(ConnectionError):
                for piece in fault.sent(answer.body):
                    time.sleep(fault.pause)
                    self.wfile.write(piece)
        if fault.arrives < 1 or not fault.has_length:
            self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers may be killed at any time; everything else is a fault of the test's."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class RunwayServer:
    """`with RunwayServer(runway) as server:`; the fake's `url` is the address, the same after `away`."""

    def __init__(self, runway: FakeRunway) -> None:
        self.runway = runway
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        runway.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> RunwayServer:
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _begin(self) -> None:
        self._server = Server(("127.0.0.1", self._port), type("BoundHandler", (Handler,), {"runway": self.runway}))
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def _end(self) -> None:
        self._server.shutdown()
        self._server.socket.close()
        self._thread.join()

    def away(self, seconds: float) -> None:
        """Refuse connections for a while; what is under way comes to its end."""
        self._end()
        time.sleep(seconds)
        self._begin()


@contextmanager
def serving(runway: AnyRunway) -> Iterator[AnyRunway]:
    with RunwayServer(runway):
        yield runway
