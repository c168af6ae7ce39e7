"""The simulator as a process, called over real HTTP by Runway's official SDK."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import av
import pytest
import requests
import runwayml
from runwayml import RunwayML
from runwayml.lib import polling
from runwayml.types import ImageToVideoCreateResponse
from runwayml.types.task_retrieve_response import Failed, Pending, Running, Succeeded, Throttled

from generation.simulator.clips import draw_picture

TOP = Path(__file__).resolve().parents[2]
HEADERS = {"Authorization": "Bearer key_test", "X-Runway-Version": "2024-11-06"}
READY = re.compile(r"Runway simulator is ready: (http://127\.0\.0\.1:\d+)\n")


class Simulator:
    """`with Simulator(folder, "--daily", "3") as simulator:`; `restart` kills it and starts it on the same port."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._command = [sys.executable, str(TOP / "manage.py"), "runway_simulator", "--data-dir", str(folder)]
        self._options = options
        self.url = ""
        self.process = self._start("0")
        self.client = RunwayML(api_key="key_test", base_url=self.url, max_retries=0)

    def _start(self, port: str) -> subprocess.Popen[str]:
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
        # as the studio starts it: Django's checks would load all pages first
        command = [*self._command, "--port", port, *self._options, "--skip-checks"]
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        line = process.stdout.readline()
        match = READY.fullmatch(line)
        assert match, line
        self.url = match[1]
        return process

    def restart(self) -> None:
        self.end(signal.SIGKILL)
        self.process = self._start(self.url.rpartition(":")[2])

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Send a signal, wait for the end, and return how many seconds it took."""
        start = time.monotonic()
        with self.process:
            self.process.send_signal(number)
            self.process.wait(10)
        return time.monotonic() - start

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.end(signal.SIGKILL)

    def raw(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, self.url + path, timeout=10, **{"headers": HEADERS, **more})

    def create(self, prompt: str = "slow push in", model: Any = "gen4_turbo", **more: Any) -> str:
        """Create a task for a clip of two seconds, and return its id."""
        body = {"model": model, "prompt_image": PICTURE, "ratio": "1280:720", "duration": 2, **more}
        return self.client.image_to_video.create(prompt_text=prompt, **body).id

    def until(self, task_id: str, kind: type | tuple[type, ...]) -> Any:
        """Return the task as soon as it has one of these types."""
        return wait_for(lambda: task if isinstance(task := self.client.tasks.retrieve(task_id), kind) else None)


def wait_for(look: Callable[[], Any], seconds: float = 15) -> Any:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if (result := look()) is not None:
            return result
        time.sleep(0.03)
    raise AssertionError(f"Nothing came within {seconds} s.")


def decoded(clip: bytes) -> list[av.VideoFrame]:
    with av.open(io.BytesIO(clip), "r") as container:
        assert container.streams.video[0].codec_context.name == "h264"
        return list(container.decode(container.streams.video[0]))


def jpeg(width: int = 640, height: int = 360) -> bytes:
    data = io.BytesIO()
    draw_picture(width, height, 2).save(data, "JPEG", quality=90)
    return data.getvalue()


def data_uri(data: bytes, kind: str = "jpeg") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


STILL = jpeg()
PICTURE = data_uri(STILL)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    folder = tmp_path_factory.mktemp("simulator")
    with Simulator(folder, "--task-seconds", "0.3", "--concurrency", "50", "--link-seconds", "600") as running:
        yield running


@pytest.fixture(autouse=True)
def quick_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll quickly: the SDK waits 4.5 to 7.5 seconds between two requests."""
    monkeypatch.setattr(polling, "POLL_TIME", 0.1)
    monkeypatch.setattr(polling, "POLL_JITTER", 0)


@contextmanager
def refused(kind: type[runwayml.APIStatusError]) -> Iterator[dict[str, Any]]:
    """Expect an error, and give its JSON body, which is filled when the block ends."""
    body: dict[str, Any] = {}
    with pytest.raises(kind) as caught:
        yield body
    assert isinstance(caught.value.body, dict)
    body.update(caught.value.body)


