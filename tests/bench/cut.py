"""The page of a cut with 1,000 clips: the server's answers, and frames, nodes and jumps in a real Chromium."""

from __future__ import annotations

import json
import time
from typing import Any

import requests
from playwright.sync_api import CDPSession, Page, sync_playwright

from tests import media
from tests.bench.pages import Reader
from tests.bench.table import Row, percentile
from tests.browser.conftest import QUIET, found_chromium
from tests.studio_process import RunningStudio, eventually

CLIPS = 1_000
SCENES = 20
FRAMES = 96
SAVES, JUMPS = 20, 40
IDLE_SECONDS = 5
SIZE: Any = {"width": 1440, "height": 900}
# milliseconds between the frames of the screen while something is done in each of them
STEPS = """async ([what, frames]) => {
  const scroller = document.querySelector("[data-scroller]");
  const surface = document.querySelector("[data-surface]");
  const { left, top } = surface.getBoundingClientRect();
  const point = (x, y) => ({ clientX: left + x, clientY: top + y, bubbles: true, cancelable: true, pointerId: 1 });
  const send = (type, x, more = {}) => surface.dispatchEvent(new PointerEvent(type, { ...point(x, 110), ...more }));
  surface.setPointerCapture = () => {};
  const turned = (deltaY) => new WheelEvent("wheel", { ...point(600, 110), deltaY, ctrlKey: true });
  const actions = {
    scroll: (step) => (scroller.scrollLeft += step < frames / 2 ? 60 : -60),
    zoom: (step) => surface.dispatchEvent(turned(step % 16 < 8 ? -1 : 1)),
    drag: (step) => send("pointermove", 600 + 3 * (step % 100)),
  };
  if (what === "drag") send("pointerdown", 600);
  const times = [];
  let last = await new Promise(requestAnimationFrame);
  for (let step = 0; step < frames; step += 1) {
    actions[what](step);
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  if (what === "drag") document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  return times;
}"""
# milliseconds from a jump until the picture of the frame is there
JUMP = """async (frame) => {
  const bar = document.querySelector("#cut-seek");
  const began = performance.now();
  bar.value = String(frame);
  bar.dispatchEvent(new Event("input", { bubbles: true }));
  const isThere = () => [...document.querySelectorAll("[data-layer].seen video:not([data-original])")]
    .every((video) => video.readyState >= 2 && !video.seeking);
  do await new Promise(requestAnimationFrame); while (!isThere());
  return performance.now() - began;
}"""


def rows() -> list[Row]:
    with RunningStudio(args=("--no-sample",)) as studio:
        film = _Film(studio)
        return [*film.server_rows(), *film.browser_rows()]


