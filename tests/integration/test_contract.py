"""The contract, call by call: a real studio with real workers against a Runway that is not the project's own."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from generation.simulator import clips
from tests import media
from tests.api_client import Api, data_uri
from tests.fakes.runway import FakeRunway, faults
from tests.fakes.runway.http_server import serving
from tests.integration.crawler import crawled, kind_of
from tests.studio_process import RunningStudio, eventually

PICTURE = media.picture(640, 360, "PNG")
KEY = "key_test"
PASSWORD = "a word of the owner's"


@pytest.fixture(scope="module")
def runway() -> Iterator[FakeRunway]:
    with serving(FakeRunway()) as fake:
        yield fake


@pytest.fixture(scope="module")
def live(runway: FakeRunway) -> Iterator[RunningStudio]:
    env = {
        "RUNWAY_API_KEY": KEY,
        "STUDIO_OWNER_PASSWORD": PASSWORD,
        "RUNWAY_API_URL": runway.url,
        "RUNWAY_POLL_SECONDS": "0.1",
        "IMAGE_URL_ALLOW_PRIVATE": "1",
    }
    with RunningStudio(env=env, args=("--no-sample",)) as studio:
        yield studio


@pytest.fixture(scope="module")
def api(live: RunningStudio) -> Api:
    return Api(live.url, live.token())


@pytest.fixture(scope="module")
def stranger(live: RunningStudio) -> Api:
    made = live.command("shell", "-c", "from django.contrib.auth.models import User; User.objects.create_user('eve')")
    assert made.returncode == 0, made.stderr
    return Api(live.url, live.token("eve"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    clips.draw_clip(Image.new("RGB", (320, 180), "teal"), 320, 180, 0.5, path)
    return path.read_bytes()


def task_of(api: Api, job: dict[str, Any]) -> str:
    return str(api.wait(job["jobId"], "pending", "throttled", "running")["taskId"])


def test_health(live: RunningStudio) -> None:
    found = live.health()
    assert (found["status"], found["runway"]) == ("ok", "live")
    assert found["workers"] > 0


def test_a_picture_by_the_general_call(api: Api, runway: FakeRunway, live: RunningStudio) -> None:
    project, scene = api.scene("Pictures")
    path = f"/api/projects/{project}/folders/{scene}/assets"
    reference = api.call("POST", path, 201, files={"file": ("cat.png", PICTURE)})["data"]["id"]
    body = {
        "projectId": project,
        "sceneId": scene,
        "kind": "text_to_image",
        "model": "gen4_image",
        "promptText": "@cat on a roof",
        "ratio": "1280:720",
        "referenceImages": [{"uri": f"asset:{reference}", "tag": "cat"}],
    }
    headers = {"Idempotency-Key": "a-cat"}
    with api.socket() as socket:
        socket.subscribe(projectId=project)
        job = api.post("/api/generations", body, 202, headers=headers)
        assert (job["kind"], job["output"], job["creditsEstimated"]) == ("text_to_image", "image", 5)
        assert job["parameters"]["referenceImages"] == body["referenceImages"]
        assert api.post("/api/generations", body, 200, headers=headers)["jobId"] == job["jobId"]
        wrong = api.post("/api/generations", body | {"ratio": "720:720"}, 409, headers=headers)
        assert wrong["code"] == "idempotency_key_reused"
        task = task_of(api, job)
        assert runway.creates[-1]["referenceImages"] == [{"uri": data_uri(PICTURE), "tag": "cat"}]
        runway.succeed(task, PICTURE, "cat.png")
        messages = socket.until_end()
    assert {message["type"].rpartition("_")[0] for message in messages} == {"image_generation"}
    done = api.get(f"/api/jobs/{job['jobId']}")
    assert (done["videoUrl"], done["url"]) == (None, messages[-1]["data"]["imageUrl"])
    assert api.raw(done["url"]).content == PICTURE
    kept = live.data_dir / "projects" / project / done["outputs"][0]["path"]
    assert (kept.parent.name, kept.read_bytes()) == ("images", PICTURE)
    wrong = api.post("/api/generations", body | {"ratio": "1:1", "zoom": 1}, 422)
    assert [problem["field"] for problem in wrong["errors"]] == ["ratio", "zoom"]


def test_the_main_job(api: Api, runway: FakeRunway, clip: bytes, live: RunningStudio) -> None:
    project, scene = api.scene("My film")
    with api.socket() as socket:
        socket.subscribe(projectId=project)
        job = api.generate(project, scene, PICTURE, seed=7)
        assert (job["status"], job["take"], job["progress"], job["seed"]) == ("queued", 1, 0, 7)
        assert (job["kind"], job["model"], job["creditsEstimated"]) == ("image_to_video", "gen4_turbo", 25)
        task = task_of(api, job)
        assert runway.creates[-1] == {
            "model": "gen4_turbo",
            "promptText": "slow push in",
            "ratio": "1280:720",
            "duration": 5,
            "seed": 7,
            "promptImage": data_uri(PICTURE),
        }
        assert api.get(f"/api/videos/status/{task}")["jobId"] == job["jobId"]
        runway.move(task, "RUNNING", progress=0.5)
        assert api.wait(job["jobId"], "running")["progress"] == 50
        runway.succeed(task, clip)
        messages = socket.until_end()
    done = api.get(f"/api/jobs/{job['jobId']}")
    assert (done["status"], done["progress"], done["creditsCharged"]) == ("completed", 100, 25)
    assert [message["type"].removeprefix("video_generation_") for message in messages][:1] == ["started"]
    assert [message["type"] for message in messages].count("video_generation_started") == 1
    versions = [message["data"]["version"] for message in messages]
    assert versions == sorted(set(versions))
    progress = [message["data"]["progress"] for message in messages]
    assert progress == sorted(progress)
    assert messages[-1]["data"] == {
        "jobId": job["jobId"],
        "projectId": project,
        "sceneId": scene,
        "status": "completed",
        "progress": 100,
        "version": done["version"],
        "videoUrl": done["videoUrl"],
    }
    file = api.raw(done["videoUrl"])
    assert file.content == clip
    assert file.headers["Content-Type"] == "video/mp4"
    part = api.raw(done["videoUrl"], headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, clip[10:20])
    on_disk = live.data_dir / "projects" / project / scene
    assert (on_disk / "videos" / "take-001.mp4").read_bytes() == clip
    check_scene_json(on_disk, done, clip)


def check_scene_json(folder: Path, job: dict[str, Any], clip: bytes) -> None:
    def whole() -> dict[str, Any]:
        found = json.loads((folder / "metadata" / "scene.json").read_text())
        return dict(found) if found["generation"]["completedVideos"] else {}

    found = eventually(whole)
    assert found["status"] == "has_content"
    (request,) = found["generation"]["videoRequests"]
    (completed,) = found["generation"]["completedVideos"]
    (video,) = found["assets"]["videos"]
    assert (
        request.items()
        >= {
            "jobId": job["jobId"],
            "taskId": job["taskId"],
            "promptImage": found["assets"]["images"][0]["path"],
            "status": "completed",
            "creditsCharged": 25,
        }.items()
    )
    sha256 = hashlib.sha256(clip).hexdigest()
    assert completed.items() >= {"path": "scene-1/videos/take-001.mp4", "take": 1, "sha256": sha256}.items()
    assert video.items() >= {"width": 320, "height": 180, "bytes": len(clip), "source": "generated", "take": 1}.items()
    assert sorted(path.name for path in folder.iterdir()) == ["audio", "exports", "images", "metadata", "videos"]


def test_an_asset_as_the_first_frame(api: Api, runway: FakeRunway) -> None:
    project, scene = api.scene()
    files = {"file": ("frame.png", PICTURE, "text/plain")}
    asset = api.call("POST", f"/api/projects/{project}/folders/{scene}/assets", 201, files=files)["data"]
    body = {"projectId": project, "sceneId": scene, "imageId": asset["id"], "model": "gen4.5", "promptText": "pan"}
    job = api.post("/api/videos/generate", body, 202)
    task_of(api, job)
    assert runway.creates[-1]["promptImage"] == data_uri(PICTURE)
    api.post(f"/api/jobs/{job['jobId']}/cancel")


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"ratio": "16:9"}, "ratio", "1280:720"),
    ({"duration": 11}, "duration", "10"),
    ({"duration": "5"}, "duration", "whole number"),
    ({"duration": True}, "duration", "whole number"),
    ({"duration": 5.5}, "duration", "whole number"),
    ({"prompt": "slow push in"}, "prompt", "promptText"),
    ({"aspect_ratio": "720:1280"}, "aspect_ratio", "you may mean ratio"),
    ({"seconds": 10}, "seconds", "its fields are projectId, sceneId, promptText"),
    ({"promptText": ""}, "promptText", "empty"),
    ({"promptText": "🎬" * 501}, "promptText", "1000"),
    ({"seed": -1}, "seed", "0"),
    ({"seed": 2**32}, "seed", "4294967295"),
    ({"model": "gen9"}, "model", "gen4_turbo"),
    ({"promptImage": "ftp://example.org/a.png"}, "promptImage", "http"),
    ({"promptImage": "data:image/png;base64,AAAA"}, "promptImage", "picture"),
    ({"promptImage": data_uri(PICTURE[: len(PICTURE) // 2])}, "promptImage", "cut"),
    ({"promptImage": "data:text/html;base64,PGh0bWw+"}, "promptImage", "picture"),
    ({"promptImage": None}, "promptImage", "picture"),
    ({"imageId": "7d3a1b52-0c4e-4f6a-9b1d-2e8f5a6c7d90", "promptImage": None}, "imageId", "scene"),
]


@pytest.mark.parametrize(("change", "field", "words"), WRONG, ids=lambda value: str(value)[:30])
def test_wrong_fields_store_nothing(api: Api, change: dict[str, Any], field: str, words: str) -> None:
    project, scene = api.scene()
    refused = api.generate(project, scene, PICTURE, 422, **change)
    assert [error["field"] for error in refused["errors"]] == [field]
    assert words in refused["errors"][0]["message"]
    folder = api.get(f"/api/projects/{project}/folders/{scene}")
    assert folder["assets"] == {"images": [], "audio": [], "videos": [], "exports": []}
    assert api.get(f"/api/jobs?project={project}")["jobs"] == []


def test_whole_numbers_with_a_point(api: Api) -> None:
    project, scene = api.scene()
    job = api.generate(project, scene, PICTURE, duration=5.0, seed=7.0)
    assert (job["duration"], job["seed"]) == (5, 7)
    api.post(f"/api/jobs/{job['jobId']}/cancel")


def test_data_uris_as_browsers_take_them(api: Api) -> None:
    project, scene = api.scene()
    usual = data_uri(PICTURE)
    spellings = [
        usual,
        usual.rstrip("="),
        usual.replace("data:image/png;base64,", "DATA:Image/PNG;charset=x;BASE64, "),
        usual.replace("+", "%2B").replace("/", "%2f").replace("=", "%3D"),
        usual[:60] + "\r\n" + usual[60:] + "\n",
        usual.replace("+", "-").replace("/", "_").replace("data:image_png", "data:"),
    ]
    for number, spelling in enumerate(spellings):
        job = api.generate(project, scene, PICTURE, promptImage=spelling, promptText=f"spelling {number}")
        api.post(f"/api/jobs/{job['jobId']}/cancel")
    # one file, since all of them are the same picture
    assert len(api.get(f"/api/projects/{project}/folders/{scene}")["assets"]["images"]) == 1


def test_every_wrong_field_is_named(api: Api) -> None:
    project, scene = api.scene()
    refused = api.generate(project, scene, PICTURE, 422, ratio="1:1", duration=1, seed=-1, promptText="x" * 1001)
    assert {error["field"] for error in refused["errors"]} == {"ratio", "duration", "seed", "promptText"}


def test_unknown_ids_are_404(api: Api) -> None:
    project, scene = api.scene()
    api.generate("nowhere", scene, PICTURE, 404)
    api.generate(project, "scene-9", PICTURE, 404)
    for path in ("/api/jobs/nothing", f"/api/videos/status/{uuid.uuid4()}", "/api/projects/nowhere", "/api/nothing"):
        api.call("GET", path, 404)
    api.call("POST", "/api/videos/generate", 400, data="{", headers={"Content-Type": "application/json"})
    api.call("DELETE", "/api/videos/generate", 405)


def test_calls_without_credentials_and_by_strangers(api: Api, stranger: Api) -> None:
    project, scene = api.scene()
    job = api.generate(project, scene, PICTURE)
    for path in (f"/api/jobs/{job['jobId']}", f"/api/projects/{project}", f"/api/projects/{project}/folders"):
        assert requests.get(api.url + path, timeout=10).status_code == 401
        stranger.call("GET", path, 404)
    stranger.call("POST", f"/api/jobs/{job['jobId']}/cancel", 404)
    stranger.generate(project, scene, PICTURE, 404)
    members = f"/api/projects/{project}/members"
    api.post(members, {"username": "eve", "role": "viewer", "maySpend": False}, 201)
    assert stranger.get(f"/api/jobs/{job['jobId']}")["jobId"] == job["jobId"]
    stranger.call("POST", f"/api/jobs/{job['jobId']}/cancel", 403)
    stranger.generate(project, scene, PICTURE, 403)
    api.call("PATCH", f"{members}/eve", json={"role": "editor"})
    stranger.generate(project, scene, PICTURE, 403)
    api.call("PATCH", f"{members}/eve", json={"maySpend": True})
    stranger.generate(project, scene, PICTURE)


def test_idempotency_key(api: Api, runway: FakeRunway) -> None:
    project, scene = api.scene()
    same: dict[str, Any] = {"headers": {"Idempotency-Key": str(uuid.uuid4())}, "promptText": "only once"}
    job = api.generate(project, scene, PICTURE, **same)
    task_of(api, job)
    assert api.generate(project, scene, PICTURE, 200, **same)["jobId"] == job["jobId"]
    api.generate(project, scene, PICTURE, 409, **same, duration=9)
    assert [body["promptText"] for body in runway.creates].count("only once") == 1


def test_the_same_key_many_times_at_once(api: Api, runway: FakeRunway) -> None:
    project, scene = api.scene()
    key = {"Idempotency-Key": str(uuid.uuid4())}
    job_ids: list[str] = []
    body = {"projectId": project, "sceneId": scene, "promptText": "x", "promptImage": data_uri(PICTURE)}

    def ask() -> None:
        headers = {"Authorization": f"Bearer {api.token}", **key}
        answer = requests.post(f"{api.url}/api/videos/generate", json=body, headers=headers, timeout=30)
        assert answer.status_code in (200, 202), answer.text
        job_ids.append(answer.json()["data"]["jobId"])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(job_ids) == 6
    assert len(set(job_ids)) == 1
    assert len(api.get(f"/api/projects/{project}/folders/{scene}")["assets"]["images"]) == 1


def test_cancel_and_retry(api: Api, runway: FakeRunway) -> None:
    project, scene = api.scene()
    job = api.generate(project, scene, PICTURE)
    task_of(api, job)
    answer = api.call("POST", f"/api/jobs/{job['jobId']}/cancel")
    assert (answer["data"]["status"], "refunds the credits" in answer["message"]) == ("cancelled", True)
    api.call("POST", f"/api/jobs/{job['jobId']}/cancel", 409)
    again = api.post(f"/api/jobs/{job['jobId']}/retry", expected=202)
    assert (again["take"], again["status"]) == (2, "queued")
    api.call("POST", f"/api/jobs/{job['jobId']}/retry", 409)
    api.call("POST", f"/api/jobs/{again['jobId']}/retry", 409)
    api.call("POST", f"/api/jobs/{again['jobId']}/resolve", 409, json={"lost": True})


def test_scenes_and_projects_with_unfinished_jobs_cannot_be_deleted(api: Api) -> None:
    project, scene = api.scene()
    job = api.generate(project, scene, PICTURE)
    api.call("DELETE", f"/api/projects/{project}/folders/{scene}", 409)
    api.call("DELETE", f"/api/projects/{project}", 409)
    task_of(api, job)
    api.post(f"/api/jobs/{job['jobId']}/cancel")
    api.call("DELETE", f"/api/projects/{project}/folders/{scene}")
    api.call("DELETE", f"/api/projects/{project}")
    api.call("GET", f"/api/jobs/{job['jobId']}", 404)


def test_a_job_without_an_answer_is_unconfirmed(api: Api, runway: FakeRunway, clip: bytes) -> None:
    project, scene = api.scene()
    known = set(runway.tasks)
    runway.fail_next("create", faults.CUT_AFTER)
    job = api.generate(project, scene, PICTURE)
    job_after = api.wait(job["jobId"])
    assert (job_after["status"], job_after["error"]["code"]) == ("unconfirmed", "unconfirmed")
    (task,) = set(runway.tasks) - known
    runway.succeed(task, clip)
    api.post(f"/api/jobs/{job['jobId']}/resolve", {"taskId": task})
    assert api.wait(job["jobId"], "completed")["taskId"] == task


def test_a_request_that_runway_rejects_fails(api: Api, runway: FakeRunway) -> None:
    project, scene = api.scene()
    runway.fail_next("create", faults.REJECTED)
    job = api.wait(api.generate(project, scene, PICTURE)["jobId"])
    assert job["status"] == "failed"
    assert job["error"] == {
        "code": "runway_rejected",
        "message": "Runway answered 400: Validation of body failed",
        "retryable": False,
    }
    with runway.failing("organization", faults.refusal(401, "No API key was provided.")):
        refused = api.call("GET", "/api/videos/test-runway", 502)
    assert "key" in refused["message"]


def test_connection(api: Api, runway: FakeRunway) -> None:
    assert api.get("/api/videos/test-runway") == {
        "credits": 5000,
        "dailyGenerations": None,
        "maxDailyGenerations": None,
        "maxConcurrentGenerations": None,
        "apiVersion": "2024-11-06",
        "baseUrl": runway.url,
        "model": "gen4_turbo",
    }


def test_test_generate(api: Api, runway: FakeRunway, clip: bytes) -> None:
    job = api.post("/api/videos/test-generate", {"duration": 2}, 202)
    assert (job["projectId"], job["duration"]) == ("runway-test", 2)
    runway.succeed(task_of(api, job), clip)
    assert api.wait(job["jobId"])["status"] == "completed"
    assert api.post("/api/videos/test-generate", {"testPrompt": "a"}, 202)["projectId"] == "runway-test"


def test_jobs_are_paged(api: Api) -> None:
    project, scene = api.scene()
    made = [api.generate(project, scene, PICTURE)["jobId"] for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/api/jobs?project={project}&limit=2{cursor}")
        seen += [job["jobId"] for job in page["jobs"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == made[::-1]
    for wrong in ("status=nonsense", "limit=0", "limit=x", "cursor=x", "scene=x", "scene=1", "scene=scene-01"):
        api.call("GET", f"/api/jobs?{wrong}", 422)
    for job_id in made:
        api.wait(job_id, "pending")
        api.post(f"/api/jobs/{job_id}/cancel")


@pytest.fixture
def picture_host() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            body = PICTURE if self.path == "/first%20frame.png" else b"<html></html>"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_picture_from_an_address(api: Api, runway: FakeRunway, picture_host: str) -> None:
    project, scene = api.scene()
    job = api.generate(project, scene, PICTURE, promptImage=f"{picture_host}/first%20frame.png")
    task_of(api, job)
    (image,) = api.get(f"/api/projects/{project}/folders/{scene}")["assets"]["images"]
    assert (image["fileName"], image["sha256"]) == ("first frame.png", hashlib.sha256(PICTURE).hexdigest())
    api.generate(project, scene, PICTURE, 422, promptImage=f"{picture_host}/page.html")
    api.generate(project, scene, PICTURE, 422, promptImage="http://127.0.0.1:9/a.png")


def test_an_https_address_that_only_runway_may_reach(api: Api, runway: FakeRunway) -> None:
    project, scene = api.scene()
    address = "https://127.0.0.1:9/a.png"
    job = api.generate(project, scene, PICTURE, promptImage=address)
    task_of(api, job)
    assert runway.creates[-1]["promptImage"] == address


def test_the_socket_answers_every_frame(api: Api, stranger: Api, live: RunningStudio) -> None:
    project, scene = api.scene()
    with stranger.socket() as socket:
        for frame in (
            "nonsense",
            "[]",
            '{"type": "what"}',
            '{"type": "subscribe"}',
            '{"type": "subscribe", "jobId": 5}',
        ):
            socket.connection.send(frame)
            assert socket.next()["type"] == "error"
        socket.send(type="subscribe", projectId=project)
        assert socket.next() == {
            "type": "error",
            "data": {"projectId": project, "code": "not_found", "message": "There is no such project."},
        }
        socket.send(type="ping")
        assert socket.next() == {"type": "pong", "data": {}}
    job = api.generate(project, scene, PICTURE)
    api.wait(job["jobId"], "pending")
    with api.socket() as socket:
        socket.subscribe(jobId=job["jobId"])
        assert socket.next()["data"].items() >= {"jobId": job["jobId"], "status": "pending"}.items()
        socket.send(type="unsubscribe", jobId=job["jobId"])
        assert socket.next()["type"] == "unsubscribed"
        api.post(f"/api/jobs/{job['jobId']}/cancel")
        socket.send(type="ping")
        assert socket.next()["type"] == "pong"
        socket.subscribe(jobId=job["jobId"])
        assert socket.next()["type"] == "video_generation_failed"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Origin": "https://elsewhere.example"}])
def test_a_socket_without_credentials(live: RunningStudio, headers: dict[str, str]) -> None:
    with (
        connect(f"{live.url.replace('http', 'ws', 1)}/ws/", additional_headers=headers) as socket,
        pytest.raises(ConnectionClosed) as closed,
    ):
        socket.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_a_socket_is_closed_when_its_person_loses_access(api: Api, stranger: Api, live: RunningStudio) -> None:
    project, _ = api.scene()
    members = f"/api/projects/{project}/members"
    api.post(members, {"username": "eve", "role": "viewer", "maySpend": False}, 201)
    with stranger.socket() as socket:
        socket.subscribe(projectId=project)
        api.call("DELETE", f"{members}/eve")
        with pytest.raises(ConnectionClosed):
            socket.next(15)


def test_openapi_and_its_page(api: Api) -> None:
    schema = requests.get(f"{api.url}/api/openapi.json", timeout=10).json()
    assert {"/api/videos/generate", "/api/jobs/{job_id}/cancel", "/api/projects"} <= set(schema["paths"])
    page = requests.get(f"{api.url}/api/docs", timeout=10)
    assert page.status_code == 200
    assert "//cdn" not in page.text


def test_the_runway_key_appears_nowhere(live: RunningStudio, api: Api, runway: FakeRunway) -> None:
    """After all of the above, with what goes wrong among it: in no log, row, file, page or answer."""
    with runway.failing("organization", faults.refusal(401, "No API key was provided.")):
        api.call("GET", "/api/videos/test-runway", 502)
    pages = crawled(live.url, PASSWORD)
    kinds = {kind_of(path) for path in pages}
    assert {"/", "/queue/", "/admin/generation/generationjob/*/change/", "/projects/*/*/", "/api/openapi.json"} <= kinds
    assert not [path for path, body in pages.items() if KEY.encode() in body]
    places = [path for path in live.data_dir.rglob("*") if path.is_file()] + [live.log]
    assert not [path for path in places if KEY.encode() in path.read_bytes()]


def test_one_subscription_for_all_visible_projects(api: Api, stranger: Api) -> None:
    mine, scene = api.scene("Of mine")
    with api.socket() as socket, stranger.socket() as other:
        socket.send(type="subscribe", all=True)
        assert socket.next() == {"type": "subscribed", "data": {"all": True}}
        other.send(type="subscribe", all=True)
        assert other.next() == {"type": "subscribed", "data": {"all": True}}
        # also of a film that is made later
        later, there = api.scene("Made later")
        jobs = {api.generate(*where, PICTURE)["jobId"] for where in ((mine, scene), (later, there))}
        pending: set[str] = set()
        while not jobs <= pending:
            data = socket.next()["data"]
            pending |= {data["jobId"]} if data["status"] == "pending" else set()
        # who asks for one of them has its state, though it was messages before
        job = jobs.pop()
        socket.subscribe(jobId=job)
        assert socket.next()["data"].items() >= {"jobId": job, "status": "pending"}.items()
        socket.send(type="unsubscribe", all=True)
        assert socket.next() == {"type": "unsubscribed", "data": {"all": True}}
        other.send(type="ping")
        while (heard := other.next())["type"] != "pong":
            assert heard["data"]["projectId"] not in (mine, later)
