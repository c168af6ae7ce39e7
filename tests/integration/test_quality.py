"""Quality control in a running studio: after the end a report, told as a change and never as a second end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generation.simulator import clips
from tests import factories
from tests.api_client import Api
from tests.studio_process import RunningStudio, eventually


@pytest.fixture(scope="module")
def api(studio: RunningStudio) -> Api:
    return Api(studio.url, studio.token())


def reported(api: Api, job_id: str) -> dict[str, Any]:
    return eventually(lambda: (job := api.get(f"/api/jobs/{job_id}"))["quality"] and job, 20)


def test_a_take_is_looked_at_and_chosen(api: Api, studio: RunningStudio) -> None:
    project, scene = api.scene("Dailies")
    picture = factories.encoded(clips.draw_picture(640, 360, 3), "PNG")
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
    with api.socket() as socket:  # who comes later hears of the end, and of no more than that
        socket.subscribe(jobId=job["jobId"])
        found = socket.next()
        assert (found["type"], found["data"]["version"]) == ("video_generation_completed", done["version"])
    (video,) = api.get(f"/api/projects/{project}/folders/{scene}")["assets"]["videos"]
    assert video["selected"] is True
    on_disk = studio.data_dir / "projects" / project / scene / "metadata" / "scene.json"
    (told,) = json.loads(on_disk.read_text())["generation"]["completedVideos"]
    assert told["quality"]["verdict"] == "pass"
