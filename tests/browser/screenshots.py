"""The pictures of docs/screens.md: `python -m tests.browser.screenshots`.

With `--every` pictures of every page in `tests.browser.page_list`, dark and light, in six widths, to be looked at: they
go to test-results/screens/, which git ignores. `--only scene,queue` takes those of some pages.

A studio is started for them in a folder of its own, a film is put into it (see `tests.browser.sample_film`), and both
go again.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.page_audit import NARROW, WIDE, set_view
from tests.browser.page_list import ADMIN, OTHERWISE, OUTSIDE, PAGES, PROJECT
from tests.studio_process import RunningStudio

LARGEST = 60_000
OUT = Path("docs/images")
EVERY_OUT = Path("test-results/screens")
WIDTHS = (390, 768, 1024, 1280, 1440, 1920)
# what is further down would else wait for somebody to scroll there
LOADED = """() => Promise.allSettled(
  [...document.images].filter((image) => image.src).map((image) => (image.loading = "eager") && image.decode())
)"""


def open_keys(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


def to_the_storyboard(page: Page) -> None:
    page.get_by_role("heading", name="Storyboard").evaluate("heading => heading.scrollIntoView()")


class Shot(NamedTuple):
    name: str
    path: str
    theme: str = "dark"
    width: int = WIDE
    height: int = 900
    before: Callable[[Page], None] | None = None


SHOTS = (
    Shot("scene", PAGES["scene"]),
    Shot("compare", PAGES["scene-compare"]),
    Shot("project", PAGES["project"], "light"),
    Shot("cut", PAGES["cut"]),
    Shot("projects", PAGES["projects"]),
    Shot("queue", PAGES["queue"]),
    Shot("batch", PAGES["batch"], "light"),
    Shot("batch-new", PAGES["batch-new"]),
    Shot("takes", PAGES["takes"]),
    Shot("make", PROJECT + "scene-4/make/?kind=text_to_speech", "light"),
    Shot("usage", PAGES["usage"], "light"),
    Shot("budgets", PAGES["budgets"]),
    Shot("members", PAGES["members"], "light"),
    Shot("disclosure", PAGES["disclosure"], "light"),
    Shot("files", PAGES["files"]),
    Shot("connection", PAGES["connection"]),
    Shot("status", PAGES["status"]),
    Shot("unconfirmed", PAGES["unconfirmed"]),
    Shot("keys", PAGES["scene"], before=open_keys),
    Shot("admin-job", ADMIN["admin-job"]),
    Shot("phone-scene", PAGES["scene"], width=NARROW, height=844),
    Shot("phone-project", PAGES["project"], width=NARROW, height=844, before=to_the_storyboard),
    Shot("phone-queue", PAGES["queue"], "light", NARROW, 844),
)


def take(page: Page, shot: Shot, names: dict[str, str], folder: Path) -> int:
    """Bytes of the picture."""
    set_view(page, shot.theme, shot.width, shot.height)
    page.goto(shot.path.format(**names))
    page.evaluate(LOADED)
    if shot.before:
        shot.before(page)
    # the browser's own players draw a ring for a moment
    page.wait_for_timeout(600)
    return keep(page.screenshot(caret="initial"), folder / f"{shot.name}.webp")


def keep(png: bytes, path: Path) -> int:
    """As small as it has to be, and no coarser."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in (90, 80, 70, 60, 50, 40, 30):
        image.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= LARGEST:
            break
    return path.stat().st_size


def shoot(browser: Browser, url: str, names: dict[str, str], folder: Path, only: str) -> None:
    context = browser.new_context(base_url=url)
    # the theme of the system is what a picture asks for
    cookies = {"sessionid": names["session"], "theme": "system"}
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    page = context.new_page()
    for shot in (shot for shot in SHOTS if not only or shot.name in only.split(",")):
        print(f"{shot.name}: {take(page, shot, names, folder) // 1000} kB", flush=True)
    context.close()


def shoot_every(browser: Browser, url: str, names: dict[str, str], folder: Path, only: str) -> None:
    """The first screen of each page; what is further down is seen in the pictures of `PICTURES=1 make test`."""
    context = browser.new_context(base_url=url)
    context.add_cookies([{"name": "theme", "value": "system", "url": url}])
    page = context.new_page()
    for pages in (OUTSIDE, {**PAGES, **OTHERWISE, **ADMIN}):
        for name, path in pages.items():
            if not only or name in only.split(","):
                _shoot_views(page, name, path.format(**names), folder)
        context.add_cookies([{"name": "sessionid", "value": names["session"], "url": url}])
    context.close()


def _shoot_views(page: Page, name: str, path: str, folder: Path) -> None:
    set_view(page, "dark", WIDE)
    page.goto(path)
    for theme in ("dark", "light"):
        for width in WIDTHS:
            set_view(page, theme, width, 1080 if width > WIDE else 900)
            page.evaluate(LOADED)
            page.screenshot(path=folder / f"{name}-{theme}-{width}.png", caret="initial")
    print(name, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    folder = given.out or (EVERY_OUT if given.every else OUT)
    folder.mkdir(parents=True, exist_ok=True)
    # its path is seen on some of the pages
    data = Path(tempfile.gettempdir()) / "dailies"
    with RunningStudio(data, args=("--no-sample",)) as studio, sync_playwright() as playwright:
        names = studio.make_film()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        if given.every:
            shoot_every(browser, studio.url, names, folder, given.only)
        else:
            shoot(browser, studio.url, names, folder, given.only)
        browser.close()
    shutil.rmtree(data)


if __name__ == "__main__":
    main()
