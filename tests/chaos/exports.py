"""Somebody who has the films exported while blows fall, listens to each export, and looks at all files at the end."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import requests
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

LOOK_SECONDS = 0.3
PATIENCE_SECONDS = 90.0
ENDED = ("completed", "failed", "cancelled")
# small and short each, with the card or the clip of each scene; one is cancelled while it is made
WISHES: tuple[dict[str, Any], ...] = (
    {"profile": "h264-source"},
    {"profile": "preview-gif", "slate": True},
    {"profile": "h264-source", "timecode": True},
    {"profile": "h264-source", "slate": True},
    {"profile": "audio-wav"},
    {"profile": "prores-422-hq"},
)
CANCELLED_NTH = 5
BYTES_PER_SAMPLE = 8


@dataclass
class Exports:
    """`ask()` before each blow; `judge()` when everything has come to rest."""

    url: str
    token: str
    projects: Sequence[str] = ()
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the API said last of each export."""
    refusals: list[str] = field(default_factory=list)
    heard: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    connected: list[tuple[float, float]] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _number: int = 0

    def start(self) -> None:
        listener = threading.Thread(target=self._keep_listening, name="exports", daemon=True)
        listener.start()
        self._threads.append(listener)

    def ask(self) -> None:
        """Ask for the next export of each film, until there is an answer."""
        for project in self.projects:
            self._number += 1
            arguments = (project, WISHES[self._number % len(WISHES)], self._number % CANCELLED_NTH == 0)
            thread = threading.Thread(target=self._insist, args=arguments, daemon=True)
            thread.start()
            self._threads.append(thread)

    def unfinished(self) -> list[str]:
        """Look at each that has not ended, and return those that still have not."""
        for thread in self._threads[1:]:
            thread.join(PATIENCE_SECONDS)
        for key, export in self.asked.items():
            if export["status"] not in ENDED and (answer := self._call("GET", f"/api/exports/{key}")):
                self.asked[key] = answer
        return [key for key, export in self.asked.items() if export["status"] not in ENDED]

    def end(self) -> None:
        self._over.set()
        self._threads[0].join()

    def _insist(self, project: str, wish: dict[str, Any], is_cancelled: bool) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not (export := self._call("POST", f"/api/projects/{project}/exports", wish)):
            if time.monotonic() > end:
                self.refusals.append(f"no answer to {wish} within {PATIENCE_SECONDS:.0f} s")
                return
            time.sleep(LOOK_SECONDS)
        self.asked.setdefault(export["exportId"], export)
        if is_cancelled:
            self._call("POST", f"/api/exports/{export['exportId']}/cancel", {})

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """Return the data; None where there is no answer yet, or it has ended already."""
        try:
            headers = {"Authorization": f"Bearer {self.token}"}
            answer = requests.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=30)
        except requests.RequestException:
            return None
        if answer.status_code in (200, 202):
            return dict(answer.json()["data"])
        if answer.status_code not in (409, 502, 503, 504):
            self.refusals.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return None

    def _keep_listening(self) -> None:
        address = f"{self.url.replace('http', 'ws', 1)}/ws/"
        while not self._over.is_set():
            began = time.time()
            try:
                headers = {"Authorization": f"Bearer {self.token}"}
                with connect(address, additional_headers=headers, open_timeout=5, close_timeout=1) as connection:
                    began = time.time()
                    self._listen(connection)
            except (OSError, WebSocketException):
                self._over.wait(LOOK_SECONDS)
            self.connected.append((began, time.time()))

    def _listen(self, connection: ClientConnection) -> None:
        for project in self.projects:
            connection.send(json.dumps({"type": "subscribe", "projectId": project}))
        while not self._over.is_set():
            try:
                message = json.loads(connection.recv(timeout=LOOK_SECONDS))
            except TimeoutError:
                continue
            if key := message["data"].get("exportId"):
                self.heard[key].append(message["type"])

    def judge(self, data_dir: Path, is_deaf: Callable[[float], bool], *, was_full: bool) -> list[str]:
        """Return every broken promise. `is_deaf` says whether messages may be lost at a time."""
        broken = [f"an export was refused: {words}" for words in self.refusals]
        for key, export in self.asked.items():
            if export["status"] not in ENDED:
                broken.append(f"lost: an export did not end: {export}")
            elif export["status"] == "failed" and not (was_full and "disk is full" in export["error"]):
                broken.append(f"an export failed: {export}")
            elif not self._was_told(key, export, is_deaf):
                broken.append(f"nobody was told of the end of an export: {export}")
        for project in self.projects:
            broken += _wrong_files(data_dir / "projects" / project, self._completed(project))
        return broken + _wrong_segments(data_dir / "segments")

    def _completed(self, project: str) -> list[dict[str, Any]]:
        own = [export for export in self.asked.values() if export["projectId"] == project]
        return [export for export in own if export["status"] == "completed"]

    def _was_told(self, key: str, export: dict[str, Any], is_deaf: Callable[[float], bool]) -> bool:
        finished = datetime.fromisoformat(export["finishedAt"]).timestamp()
        was_there = any(began < finished - 1 and ended > finished + 1 for began, ended in self.connected)
        told = any(kind in ("export_completed", "export_failed") for kind in self.heard[key])
        return told or is_deaf(finished) or not was_there


def _wrong_files(project: Path, completed: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong in `exports/`: each file is whole by its own record, and each row has its file.

    A worker that is killed between a file's name and its row leaves a whole file of which no row knows.
    """
    folder, wrong = project / "exports", []
    for path in folder.glob("*"):
        record = folder / "metadata" / f"{path.stem}.json"
        if path.is_dir() or path.suffix == ".srt":
            continue
        if not record.is_file() or json.loads(record.read_text())["file"]["sha256"] != _sha256(path):
            wrong.append(f"half a file: {path}")
    for export in completed:
        path = project / export["path"]
        if not path.is_file() or (path.stat().st_size, _sha256(path)) != (export["bytes"], export["sha256"]):
            wrong.append(f"not the file of its row: {export}")
    return wrong


def _wrong_segments(folder: Path) -> list[str]:
    wrong = []
    for path in folder.glob("[!.]*/[!.]*"):
        if not (_has_frames(path) if path.suffix in (".mp4", ".mov") else _is_filled(path)):
            wrong.append(f"half a segment: {path}")
    return wrong


def _is_filled(path: Path) -> bool:
    size = path.stat().st_size
    return size > 0 and (path.suffix != ".pcm" or size % BYTES_PER_SAMPLE == 0)


def _has_frames(path: Path) -> bool:
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            return sum(1 for packet in container.demux(stream) if packet.size) == stream.frames > 0
    except (OSError, av.error.FFmpegError):
        return False


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
