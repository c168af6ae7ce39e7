"""The Runway client against the simulator over real HTTP, where the tests of the engine do not reach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generation.runway import errors
from generation.runway.client import Client
from tests import media
from tests.api_client import Api
from tests.studio_process import RunningStudio


@pytest.fixture(scope="module")
def client(studio: RunningStudio) -> Client:
    return Client(
        str(Api(studio.url, studio.token()).get("/api/videos/test-runway")["baseUrl"]), "key_test", "2024-11-06"
    )


def test_upload_in_both_steps(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(media.picture(640, 360, "PNG"))
    uploaded = client.upload_file(path, "p.png", "image/png")
    assert uploaded.startswith("runway://")
    fields = {"model": "gen4_turbo", "promptImage": uploaded, "ratio": "1280:720", "duration": 2, "promptText": "x"}
    created = client.create_task("image_to_video", fields, {})
    assert client.get_task(created.id).status in ("PENDING", "THROTTLED", "RUNNING")
    client.cancel_task(created.id)
    client.cancel_task(created.id)
    with pytest.raises(errors.TaskGone):
        client.get_task(created.id)


def test_usage_and_organization(client: Client) -> None:
    today = datetime.now(UTC).date()
    assert client.get_usage(today, today + timedelta(days=1))["models"] is not None
    assert client.get_organization()["creditBalance"] >= 0


def test_picture_too_large_for_a_body_is_uploaded(studio: RunningStudio) -> None:
    """A picture of noise cannot be compressed enough, so its clip goes through an upload."""
    api = Api(studio.url, studio.token())
    project, scene = api.scene("Large")
    noise = media.encode(media.noise(2000, 1400), "PNG", compress_level=1)
    files = {"file": ("noise.png", noise, "image/png")}
    asset = api.call("POST", f"/api/projects/{project}/folders/{scene}/assets", 201, files=files)["data"]
    assert asset["bytes"] > 4_000_000
    body = {"projectId": project, "sceneId": scene, "imageId": asset["id"], "promptText": "x", "duration": 2}
    job = api.post("/api/videos/generate", body, 202)
    assert api.wait(job["jobId"], seconds=60)["status"] == "completed"


def test_wrong_key_version_and_host(client: Client) -> None:
    with pytest.raises(errors.Unauthorized):
        Client(client.base_url, "wrong", "2024-11-06").get_organization()
    with pytest.raises(errors.Rejected, match="X-Runway-Version"):
        Client(client.base_url, "key_test", "1999-01-01").get_organization()
    with pytest.raises(errors.Unreachable):
        Client("http://127.0.0.1:9", "key_test", "2024-11-06").get_organization()
