"""Addresses that people give: which are opened, which are refused, and how each failure is worded."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
import requests

from projects.net import connections
from projects.net.errors import AddressRefused, AddressTooLarge, AddressUnreachable
from projects.net.fetch import fetch_bytes
from projects.net.public_ip import is_public
from tests.certificates import write_certificate

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:0:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:a00:1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "5f00::1",
]
OUTSIDE = ["8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_outside(address: str) -> None:
    assert is_public(address)


# 50 MB of zeros
BOMB = gzip.compress(bytes(50_000_000))


class Answers(BaseHTTPRequestHandler):
    """`/ok`, `/to/ADDRESS` (redirects there), `/big`, `/drip` (never ends), `/status/404` …"""

    protocol_version = "HTTP/1.1"
    requests: list[tuple[str, str]]

    def do_GET(self) -> None:
        type(self).requests.append((self.path, self.headers["Host"]))
        what, _, rest = self.path[1:].partition("/")
        getattr(self, f"say_{what}")(rest)

    def say(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def say_ok(self, rest: str) -> None:
        self.say(b"a picture")

    def say_to(self, rest: str) -> None:
        self.say(b"elsewhere", 302, Location=rest)

    def say_again(self, rest: str) -> None:
        self.say(b"", 302, Location=f"/again/{int(rest) - 1}" if int(rest) else "/ok")

    def say_status(self, rest: str) -> None:
        self.say(b"no", int(rest))

    def say_big(self, rest: str) -> None:
        self.say(b"x" * 5000)

    def say_encoded(self, rest: str) -> None:
        """Send the picture with that Content-Encoding, compressed where that has gzip or deflate in it."""
        encoding, body = unquote(rest), b"a picture"
        body = gzip.compress(body) if "gzip" in encoding.lower() else body
        body = zlib.compress(body) if "deflate" in encoding else body
        self.say(body, Content_Encoding=encoding)

    def say_broken(self, rest: str) -> None:
        self.say(b"not compressed", Content_Encoding="gzip")

    def say_bomb(self, rest: str) -> None:
        self.say(BOMB, Content_Encoding="gzip")

    def say_cut(self, rest: str) -> None:
        self.say(b"half", Content_Length="8")
        self.close_connection = True

    def say_drip(self, rest: str) -> None:
        """Send one header after the other, each within the timeout."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.drip(b"X-More: 1\r\n")

    def say_dripbody(self, rest: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        self.drip(b"x")

    def drip(self, piece: bytes) -> None:
        self.close_connection = True
        while not self.server.over.wait(0.05):  # type: ignore[attr-defined]
            try:
                self.wfile.write(piece)
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        pass


Served = tuple[str, type[Answers]]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler: type[Answers]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.handler = handler
        self.over = threading.Event()

    def handle_error(self, *_: object) -> None:
        """Say nothing: a test makes a caller hang up on a wrong certificate."""


@pytest.fixture
def http() -> Iterator[Server]:
    with Server(type("Handler", (Answers,), {"requests": []})) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield http
        http.over.set()
        http.shutdown()
        thread.join()


@pytest.fixture
def server(http: Server) -> Served:
    """Return its `host:port`, and the handler with the requests that arrived."""
    return f"127.0.0.1:{http.server_port}", http.handler


def get(address: str, *, limit: int = 1000, seconds: float = 5, allow_private: bool = True) -> bytes:
    return fetch_bytes(address, limit=limit, seconds=seconds, allow_private=allow_private)


def test_a_file_is_fetched(server: Served) -> None:
    host, handler = server
    assert get(f"http://{host}/ok") == b"a picture"
    assert handler.requests == [("/ok", host)]


LOCAL_NAMES = [
    "localhost",
    "LocalHost.",
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "017700000001",
    "0x7f.0.0.1",
    "0x7f000001",
    "0x7f.1",
    "2130706433",
    "0",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
]


@pytest.mark.parametrize("name", LOCAL_NAMES)
def test_no_spelling_of_a_private_address_is_opened(server: Served, name: str) -> None:
    host, handler = server
    port = host.rpartition(":")[2]
    with pytest.raises(AddressRefused, match="inside a private network"):
        get(f"http://{name}:{port}/ok", allow_private=False)
    assert handler.requests == []


def test_the_name_of_this_machine_is_inside(server: Served) -> None:
    host, handler = server
    with pytest.raises((AddressRefused, AddressUnreachable)):
        get(f"http://{socket.gethostname()}:{host.rpartition(':')[2]}/ok", allow_private=False)
    assert handler.requests == []


def test_a_name_with_one_private_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def two_answers(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", two_answers)
    with pytest.raises(AddressRefused, match="inside a private network"):
        get("http://two.example/ok", allow_private=False)


def test_the_checked_address_is_the_one_that_is_opened(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is resolved once, so that a second answer of the DNS changes nothing."""
    host, handler = server
    port = int(host.rpartition(":")[2])
    resolved: list[str] = []

    def answer(host: str, port: int, **_: object) -> list[object]:
        resolved.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert get(f"http://pictures.example:{port}/ok") == b"a picture"
    assert resolved == ["pictures.example"]
    assert handler.requests == [("/ok", f"pictures.example:{port}")]


def test_redirects_are_followed_and_each_is_checked(server: Served) -> None:
    host, _ = server
    assert get(f"http://{host}/to//ok") == b"a picture"
    assert get(f"http://{host}/again/2") == b"a picture"
    with pytest.raises(AddressRefused, match="more than 3 times"):
        get(f"http://{host}/again/3")
    for target in ("file:///etc/passwd", "ftp://example.org/a", "http://user:pass@example.org/", "gopher:x"):
        with pytest.raises(AddressRefused):
            get(f"http://{host}/to/{target}")


def test_a_redirect_inside_is_refused(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    host, handler = server
    # this machine stands for a public host, at the first address only
    monkeypatch.setattr(connections, "is_public", {"127.0.0.1": True, "169.254.169.254": False}.__getitem__)
    with pytest.raises(AddressRefused, match=r"169\.254\.169\.254, an address inside a private network"):
        get(f"http://{host}/to/http://169.254.169.254/latest/meta-data/", allow_private=False)
    assert len(handler.requests) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org/a.jpg",
        "ftp://example.org/a.jpg",
        "file:///etc/passwd",
        "http://",
        "http:///a.jpg",
        "http://exa mple.org/",
        "http://example.org/a\nb",
        "http://example.org\\@127.0.0.1/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://[::1/",
        "http://name@example.org/",
        "http://name:word@example.org/",
        "https://example.org/" + "a" * 2048,
    ],
)
def test_malformed_addresses(address: str) -> None:
    with pytest.raises(AddressRefused):
        get(address)


def test_names_that_no_dns_can_hold() -> None:
    with pytest.raises((AddressRefused, AddressUnreachable)):
        get("http://" + "a" * 64 + ".example/")
    with pytest.raises((AddressRefused, AddressUnreachable)):
        get("http://..example/")


def test_what_is_too_large(server: Served) -> None:
    host, _ = server
    assert len(get(f"http://{host}/big", limit=5000)) == 5000
    with pytest.raises(AddressTooLarge, match="larger than"):
        get(f"http://{host}/big", limit=4999)


def test_what_is_too_large_without_saying_so() -> None:
    body = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 300_000
    with raw_server(body) as host, pytest.raises(AddressTooLarge):
        get(f"http://{host}/", limit=100_000)


@contextmanager
def raw_server(answer: bytes) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                try:
                    connection.sendall(answer)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


@pytest.mark.parametrize("status", [204, 400, 401, 404, 500, 503])
def test_answers_without_a_file(server: Served, status: int) -> None:
    host, _ = server
    with pytest.raises(AddressRefused, match=f"returned {status}"):
        get(f"http://{host}/status/{status}")


def test_an_answer_that_is_cut_off_is_refused(server: Served) -> None:
    with pytest.raises(AddressUnreachable, match="the connection failed"):
        get(f"http://{server[0]}/cut")


@pytest.mark.parametrize("what", ["drip", "dripbody"])
def test_the_time_is_for_everything_together(server: Served, what: str) -> None:
    began = time.monotonic()
    with pytest.raises(AddressUnreachable, match=r"within 0\.4 seconds"):
        get(f"http://{server[0]}/{what}", seconds=0.4, limit=10**6)
    assert time.monotonic() - began < 2


def test_unreachable_hosts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(AddressUnreachable, match="cannot be reached"):
        get(f"http://127.0.0.1:{port}/")
    with pytest.raises(AddressUnreachable, match="cannot be found"):
        get("http://nobody.invalid/")


def test_tls_checks_the_name_though_the_address_is_pinned(
    server: Served, http: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pem = write_certificate("pictures.example", tmp_path / "cert.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    http.socket = context.wrap_socket(http.socket, server_side=True)

    def answer(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(AddressUnreachable, match=r"pictures\.example cannot be reached: its certificate"):
        get(f"https://pictures.example:{http.server_port}/ok")
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(pem))
    assert get(f"https://pictures.example:{http.server_port}/ok") == b"a picture"
    with pytest.raises(AddressUnreachable, match=r"other\.example cannot be reached: its certificate"):
        get(f"https://other.example:{http.server_port}/ok")


def test_proxies_of_the_environment_are_not_used(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert get(f"http://{server[0]}/ok") == b"a picture"


@pytest.mark.parametrize(
    "encoding",
    [
        "aws-chunked",
        "UTF-8",
        "none",
        "",
        "binary",
        "gzip",
        "GZIP",
        "x-gzip",
        "deflate",
        "aws-chunked, gzip",
        "identity",
    ],
)
def test_what_servers_write_as_encoding(server: Served, encoding: str) -> None:
    assert get(f"http://{server[0]}/encoded/{quote(encoding)}") == b"a picture"


@pytest.mark.parametrize("encoding", ["br", "compress", "gzip, br", "dcz"])
def test_compressions_that_cannot_be_undone(server: Served, encoding: str) -> None:
    with pytest.raises(AddressRefused, match="though it was asked not to"):
        get(f"http://{server[0]}/encoded/{quote(encoding)}")


def test_a_broken_compression(server: Served) -> None:
    with pytest.raises(AddressRefused, match="cannot be decompressed"):
        get(f"http://{server[0]}/broken")


def test_a_bomb_is_decompressed_up_to_the_limit(server: Served) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(AddressTooLarge):
            get(f"http://{server[0]}/bomb", limit=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
