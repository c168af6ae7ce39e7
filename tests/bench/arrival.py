"""From Runway's SUCCEEDED being visible to `completed` with the file on disk, beside curl for the same file."""

from __future__ import annotations

import os
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from generation.simulator import clips
from tests import media
from tests.api_client import Api
from tests.bench.table import Row, middle
from tests.fakes.runway import FakeRunway
from tests.fakes.runway.http_server import serving
from tests.studio_process import RunningStudio

MEGABYTES = 400
ROUNDS = 3
POLL_SECONDS = 0.5


def rows() -> list[Row]:
    clip = large_clip(MEGABYTES)
    with serving(FakeRunway()) as runway, tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        env = {
            "RUNWAY_API_KEY": "key_test",
            "RUNWAY_API_URL": runway.url,
            "RUNWAY_POLL_SECONDS": str(POLL_SECONDS),
        }
        with RunningStudio(env=env, args=("--no-sample",)) as studio:
            api = Api(studio.url, studio.token())
            measured = [_round(api, runway, clip, Path(folder) / "curl.mp4") for _ in range(ROUNDS)]
    ours, curl = middle([pair[0] for pair in measured]), middle([pair[1] for pair in measured])
    allowed = POLL_SECONDS + 0.5 + 1.2 * curl
    what = f"a clip of {MEGABYTES} MB complete after SUCCEEDED, polled every {POLL_SECONDS} s"
    return [Row(what, ours, f"≤ poll + 0.5 s + 1.2 × curl = {allowed:.2f} s", ours <= allowed, curl, "curl")]


def large_clip(megabytes: int) -> bytes:
    """A real clip, padded with a box that players pass over."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        clips.draw_clip(clips.draw_picture(1280, 720, 0), 1280, 720, 5, Path(file.name))
        real = Path(file.name).read_bytes()
    padding = megabytes * 2**20 - len(real)
    return (
        real
        + struct.pack(">I4s", padding, b"free")
        + os.urandom(2**20) * (padding // 2**20)
        + bytes(padding % 2**20 - 8)
    )


def _round(api: Api, runway: FakeRunway, clip: bytes, target: Path) -> tuple[float, float]:
    project, scene = api.scene("Bench")
    job = api.generate(project, scene, media.picture(640, 360, "PNG"))
    task = str(api.wait(job["jobId"], "pending", "running")["taskId"])
    runway.succeed(task, clip)
    began = time.monotonic()
    done = api.wait(job["jobId"], seconds=120)
    ours = time.monotonic() - began
    assert done["status"] == "completed", done
    began = time.monotonic()
    subprocess.run(["curl", "--silent", "--fail", "--output", str(target), runway.output_url("clip.mp4")], check=True)
    return ours, time.monotonic() - began