def codes(body: dict[str, Any]) -> dict[tuple[Any, ...], str]:
    return {tuple(issue["path"]): issue["code"] for issue in body["issues"]}


# ---- task states ----


@pytest.mark.parametrize(
    ("model", "ratio", "duration", "credits"), [("gen4_turbo", "1280:720", 2, 10), ("gen4.5", "832:1104", 3, 36)]
)
def test_picture_becomes_a_clip(simulator: Simulator, model: Any, ratio: Any, duration: int, credits: int) -> None:
    created = simulator.client.image_to_video.create(
        model=model, prompt_image=PICTURE, prompt_text="slow push in", ratio=ratio, duration=duration, seed=7
    )
    # the SDK adds its waiting method to the answer and hides its type
    answer: object = created
    assert isinstance(answer, ImageToVideoCreateResponse)
    assert UUID(answer.id).version == 4
    assert answer.estimated_cost.credits == credits
    task = created.wait_for_task_output(timeout=20)
    assert isinstance(task, Succeeded)
    assert task.cost.credits == credits
    clip = requests.get(task.output[0], timeout=10)
    width, height = map(int, ratio.split(":"))
    frames = decoded(clip.content)
    assert {(frame.width, frame.height) for frame in frames} == {(width, height)}
    assert len(frames) == duration * 24


