"""The two steps of an upload to Runway, against a server of the test's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generation.runway import errors
from generation.runway.client import Client

PAGE = b"<html><title>Sign in to the network</title></html>"
Reply = tuple[int, str, bytes]
STORED = (204, "", b"")
REFUSED = (403, "application/xml", b"<Error><Code>AccessDenied</Code></Error>")


@contextmanager
def serving(form: Reply, store: Reply) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, body = form if self.path == "/v1/uploads" else store
            body = body.replace(b"URL", f"http://{self.headers['Host']}/store".encode())
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def form(**changes: object) -> Reply:
    body = {"uploadUrl": "URL", "fields": {"key": "a"}, "runwayUri": "runway://1"} | changes
    return 200, "application/json", json.dumps(body).encode()


@pytest.mark.parametrize(
    ("first", "second", "expected", "words"),
    [
        ((403, "text/html", PAGE), STORED, errors.Unreachable, "answered 403 with a page"),
        ((404, "text/html", PAGE), STORED, errors.Unreachable, "answered 404 with a page"),
        ((200, "text/html", PAGE), STORED, errors.Unreachable, "answered 200 with a page"),
        (form(uploadUrl="somewhere"), STORED, errors.Unreachable, "without an address"),
        (form(fields=None), STORED, errors.Unreachable, "without an address"),
        (form(), (200, "text/html", PAGE), errors.Unreachable, "answered 200 with a page"),
        (form(), REFUSED, errors.Unreachable, r"file store answered 403 \(AccessDenied\)"),
        (form(), (400, "application/xml", b"<Code>EntityTooLarge</Code>"), errors.Rejected, "EntityTooLarge"),
    ],
)
def test_an_upload_that_fails_blames_no_key(
    tmp_path: Path, first: Reply, second: Reply, expected: type[errors.RunwayError], words: str
) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(b"a picture")
    with serving(first, second) as url, pytest.raises(expected, match=words) as raised:
        Client(url, "key_test", "2024-11-06").upload_file(path, "p.png", "image/png")
    assert type(raised.value) is expected
    assert "key" not in str(raised.value)


def test_an_upload(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(b"a picture")
    with serving(form(), STORED) as url:
        assert Client(url, "key_test", "2024-11-06").upload_file(path, "p.png", "image/png") == "runway://1"
