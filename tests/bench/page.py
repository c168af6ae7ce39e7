"""From a worker's publication to the change in the page, with many pages open in a real Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests import media
from tests.api_client import Api
from tests.bench.table import Row, middle, percentile
from tests.fakes.runway import FakeRunway
from tests.fakes.runway.http_server import serving
from tests.migrated_database import TOP
from tests.studio_process import RunningStudio

PAGES = 20
CHANGES = 60
PASSWORD = "screening-room-7"
# when the bar of the take on the stage moved, by the machine's clock
WATCH = """() => {
    window.moved = {};
    const bar = document.querySelector("#stage progress.bar");
    const note = () => { window.moved[bar.value] ??= (performance.timeOrigin + performance.now()) / 1000; };
    new MutationObserver(note).observe(bar, { attributes: true });
}"""


def rows() -> list[Row]:
    with serving(FakeRunway()) as runway:
        env = {"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": runway.url, "STUDIO_OWNER_PASSWORD": PASSWORD}
        with RunningStudio(env=env, args=("--no-sample",)) as studio:
            delays = _delays(studio)
    half, most = middle(delays), percentile(delays, 0.99)
    what = f"published → {PAGES} open pages ({len(delays)} changes)"
    return [
        Row(f"{what}, p50", half, "≤ 0.05 s", half <= 0.05),
        Row(f"{what}, p99", most, "≤ 0.15 s", most <= 0.15),
    ]


def _delays(studio: RunningStudio) -> list[float]:
    api = Api(studio.url, studio.token())
    project, scene = api.scene("Bench")
    job = api.generate(project, scene, media.picture(640, 360, "PNG"))
    api.wait(job["jobId"], "pending")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(base_url=studio.url)
        _sign_in(context.new_page())
        pages = [_opened(context, f"/projects/{project}/{scene}/") for _ in range(PAGES)]
        published = _published(studio, job["jobId"])
        pages[0].wait_for_timeout(1000)
        moved = [page.evaluate("window.moved") for page in pages]
        browser.close()
    return [float(at) - published[int(step)] for each in moved for step, at in each.items() if int(step) in published]


def _sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Name").fill("owner")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Queue").wait_for()


def _opened(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    with page.expect_websocket() as line:
        page.goto(path)
    line.value.wait_for_event("framereceived")
    page.evaluate(WATCH)
    return page


def _published(studio: RunningStudio, job_id: str) -> dict[int, float]:
    command = [sys.executable, "-m", "tests.bench.publisher", job_id, str(CHANGES)]
    done = subprocess.run(command, cwd=TOP, env=studio.env, capture_output=True, text=True, check=True)
    lines = (line.split() for line in done.stdout.splitlines())
    return {int(step): float(at) for step, at in lines}