def test_each_status_has_its_own_keys(simulator: Simulator) -> None:
    common = {"id", "status", "createdAt"}
    slow, quick = simulator.create("[seconds:20]"), simulator.create()
    pending = simulator.client.tasks.retrieve(slow)
    assert isinstance(pending, Pending)
    assert pending.estimated_cost.credits == 10
    assert abs(pending.created_at - datetime.now(UTC)) < timedelta(seconds=5)
    raw = simulator.raw("GET", f"/v1/tasks/{slow}").json()
    assert set(raw) == {*common, "estimatedCost"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", raw["createdAt"])
    progress = simulator.until(slow, Running).progress
    wait_for(lambda: 0 <= progress < simulator.until(slow, Running).progress <= 1 or None)
    assert set(simulator.raw("GET", f"/v1/tasks/{slow}").json()) == {*common, "estimatedCost", "progress"}
    assert simulator.until(quick, Succeeded).cost.credits == 10
    assert set(simulator.raw("GET", f"/v1/tasks/{quick}").json()) == {*common, "output", "cost"}


def test_failed_task_has_a_reason_and_a_cost(simulator: Simulator) -> None:
    kept, returned = simulator.create("[fail:SAFETY.INPUT.TEXT]"), simulator.create("[fail:INTERNAL]")
    failed = simulator.until(kept, Failed)
    assert (failed.failure_code, failed.cost.credits) == ("SAFETY.INPUT.TEXT", 10)
    assert failed.failure
    failed = simulator.until(returned, Failed)
    assert (failed.failure_code, failed.cost.credits) == ("INTERNAL", 0)
    with pytest.raises(polling.TaskFailedError):
        simulator.client.tasks.retrieve(returned).wait_for_task_output(timeout=5)


def test_cancelled_task_is_gone(simulator: Simulator) -> None:
    before = simulator.client.organization.retrieve().credit_balance
    pending = simulator.create("[seconds:20]")
    simulator.client.tasks.delete(pending)
    running = simulator.create("[seconds:20]")
    simulator.until(running, Running)
    simulator.client.tasks.delete(running)
    for task_id in (pending, running, str(uuid4())):
        with refused(runwayml.NotFoundError) as body:
            simulator.client.tasks.retrieve(task_id)
        assert body == {"error": "Could not find Task"}
    assert simulator.raw("DELETE", f"/v1/tasks/{running}").status_code == 404
    # only the running task is charged
    assert simulator.client.organization.retrieve().credit_balance == before - 10


def test_finished_task_is_deleted_with_its_output(simulator: Simulator) -> None:
    task_id = simulator.create()
    link = simulator.until(task_id, Succeeded).output[0]
    answer = simulator.raw("DELETE", f"/v1/tasks/{task_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert requests.get(link, timeout=10).status_code == 404


def test_camera_moves_as_the_prompt_says(simulator: Simulator) -> None:
    tasks = [simulator.create(prompt, seed=7) for prompt in ("pan left", "pan left, slowly", "pan right")]
    clips = (requests.get(simulator.until(task, Succeeded).output[0], timeout=10).content for task in tasks)
    # their hashes: pytest compares long bytes for minutes where they differ
    left, again, right = (hashlib.sha256(clip).hexdigest() for clip in clips)
    assert left == again != right


# ---- output ----


def test_output_supports_ranges(simulator: Simulator) -> None:
    link = simulator.until(simulator.create(), Succeeded).output[0]
    assert re.fullmatch(rf"{simulator.url}/outputs/[^/?]+\.mp4\?_jwt=\S+", link)
    whole = requests.get(link, timeout=10)
    assert whole.headers["Content-Type"] == "video/mp4"
    assert int(whole.headers["Content-Length"]) == len(whole.content)
    rest = requests.get(link, headers={"Range": "bytes=1000-"}, timeout=10)
    assert (rest.status_code, rest.content) == (206, whole.content[1000:])
    assert rest.headers["Content-Range"] == f"bytes 1000-{len(whole.content) - 1}/{len(whole.content)}"
    beyond = requests.get(link, headers={"Range": f"bytes={len(whole.content)}-"}, timeout=10)
    assert beyond.status_code == 416
    head = requests.head(link, timeout=10)
    assert (head.headers["Content-Length"], head.content) == (whole.headers["Content-Length"], b"")


def test_links_expire_and_are_renewed(simulator: Simulator) -> None:
    task_id = simulator.create("[expire:1]")
    link = simulator.until(task_id, Succeeded).output[0]
    expired = wait_for(lambda: answer if (answer := requests.get(link, timeout=10)).status_code == 403 else None)
    assert "expired" in expired.json()["error"]
    fresh = simulator.client.tasks.retrieve(task_id)
    assert isinstance(fresh, Succeeded)
    assert requests.get(fresh.output[0], timeout=10).status_code == 200


@pytest.mark.parametrize("query", ["", "?_jwt=", "?_jwt=WyJhIiwxXQ:x:y"])
def test_invalid_link_is_refused(simulator: Simulator, query: str) -> None:
    answer = requests.get(f"{simulator.url}/outputs/clip.mp4{query}", timeout=10)
    assert (answer.status_code, set(answer.json())) == (403, {"error"})


# ---- the account ----


def test_the_organization(simulator: Simulator) -> None:
    before = simulator.client.organization.retrieve()
    assert before.tier.models["gen4_turbo"].max_concurrent_generations == 50
    assert before.tier.models["gen4.5"].max_daily_generations == 1000
    simulator.create(model="gen4.5")
    after = simulator.client.organization.retrieve()
    assert after.credit_balance == before.credit_balance - 24
    assert after.usage.models["gen4.5"].daily_generations == before.usage.models["gen4.5"].daily_generations + 1
    assert after.usage.models["gen4_turbo"] == before.usage.models["gen4_turbo"]


def test_usage_by_day_and_model(simulator: Simulator) -> None:
    simulator.create()
    balance = simulator.client.organization.retrieve().credit_balance
    today = datetime.now(UTC).date()
    for dates in ({}, {"start_date": today, "before_date": str(today + timedelta(days=1))}):
        usage = simulator.client.organization.retrieve_usage(**dates)  # type: ignore[arg-type]
        assert "gen4_turbo" in usage.models
        assert sum(used.amount for day in usage.results for used in day.used_credits) == 100_000 - balance
        assert isinstance(usage.results[-1].date, date)
    with refused(runwayml.BadRequestError) as body:
        simulator.client.organization.retrieve_usage(start_date="2026-01-01", before_date="2026-06-01")
    assert codes(body) == {("beforeDate",): "custom"}


# ---- pictures ----


def test_upload_in_two_steps(simulator: Simulator) -> None:
    upload = simulator.client.uploads.create_ephemeral(file=("still.jpg", STILL), file_metadata="{}")
    assert upload.uri.startswith("runway://")
    frames: Any = [{"uri": upload.uri, "position": "first"}]
    for _ in range(2):
        simulator.until(simulator.create(prompt_image=frames), Succeeded)


def test_large_upload(simulator: Simulator) -> None:
    # more than fits into a data URI
    data = STILL + bytes(8 * 1024 * 1024)
    uri = simulator.client.uploads.create_ephemeral(file=("still.jpg", data)).uri
    simulator.until(simulator.create(prompt_image=uri), Succeeded)


def test_invalid_uploads_are_refused(simulator: Simulator) -> None:
    with refused(runwayml.BadRequestError) as body:
        simulator.client.uploads.create_ephemeral(file=("virus.exe", b"x" * 600))
    assert codes(body) == {("filename",): "custom"}
    with pytest.raises(runwayml.APIStatusError, match="status 400"):
        simulator.client.uploads.create_ephemeral(file=("still.jpg", b"too small"))
    form = simulator.raw("POST", "/v1/uploads", json={"filename": "a.png", "type": "ephemeral"}).json()
    assert set(form) == {"uploadUrl", "fields", "runwayUri"}
    file = {"file": ("a.png", b"x" * 600)}
    assert requests.post(form["uploadUrl"], files=file, timeout=10).status_code == 403
    assert requests.post(form["uploadUrl"], data=form["fields"], timeout=10).status_code == 400
    # no file was uploaded, so the URI leads nowhere
    with refused(runwayml.BadRequestError) as body:
        simulator.create(prompt_image=form["runwayUri"])
    assert codes(body) == {("promptImage",): "custom"}


@pytest.mark.parametrize(
    "uri",
    [
        data_uri(b"GIF89a" + bytes(600), "gif"),
        data_uri(bytes(600)),
        data_uri(STILL[:5000]),
        data_uri(jpeg(800, 200)),
        data_uri(jpeg(200, 500)),
        "data:image/jpeg;base64,***********",
        "data:image/jpeg,abcdefghijk",
        "runway://" + "0" * 32,
        "runway://../../secret_key",
        "https://127.0.0.1/picture.jpg",
        "https://localhost:1/picture.jpg",
    ],
)
def test_invalid_pictures_are_refused(simulator: Simulator, uri: str) -> None:
    with refused(runwayml.BadRequestError) as body:
        simulator.create(prompt_image=uri)
    assert codes(body) == {("promptImage",): "custom"}


def test_data_uri_length_limit(simulator: Simulator) -> None:
    start = "data:image/jpeg;base64,"
    # bytes after the end of a JPEG are ignored, and make the data URI longer
    fill = (5_242_880 - len(start)) // 4 * 3 - len(STILL)
    most = data_uri(STILL + bytes(fill))
    assert 5_242_880 - 4 < len(most) <= 5_242_880
    simulator.until(simulator.create(prompt_image=most), Succeeded)
    with refused(runwayml.BadRequestError) as body:
        simulator.create(prompt_image=most + "AAAA")
    assert codes(body) == {("promptImage",): "too_big"}


# ---- errors ----


def test_every_wrong_field_has_an_issue(simulator: Simulator) -> None:
    wrong: Any = {"ratio": "16:9", "duration": 11, "seed": -1, "promptText": "", "promptImage": "http://x.org/a.jpg"}
    with refused(runwayml.BadRequestError) as body:
        simulator.client.post("/v1/image_to_video", body={"model": "gen4.5", **wrong}, cast_to=object)
    assert set(body) == {"error", "issues", "docUrl"}
    assert codes(body) == {
        ("ratio",): "invalid_value",
        ("duration",): "too_big",
        ("seed",): "too_small",
        ("promptText",): "too_small",
        ("promptImage",): "invalid_union",
    }
    too_big = next(issue for issue in body["issues"] if issue["code"] == "too_big")
    assert too_big == {
        "code": "too_big",
        "path": ["duration"],
        "message": "Too big: expected number to be <=10",
        "maximum": 10,
        "inclusive": True,
        "origin": "number",
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("model",): "invalid_value"}),
        ({"model": "gen5"}, {("model",): "invalid_value"}),
        ({"model": "gen4_turbo"}, {("promptImage",): "invalid_union", ("ratio",): "invalid_value"}),
        ({"model": "gen4_turbo", "ratio": "960:960", "promptImage": []}, {("promptImage",): "too_small"}),
        (
            {"model": "gen4_turbo", "ratio": "960:960", "promptImage": [{"uri": 5, "position": "last"}]},
            {("promptImage", 0, "uri"): "invalid_type", ("promptImage", 0, "position"): "invalid_value"},
        ),
        (
            {"model": "gen4_turbo", "ratio": "960:960", "promptImage": PICTURE, "duration": 2.5, "seed": True},
            {("duration",): "invalid_type", ("seed",): "invalid_type"},
        ),
        (
            {"model": "gen4_turbo", "ratio": "960:960", "promptImage": PICTURE, "contentModeration": {"x": 1}},
            {("contentModeration",): "unrecognized_keys"},
        ),
        ([], {(): "invalid_type"}),
    ],
)
def test_issues(simulator: Simulator, body: object, expected: dict[tuple[Any, ...], str]) -> None:
    answer = simulator.raw("POST", "/v1/image_to_video", json=body)
    assert answer.status_code == 400
    assert codes(answer.json()) == expected


