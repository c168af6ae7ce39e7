"""A program that uses the JSON API and the socket from outside, as anybody's would."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from websockets.sync.client import ClientConnection, connect

ENDED = ("completed", "failed", "cancelled", "unconfirmed")


class Api:
    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, expected: int = 200, **options: Any) -> dict[str, Any]:
        """The envelope; the status must be the expected one."""
        answer = self._session.request(method, f"{self.url}{path}", timeout=30, **options)
        assert answer.status_code == expected, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        assert answer.headers["Content-Type"].startswith("application/json")
        found = answer.json()
        assert isinstance(found, dict)
        assert found["status"] == ("success" if expected < 400 else "error")
        return found

    def get(self, path: str) -> dict[str, Any]:
        return dict(self.call("GET", path)["data"])

    def post(self, path: str, body: object = None, expected: int = 200, **options: Any) -> dict[str, Any]:
        found = self.call("POST", path, expected, json=body if body is not None else {}, **options)
        return dict(found["data"]) if expected < 400 else found

    def raw(self, path: str, **options: Any) -> requests.Response:
        return self._session.get(f"{self.url}{path}", timeout=30, **options)

    def scene(self, name: str = "Film") -> tuple[str, str]:
        """A new project and its first scene."""
        project = self.post("/api/projects", {"name": name}, 201)["id"]
        return project, self.post(f"/api/projects/{project}/folders", {}, 201)["id"]

    def generate(self, project: str, scene: str, picture: bytes, expected: int = 202, **more: Any) -> dict[str, Any]:
        headers = more.pop("headers", {})
        body = {"projectId": project, "sceneId": scene, "promptText": "slow push in", "promptImage": data_uri(picture)}
        return self.post("/api/videos/generate", body | more, expected, headers=headers)

    def wait(self, job_id: str, *states: str, seconds: float = 30) -> dict[str, Any]:
        """The job once it is in one of the states (any end without one)."""
        end, pause = time.monotonic() + seconds, 0.03
        while (job := self.get(f"/api/jobs/{job_id}"))["status"] not in (states or ENDED):
            assert time.monotonic() < end, f"not within {seconds} s: {job}"
            # each time costs the studio and its client ten milliseconds
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)
        return job

    @contextmanager
    def socket(self, **headers: str) -> Iterator[Socket]:
        given = headers or {"Authorization": f"Bearer {self.token}"}
        with connect(f"{self.url.replace('http', 'ws', 1)}/ws/", additional_headers=given) as connection:
            yield Socket(connection)


class Socket:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, **frame: object) -> None:
        self.connection.send(json.dumps(frame))

    def next(self, seconds: float = 10) -> dict[str, Any]:
        found = json.loads(self.connection.recv(timeout=seconds))
        assert isinstance(found, dict)
        return found

    def subscribe(self, **what: str) -> None:
        self.send(type="subscribe", **what)
        assert self.next() == {"type": "subscribed", "data": what}

    def until_end(self, seconds: float = 30) -> list[dict[str, Any]]:
        """All messages up to the first that ends a job."""
        found = [self.next(seconds)]
        while not found[-1]["type"].endswith(("_completed", "_failed")):
            found.append(self.next(seconds))
        return found


def data_uri(picture: bytes, mime_type: str = "image/png") -> str:
    return f"data:{mime_type};base64,{base64.b64encode(picture).decode()}"