class _Film:
    """Twenty scenes with a take each, which take turns in a cut of 1,000 clips."""

    def __init__(self, studio: RunningStudio) -> None:
        self.studio = studio
        self.headers = {"Authorization": f"Bearer {studio.token()}"}
        self.project = self.call("POST", "", json={"name": "Thousand clips"})["id"]
        clip = media.clip(640, 360, FRAMES, 24)
        takes = [self._take(number, clip) for number in range(1, SCENES + 1)]
        self.cut = self.call("GET", f"/{self.project}/cut")
        clips = [{"assetId": takes[number % SCENES], "in": 0, "out": FRAMES} for number in range(CLIPS)]
        self.cut = self.put(self.cut | {"clips": clips})
        for number, take in enumerate(takes, 1):
            eventually(lambda: self._has_proxy(number, take), 120)  # noqa: B023

    def _take(self, number: int, clip: bytes) -> str:
        self.call("POST", f"/{self.project}/folders", json={"name": f"Scene {number}"})
        file = {"file": (f"take-{number}.mp4", clip)}
        return str(self.call("POST", f"/{self.project}/folders/scene-{number}/assets", files=file)["id"])

    def _has_proxy(self, number: int, take: str) -> bool:
        address = f"{self.studio.url}/api/projects/{self.project}/folders/scene-{number}/assets/{take}/proxy"
        return requests.get(address, headers=self.headers, timeout=20, allow_redirects=False).status_code == 200

    def call(self, method: str, path: str, **body: Any) -> Any:
        address = f"{self.studio.url}/api/projects{path}"
        answer = requests.request(method, address, headers=self.headers, timeout=60, **body)
        answer.raise_for_status()
        return answer.json()["data"]

    def put(self, cut: dict[str, Any]) -> Any:
        return self.call("PUT", f"/{self.project}/cut", json=cut)

    def _save(self) -> float:
        """From the request to the whole answer, as for a page: to write and read JSON here is not the server's work."""
        body = json.dumps(self.cut)
        address = f"{self.studio.url}/api/projects/{self.project}/cut"
        headers = self.headers | {"Content-Type": "application/json"}
        began = time.monotonic()
        answer = requests.put(address, data=body, headers=headers, timeout=60)
        seconds = time.monotonic() - began
        answer.raise_for_status()
        self.cut = answer.json()["data"]
        return seconds

    def server_rows(self) -> list[Row]:
        reader = Reader(self.studio)
        asked = {
            "the page": reader.seconds(f"/projects/{self.project}/cut/"),
            "GET of the cut": reader.seconds(f"/api/projects/{self.project}/cut"),
            "PUT of the cut": [self._save() for _ in range(SAVES)],
        }
        return [_row(f"cut of {CLIPS:,} clips: {name}, p95", times, 0.1) for name, times in asked.items()]

    def browser_rows(self) -> list[Row]:
        link = self.studio.command("signinlink").stdout.split()[-1]
        with (
            sync_playwright() as playwright,
            playwright.chromium.launch(args=QUIET, executable_path=found_chromium(playwright)) as browser,
        ):
            page = browser.new_context(base_url=self.studio.url, viewport=SIZE, reduced_motion="reduce").new_page()
            page.goto(link)
            page.goto(f"/projects/{self.project}/cut/", wait_until="networkidle")
            return [*_frames(page), *_at_rest(page), _jumps(page, int(self.cut["length"]))]


def _frames(page: Page) -> list[Row]:
    found = []
    for what in ("zoom", "scroll", "drag"):
        page.evaluate(STEPS, [what, 30])
        times = [time / 1000 for time in page.evaluate(STEPS, [what, 180])]
        found.append(_row(f"{what}, time of a frame, p95", times, 0.02))
    return found


def _at_rest(page: Page) -> list[Row]:
    nodes = page.evaluate("document.querySelectorAll('#cut-tracks .track-area *').length")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.evaluate("new Promise((done) => setTimeout(done, 1000))")
    began = _busy_seconds(devtools)
    page.evaluate(f"new Promise((done) => setTimeout(done, {IDLE_SECONDS * 1000}))")
    share = 100 * (_busy_seconds(devtools) - began) / IDLE_SECONDS
    return [
        Row("nodes in the tracks", nodes, "≤ 400", nodes <= 400, unit=""),
        Row("at rest, of a core", share, "≤ 1 %", share <= 1, unit="%"),
    ]


def _busy_seconds(devtools: CDPSession) -> float:
    """Return how long the page's own thread has worked."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def _jumps(page: Page, length: int) -> Row:
    # a fixed walk over the whole film, to another clip each time
    frames = [(number * 7919 * FRAMES + 41 * number) % length for number in range(1, JUMPS + SCENES)]
    times = [page.evaluate(JUMP, frame) / 1000 for frame in frames]
    # each file was loaded once by then
    return _row("a jump until the picture is there, p95", times[SCENES - 1 :], 0.1)


def _row(what: str, times: list[float], most: float) -> Row:
    measured = percentile(times, 0.95)
    return Row(what, measured, f"≤ {most:g} s", measured <= most)