def test_unknown_model_lists_the_known_ones(simulator: Simulator) -> None:
    with refused(runwayml.BadRequestError) as body:
        simulator.create(model="gen5")
    assert body["issues"][0]["values"][:2] == ["gen4_turbo", "gen4.5"]


def test_gen4_models_ignore_unknown_keys(simulator: Simulator) -> None:
    simulator.create(extra_body={"negativePrompt": "rain"})


def test_key_is_required(simulator: Simulator) -> None:
    with RunwayML(api_key="wrong", base_url=simulator.url) as stranger, refused(runwayml.AuthenticationError) as body:
        stranger.organization.retrieve()
    assert set(body) == {"error", "docUrl"}
    answer = requests.get(f"{simulator.url}/v1/organization", timeout=10)
    assert answer.status_code == 401
    assert answer.json()["error"].startswith("No API key was provided.")


def test_version_header_is_required(simulator: Simulator) -> None:
    key = {"Authorization": HEADERS["Authorization"]}
    missing = simulator.raw("GET", "/v1/organization", headers=key)
    assert (missing.status_code, set(missing.json())) == (400, {"error", "docUrl"})
    assert missing.json()["error"] == "The X-Runway-Version header was not provided in the request"
    old = simulator.raw("GET", "/v1/organization", headers={**key, "X-Runway-Version": "2023-01-01"})
    assert old.status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/image_to_video", 405),
        ("PUT", "/v1/organization", 405),
        ("POST", "/v1/tasks/7d3a1b52-0c4e-4f6a-9b1d-2e8f5a6c7d90", 405),
        ("GET", "/v1/text_to_poem", 404),
        ("GET", "/v1/organization/", 404),
        ("GET", "/", 404),
        ("GET", "/v1/tasks/17", 400),
    ],
)
def test_wrong_calls_have_json_errors(simulator: Simulator, method: str, path: str, status: int) -> None:
    answer = simulator.raw(method, path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"seed": NaN}', b"\xff", b"[" * 100_000])
