"""What README tells people to type is typed here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from generation.simulator import clips
from projects.disk import probe
from tests.migrated_database import TOP
from tests.studio_process import RunningStudio


def shell_lines(heading: str) -> str:
    """The first shell block after a heading."""
    section = (TOP / "README.md").read_text().split(f"## {heading}\n")[1]
    found = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


def test_the_curl_lines(studio: RunningStudio, tmp_path: Path) -> None:
    clips.draw_picture(640, 360, 1).save(tmp_path / "p.jpg")
    script = f"set -euo pipefail\n{shell_lines('JSON API')}"
    env = {**studio.env, "URL": studio.url, "TOKEN": studio.token()}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    found = probe.inspect(tmp_path / "take.mp4")
    assert (found.kind, found.width, found.height, round(found.duration or 0)) == ("video", 1280, 720, 5)


def test_the_command(studio: RunningStudio, tmp_path: Path) -> None:
    clips.draw_picture(640, 360, 2).save(tmp_path / "p.jpg")
    done = studio.command(
        "generate", "A quick film", "scene-1", "--image", str(tmp_path / "p.jpg"), "--prompt", "slow push in"
    )
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.splitlines()[-1])
    assert path.name == "take-001.mp4"
    assert probe.inspect(path).kind == "video"
    assert "100%" in done.stderr or "completed" in done.stderr


def test_the_command_tells_what_is_wrong(studio: RunningStudio, tmp_path: Path) -> None:
    clips.draw_picture(640, 360, 2).save(tmp_path / "p.jpg")
    refused = ("--image", str(tmp_path / "p.jpg"), "--prompt", "[fail:SAFETY.INPUT.TEXT]")
    done = studio.command("generate", "Wrong things", "scene-1", *refused)
    assert done.returncode == 1
    assert "moderation" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
