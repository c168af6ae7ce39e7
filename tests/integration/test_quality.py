"""Quality control in a running studio: the report comes as a change of the job, never as a second end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generation.simulator import clips
from tests import media
from tests.api_client import Api
from tests.studio_process import RunningStudio, eventually


@pytest.fixture(scope="module")
def api(studio: RunningStudio) -> Api:
    return Api(studio.url, studio.token())


def reported(api: Api, job_id: str) -> dict[str, Any]:
    return eventually(lambda: (job := api.get(f"/api/jobs/{job_id}"))["quality"] and job, 20)


def test_take_is_checked_and_chosen(api: Api, studio: RunningStudio) -> None:
    project, scene = api.scene("Dailies")
    picture = media.encode(clips.draw_picture(640, 360, 3), "PNG")
    with api.socket() as socket:
        socket.subscribe(projectId=project)
        job = api.generate(project, scene, picture)
        end = socket.until_end()[-1]
        after = socket.next(20)
        done = reported(api, job["jobId"])
        assert (end["type"], after["type"]) == ("video_generation_completed", "video_generation_progress")
        assert (after["data"]["status"], after["data"]["progress"]) == ("completed", 100)
        assert after["data"]["version"] == done["version"] > end["data"]["version"]
    assert done["quality"] == {"verdict": "pass", "reasons": [], "retryNote": None}
    with api.socket() as socket:  # a later subscriber gets the end alone
        socket.subscribe(jobId=job["jobId"])
        message = socket.next()
        assert (message["type"], message["data"]["version"]) == ("video_generation_completed", done["version"])
    (video,) = api.get(f"/api/projects/{project}/folders/{scene}")["assets"]["videos"]
    assert video["selected"] is True
    on_disk = studio.data_dir / "projects" / project / scene / "metadata" / "scene.json"
    (completed,) = json.loads(on_disk.read_text())["generation"]["completedVideos"]
    assert completed["quality"]["verdict"] == "pass"
    # last of all, what a page scrubs it by
    eventually((studio.data_dir / "cache" / "posters" / f"{completed['sha256']}-sprite.jpg").is_file)