def test_invalid_json_is_refused(simulator: Simulator, body: bytes) -> None:
    answer = simulator.raw("POST", "/v1/image_to_video", data=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "The body is not valid JSON.")


def test_too_large_body_is_refused(simulator: Simulator) -> None:
    answer = simulator.raw("POST", "/v1/image_to_video", data=b" " * (6 * 1024 * 1024 + 1))
    assert answer.status_code == 413


# ---- faults on request ----


def test_faults_requested_by_the_prompt(simulator: Simulator) -> None:
    with pytest.raises(runwayml.InternalServerError) as caught:
        simulator.create("[http:503*1]")
    assert (caught.value.status_code, caught.value.response.headers["Retry-After"]) == (503, "1")
    simulator.create("[http:503*1]")
    task_id = simulator.create("[poll:500*1] [output:502*1]")
    with pytest.raises(runwayml.InternalServerError):
        simulator.client.tasks.retrieve(task_id)
    link = simulator.until(task_id, Succeeded).output[0]
    assert [requests.get(link, timeout=10).status_code for _ in range(2)] == [502, 200]


def test_lost_answer_leaves_a_paid_task(simulator: Simulator) -> None:
    before = simulator.client.organization.retrieve().credit_balance
    with pytest.raises(runwayml.InternalServerError):
        simulator.create("[http:500]")
    with pytest.raises(runwayml.APITimeoutError):
        simulator.create("[hang:5]", timeout=0.5)
    wait_for(lambda: simulator.client.organization.retrieve().credit_balance == before - 20 or None)


