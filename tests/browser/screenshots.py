"""The pictures of docs/screens.md: `python -m tests.browser.screenshots`.

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
from tests.browser.page_list import ADMIN, PAGES, PROJECT
from tests.studio_process import RunningStudio

LARGEST = 150_000
OUT = Path("docs/images")
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
    Shot("projects", PAGES["projects"]),
    Shot("queue", PAGES["queue"]),
    Shot("batch", PAGES["batch"], "light"),
    Shot("batch-new", PAGES["batch-new"]),
    Shot("make", PROJECT + "scene-4/make/?kind=text_to_speech", "light"),
    Shot("usage", PAGES["usage"], "light"),
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
    for quality in (90, 80, 70, 60, 50):
        image.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= LARGEST:
            break
    return path.stat().st_size


def shoot(browser: Browser, url: str, names: dict[str, str], folder: Path) -> None:
    context = browser.new_context(base_url=url)
    # the theme of the system is what a picture asks for
    cookies = {"sessionid": names["session"], "theme": "system"}
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    page = context.new_page()
    for shot in SHOTS:
        print(f"{shot.name}: {take(page, shot, names, folder) // 1000} kB", flush=True)
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    # its path is seen on some of the pages
    data = Path(tempfile.gettempdir()) / "dailies"
    with RunningStudio(data, args=("--no-sample",)) as studio, sync_playwright() as playwright:
        names = studio.make_film()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shoot(browser, studio.url, names, folder)
        browser.close()
    shutil.rmtree(data)


if __name__ == "__main__":
    main()
