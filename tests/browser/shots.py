"""Pictures of a studio's pages, in dark and light, wide and narrow.

For the README: `python -m tests.browser.shots http://127.0.0.1:8000 --user owner --password … --out docs/images`.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGES = {
    "projects": "/",
    "project": "/projects/first-light-sample/",
    "scene": "/projects/first-light-sample/scene-1/",
    "queue": "/queue/",
    "usage": "/usage/",
    "budgets": "/usage/budgets/",
    "connection": "/connection/",
    "account": "/account/",
}
WIDTHS = (1440, 390)
THEMES = ("dark", "light")


def shoot(page: Page, name: str, folder: Path, *, whole: bool = True) -> None:
    """Once its pictures are there. `caret`: Playwright hides it by an inline style, which our pages refuse."""
    page.evaluate("Promise.all([...document.images].map((image) => (image.loading = 'eager') && image.decode()))")
    page.screenshot(path=folder / f"{name}.png", full_page=whole, caret="initial")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="of a running studio that has its sample project")
    parser.add_argument("--user", default="owner")
    parser.add_argument("--password", required=True)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(base_url=given.url.rstrip("/"), viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("Name").fill(given.user)
        page.get_by_label("Password").fill(given.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            for name, path in PAGES.items():
                page.goto(path)
                page.wait_for_timeout(1000)  # the browser's own players draw a ring for a moment
                shoot(page, f"{name}-{theme}", given.out, whole=False)
        browser.close()


if __name__ == "__main__":
    main()