# ---- limits, and the process itself ----


def test_limits(tmp_path: Path) -> None:
    options = ("--concurrency", "1", "--daily", "3", "--credits", "60", "--task-seconds", "0.5")
    with Simulator(tmp_path, *options) as simulator:
        tasks = [simulator.create("[seconds:60]"), simulator.create(), simulator.create()]
        waiting = simulator.client.tasks.retrieve(tasks[1])
        assert isinstance(waiting, Throttled)
        assert waiting.estimated_cost.credits == 10
        raw = simulator.raw("GET", f"/v1/tasks/{tasks[1]}").json()
        assert set(raw) == {"id", "status", "createdAt", "estimatedCost"}
        with refused(runwayml.RateLimitError) as body:
            simulator.create()
        assert body["error"] == "Your daily task limit has been reached."
        with refused(runwayml.BadRequestError) as body:
            simulator.create(model="gen4.5", duration=3)
        assert set(body) == {"error", "docUrl"}
        assert body["error"] == "You do not have enough credits to run this task."
        simulator.client.tasks.delete(tasks[0])
        # the waiting tasks then start one after the other
        for task_id in tasks[1:]:
            simulator.until(task_id, Succeeded)


def test_restart_continues_every_task(tmp_path: Path) -> None:
    with Simulator(tmp_path, "--concurrency", "2", "--task-seconds", "0.5") as simulator:
        done = simulator.create()
        simulator.until(done, Succeeded)
        uri = simulator.client.uploads.create_ephemeral(file=("still.jpg", STILL)).uri
        cancelled = simulator.create("[seconds:60]")
        simulator.client.tasks.delete(cancelled)
        tasks = [simulator.create(prompt, duration=4) for prompt in ("pan left", "pan right", "tilt up")]
        balance = simulator.client.organization.retrieve().credit_balance
        # before any clip is rendered
        simulator.restart()
        assert isinstance(simulator.client.tasks.retrieve(done), Succeeded)
        with pytest.raises(runwayml.NotFoundError):
            simulator.client.tasks.retrieve(cancelled)
        assert simulator.client.organization.retrieve().credit_balance == balance
        simulator.create(prompt_image=uri)
        for task_id in tasks:
            link = simulator.until(task_id, Succeeded).output[0]
            assert len(decoded(requests.get(link, timeout=10).content)) == 96


def test_port_in_use_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [
            sys.executable,
            str(TOP / "manage.py"),
            "runway_simulator",
            "--data-dir",
            str(tmp_path),
            "--port",
            port,
        ]
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
        result = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=30)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.strip().splitlines() == [
        f"CommandError: The simulator cannot listen on 127.0.0.1:{port}: Address already in use."
    ]


def test_concurrent_calls_and_quick_exit(tmp_path: Path) -> None:
    with Simulator(tmp_path, "--task-seconds", "60") as simulator:
        tasks = [simulator.create(duration=10, seed=number) for number in range(3)]
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(simulator.client.tasks.retrieve, tasks * 10))
        assert [task.id for task in answers] == tasks * 10
        # clips are still being rendered
        assert simulator.end() < 2
