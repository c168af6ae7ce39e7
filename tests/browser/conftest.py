"""A real Chromium before a real studio. What a page says to the console, or asks of another host, fails its test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    sync_playwright,
)

from tests.browser.workbench import PASSWORD, Desk, sign_in
from tests.studio_process import RunningStudio

ON_PATH = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


# all of this ends with the last test of this folder: no other may run beside Playwright's loop, or beside a studio
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with playwright.chromium.launch(args=QUIET, executable_path=found_chromium(playwright)) as started:
        yield started


def found_chromium(playwright: Playwright) -> str | None:
    """None: Playwright's own."""
    found = next((path for path in map(shutil.which, ON_PATH) if path), None)
    if found or Path(playwright.chromium.executable_path).exists():
        return found
    why = f"No Chromium: install one of {', '.join(ON_PATH)}, or run `playwright install chromium`."
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="package")
def studio() -> Iterator[RunningStudio]:
    env = {"DAILIES_SIMULATOR_OPTIONS": "--task-seconds 1.5", "STUDIO_OWNER_PASSWORD": PASSWORD}
    with RunningStudio(env=env) as running:
        yield running


@pytest.fixture(scope="package")
def signed_in(browser: Browser, studio: RunningStudio) -> Any:
    """Cookies of the owner."""
    context = browser.new_context(base_url=studio.url)
    sign_in(context.new_page())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def complaints(studio: RunningStudio) -> Iterator[list[str]]:
    """What the browser complains of; nothing, at the end of the test. A test that provokes some clears them."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def listen(studio: RunningStudio, complaints: list[str]) -> Any:
    return lambda context: attend(context, studio, complaints)


def attend(context: BrowserContext, studio: RunningStudio, complaints: list[str]) -> BrowserContext:
    """Write down what the pages of a context say to the console, ask of another host, or are refused."""
    own = (studio.url, studio.url.replace("http", "ws", 1), "data:", "blob:")

    def hear(line: ConsoleMessage) -> None:
        # of an answer that is an error the console says less than the answer itself
        if line.type in ("error", "warning") and not line.text.startswith("Failed to load resource: the server"):
            complaints.append(line.text)

    def read(answer: Response) -> None:
        if answer.status >= 400:
            complaints.append(f"{answer.status} {answer.request.method} {answer.url}")

    def watch(asked: Request) -> None:
        if not asked.url.startswith(own):
            complaints.append(f"asked {asked.url}")

    context.on("console", hear)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", watch)
    context.on("response", read)
    return context


@pytest.fixture
def nobody(browser: Browser, studio: RunningStudio, listen: Any) -> Iterator[Page]:
    """A page before anybody has signed in."""
    context = listen(browser.new_context(base_url=studio.url))
    yield context.new_page()
    context.close()


@pytest.fixture
def page(browser: Browser, studio: RunningStudio, listen: Any, signed_in: Any) -> Iterator[Page]:
    """A page of the owner's."""
    context = listen(browser.new_context(base_url=studio.url, storage_state=signed_in))
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser, studio: RunningStudio, listen: Any, signed_in: Any) -> Iterator[Page]:
    """A page of the owner's on a phone, touched and not pointed at."""
    size: Any = {"width": 390, "height": 844}
    context = browser.new_context(
        base_url=studio.url, viewport=size, has_touch=True, is_mobile=True, storage_state=signed_in
    )
    yield listen(context).new_page()
    context.close()


@pytest.fixture(scope="package")
def token(studio: RunningStudio) -> str:
    return studio.token()


@pytest.fixture(scope="package")
def film(studio: RunningStudio) -> dict[str, str]:
    """Mara's film in the studio: parts of its addresses, and her session."""
    return studio.make_film()


@pytest.fixture
def desk(page: Page, studio: RunningStudio, token: str) -> Desk:
    return Desk.with_everything(page, studio, token)
