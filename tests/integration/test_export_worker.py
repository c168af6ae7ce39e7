"""An export in a real studio: through the API to a worker of its own, heard on a socket, and over its death."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api_client import Api
from tests.film_media import read_codes, write_clip
from tests.studio_process import RunningStudio, eventually


@pytest.fixture(scope="module")
def studio() -> Iterator[RunningStudio]:
    with RunningStudio(args=("--no-sample", "--workers", "1")) as running:
        yield running


@pytest.fixture
def api(studio: RunningStudio) -> Api:
    return Api(studio.url, studio.token())


def make_film(api: Api, tmp_path: Path, clips: int, frames: int) -> str:
    """Make a project whose scenes have a clip each, and return its id."""
    project = str(api.post("/api/projects", {"name": "Film"}, 201)["id"])
    for number in range(1, clips + 1):
        scene = api.post(f"/api/projects/{project}/folders", {}, 201)["id"]
        path = write_clip(tmp_path / f"{number}.mp4", number, frames)
        with path.open("rb") as file:
            api.call("POST", f"/api/projects/{project}/folders/{scene}/assets", 201, files={"file": file})
    return project


def ended(api: Api, key: str) -> dict[str, Any] | None:
    export = api.get(f"/api/exports/{key}")
    return export if export["status"] in ("completed", "failed", "cancelled") else None


def test_an_export_is_made_by_a_worker_and_told_on_the_socket(studio: RunningStudio, api: Api, tmp_path: Path) -> None:
    project = make_film(api, tmp_path, 2, 24)
    with api.socket() as socket:
        socket.subscribe(projectId=project)
        key = api.post(f"/api/projects/{project}/exports", {"profile": "h264-source"}, 202)["exportId"]
        events = [message for message in socket.until_end(60) if message["type"].startswith("export_")]
    assert events[0]["type"] == "export_started"
    assert events[-1]["type"] == "export_completed", events[-1]
    assert all(event["data"]["exportId"] == key for event in events)
    versions = [event["data"]["version"] for event in events]
    assert versions == sorted(versions)
    file = tmp_path / "film.mp4"
    file.write_bytes(api.raw(events[-1]["data"]["url"]).content)
    assert [clip for clip, _ in read_codes(file)] == [1] * 24 + [2] * 24


def test_an_export_goes_on_after_kill_9_of_its_worker(studio: RunningStudio, api: Api, tmp_path: Path) -> None:
    project = make_film(api, tmp_path, 4, 48)
    key = api.post(f"/api/projects/{project}/exports", {"profile": "h264-1080p"}, 202)["exportId"]
    eventually(lambda: api.get(f"/api/exports/{key}")["progress"] > 0.2, 60)
    os.kill(studio.children()["export-1"], signal.SIGKILL)
    export = eventually(lambda: ended(api, key), 90)
    assert export
    assert export["status"] == "completed", export
    files = [path.name for path in (studio.data_dir / "projects" / project / "exports").iterdir() if path.is_file()]
    # what the dead worker had begun to join may stay until the next start
    assert [name for name in files if not name.startswith(".")] == [Path(export["path"]).name]
