"""Two 1080p takes side by side, as a person compares them: frames that the browser dropped, beside one take alone.

The page decides what is decoded and how often it is drawn; whether it can be decoded in time, the machine decides.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from playwright.sync_api import Page, sync_playwright

from tests.bench.table import Row
from tests.browser.conftest import QUIET, found_chromium
from tests.studio_process import RunningStudio, eventually

SECONDS = 60
MAKE_TAKES = """
from pathlib import Path
from projects.actions import create_scene
from projects.models import Project
from tests.db.quality.takes import finish
scene = create_scene(Project.objects.get(slug="{project}"), "Playback")
for _ in range(2):
    finish(scene, Path("{clip}"))
print(scene.folder_name)
"""
# the clips that are shown; `true` when all have come to their end
ENDED = "[...document.querySelectorAll('#stage video')].every((video) => video.ended || video.currentTime > {seconds})"
QUALITY = """() => [...document.querySelectorAll("#stage video")].map((video) => {
  const { droppedVideoFrames, totalVideoFrames } = video.getVideoPlaybackQuality();
  return [droppedVideoFrames, totalVideoFrames];
})"""


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, RunningStudio() as studio, sync_playwright() as playwright:
        film = studio.make_film()
        clip = _make_clip(Path(folder) / "clip.mp4")
        made = studio.command("shell", "-c", MAKE_TAKES.format(project=film["project"], clip=clip))
        assert made.returncode == 0, made.stderr
        scene = f"/projects/{film['project']}/{made.stdout.split()[-1]}/"
        with playwright.chromium.launch(args=QUIET, executable_path=found_chromium(playwright)) as browser:
            context = browser.new_context(base_url=studio.url, viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": film["session"], "url": studio.url}])
            page = context.new_page()
            alone = _dropped(page, f"{scene}?take=1")
            beside = _dropped(page, f"{scene}?take=2&compare=1")
    what = f"of two 1080p takes side by side for {SECONDS} s, frames dropped"
    return [Row(what, beside, "0", beside == 0, alone, "of one take", unit="%")]


def _make_clip(path: Path) -> Path:
    """A moving picture with noise, about as heavy as a take."""
    source = f"testsrc2=size=1920x1080:rate=24:duration={SECONDS + 2},noise=alls=12:allf=t"
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "8M", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    command = [get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", source, *encode, str(path)]
    subprocess.run(command, check=True, timeout=900)
    return path


def _dropped(page: Page, address: str) -> float:
    """Frames that were not shown, in percent of those that were due; a late clip is not waited for."""
    page.goto(address)
    page.locator("#stage video").first.wait_for()
    page.keyboard.press("Space")
    # the browser's own waiting evaluates texts, which our pages refuse
    eventually(lambda: page.evaluate(ENDED.format(seconds=SECONDS)), SECONDS * 5)
    figures: list[list[int]] = page.evaluate(QUALITY)
    dropped, total = sum(each[0] for each in figures), sum(each[1] for each in figures)
    assert total, "nothing was played"
    return 100 * dropped / total
