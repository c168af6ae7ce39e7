"""Runway behind a proxy of the environment: what goes through it, and which paid requests were never sent."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from generation.runway import errors, route
from generation.runway.client import Client
from generation.runway.output_stream import OutputRefused
from projects.net.errors import AddressUnreachable
from projects.net.fetch import fetch_bytes
from tests.certificates import write_certificate

NAME = "api.runway.example"


class Runway(BaseHTTPRequestHandler):
    """Answer each POST with a task, each GET with bytes; with `cuts` hang up after the request has arrived."""

    protocol_version = "HTTP/1.1"
    seen: list[str] = []
    cuts = False

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append(f"{self.command} {self.path} {self.headers['Authorization']}")
        if self.cuts:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        body = json.dumps({"id": "7d3a1b52-0c4e-4f6a-9b1d-2e8f5a6c7d90"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        pass


class Proxy(BaseHTTPRequestHandler):
    """Connect to Runway, whatever host is asked for; with `status` refuse to."""

    seen: list[str] = []
    target = 0
    status = 200

    def do_CONNECT(self) -> None:
        self.seen.append(self.path)
        if self.status != 200:
            self.send_error(self.status)
            return
        with socket.create_connection(("127.0.0.1", self.target)) as other:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pass_on, args=(other, self.connection))
            back.start()
            _pass_on(self.connection, other)
            back.join()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a test makes a caller hang up on an unknown certificate."""


@contextmanager
def serving(handler: Any, context: ssl.SSLContext | None = None) -> Iterator[int]:
    with Server(("127.0.0.1", 0), handler) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return write_certificate("*.runway.example", tmp_path / "authority.pem")


@pytest.fixture
def runway(authority: Path) -> Iterator[type[Runway]]:
    handler = type("Handler", (Runway,), {"seen": []})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    with serving(handler, context) as port:
        handler.port = port  # type: ignore[attr-defined]
        yield handler


@pytest.fixture
def proxy(runway: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Proxy]]:
    handler = type("Handler", (Proxy,), {"seen": [], "target": runway.port})
    for name in ("https_proxy", "all_proxy", "no_proxy", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving(handler) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        route._proxy.cache_clear()
        yield handler
    route._proxy.cache_clear()


def client(authority: Path | None, scheme: str = "https") -> Client:
    return Client(f"{scheme}://{NAME}", "key_test", "2024-11-06", ca_bundle=str(authority) if authority else None)


def test_requests_and_outputs_go_through_the_proxy(proxy: type[Proxy], runway: type[Runway], authority: Path) -> None:
    through = client(authority)
    assert through.create_task("image_to_video", {"model": "gen4_turbo"}, {}).id.startswith("7d3a1b52")
    through.get_organization()
    with through.stream_output("https://clips.runway.example/a.mp4") as stream:
        assert stream.read(2) == b'{"'
    assert proxy.seen == [f"{NAME}:443", f"{NAME}:443", "clips.runway.example:443"]
    assert runway.seen == [
        "POST /v1/image_to_video Bearer key_test",
        "GET /v1/organization Bearer key_test",
        "GET /a.mp4 None",
    ]


def test_the_certificate_is_checked_behind_the_proxy(proxy: type[Proxy], runway: type[Runway]) -> None:
    with pytest.raises(errors.Unreachable):
        client(None).create_task("image_to_video", {}, {})
    assert (proxy.seen, runway.seen) == ([f"{NAME}:443"], [])


def test_what_the_proxy_does_not_connect_was_never_sent(
    proxy: type[Proxy], runway: type[Runway], authority: Path
) -> None:
    for status in (403, 407, 502):
        proxy.status = status
        with pytest.raises(errors.Unreachable):
            client(authority).create_task("image_to_video", {}, {})
    assert runway.seen == []


def test_a_proxy_that_is_away(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    route._proxy.cache_clear()
    with pytest.raises(errors.Unreachable):
        client(authority).create_task("image_to_video", {}, {})
    route._proxy.cache_clear()


def test_what_is_cut_behind_the_proxy_may_have_been_accepted(
    proxy: type[Proxy], runway: type[Runway], authority: Path
) -> None:
    """It is urllib3's ProxyError, too."""
    runway.cuts = True
    with pytest.raises(errors.OutcomeUnknown):
        client(authority).create_task("image_to_video", {}, {})
    assert len(runway.seen) == 1


def test_no_proxy(proxy: type[Proxy], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "localhost,runway.example")
    with pytest.raises(errors.Unreachable):
        client(None).create_task("image_to_video", {}, {})
    assert proxy.seen == []


def test_a_key_does_not_go_through_a_proxy_in_plain_text(proxy: type[Proxy], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with pytest.raises(errors.Unreachable):
        client(None, "http").create_task("image_to_video", {}, {})
    assert proxy.seen == []


def test_an_output_inside_is_refused_before_the_proxy(proxy: type[Proxy], authority: Path) -> None:
    for host in ("10.0.0.5", "[::1]", "169.254.169.254"):
        with pytest.raises(OutputRefused, match="inside a private network"):
            client(authority).stream_output(f"https://{host}/a.mp4").__enter__()
    assert proxy.seen == []


def test_addresses_of_people_take_no_proxy_and_no_other_authorities(
    proxy: type[Proxy], authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    with pytest.raises(AddressUnreachable):
        fetch_bytes(f"https://{NAME}/a.jpg", limit=1000)
    assert proxy.seen == []
