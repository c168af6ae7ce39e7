"""A program that receives webhooks: it checks each signature by the library, and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Receiver:
    """`answers` are the statuses of the next answers, then 204. `got`: the checked messages, `ids`: their ids."""

    secret: str = ""
    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def take(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        self.paths.append(path)
        if self.secret:
            # raises where the signature or the time is wrong
            self.got.append(Webhook(self.secret).verify(body, headers))
        self.ids.append(headers["webhook-id"])
        return self.answers.pop(0) if self.answers else 204

    @property
    def types(self) -> list[str]:
        return [message["type"] for message in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Listen on loopback; the address is in `url`."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = state.take(self.path, body, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield state
        server.shutdown()
        thread.join()
