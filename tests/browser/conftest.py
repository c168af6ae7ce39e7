"""A real Chromium before a real studio. What a page says to the console, or asks of another host, fails its test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
    expect,
    sync_playwright,
)

from tests.browser.workbench import PASSWORD, Desk, sign_in
from tests.studio_process import RunningStudio

# the first is Chromium without windows, which draws less
ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# an error in the corner of the page is a complaint, too: no success may show one
REPORT_ERROR_TOASTS = """
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes)
      if (node.matches?.(".toast.error")) console.error(`toast: ${node.textContent.trim()}`);
}).observe(document, { childList: true, subtree: true });
"""
# how long a page may take to become as expected, in milliseconds; a machine with two cores runs three such studios
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
KEPT_PAGE = "/healthz"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
# All pages are of one site, so one process can show them: a process for each page would load and compile the same
# scripts again, and Chromium would keep another ready for the next page.
ONE_RENDERER = [
    "--renderer-process-limit=1",
    "--disable-site-isolation-trials",
    "--disable-features=SpareRendererForSitePerProcess,IsolateOrigins,site-per-process",
]


# all of this ends with the last test of this folder: no other may run beside Playwright's loop, or beside a studio
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with playwright.chromium.launch(args=QUIET + ONE_RENDERER, executable_path=found_chromium(playwright)) as started:
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


@pytest.fixture(scope="package")
def console() -> list[str]:
    """What the browser has complained of since the test began."""
    return []


@pytest.fixture
def complaints(console: list[str]) -> Iterator[list[str]]:
    """What the browser complains of; nothing, at the end of the test. A test that provokes some clears them."""
    console.clear()
    yield console
    assert console == []


@pytest.fixture
def listen(studio: RunningStudio, complaints: list[str]) -> Any:
    return lambda context: attend(context, studio, complaints)


def attend(context: BrowserContext, studio: RunningStudio, complaints: list[str]) -> BrowserContext:
    """Write down what the pages of a context say to the console, ask of another host, or are refused."""
    own = (studio.url, studio.url.replace("http", "ws", 1), "data:", "blob:")

    def on_console(line: ConsoleMessage) -> None:
        # of an answer that is an error the console says less than the answer itself
        if line.type in ("error", "warning") and not line.text.startswith("Failed to load resource: the server"):
            complaints.append(line.text)

    def on_response(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.status} {response.request.method} {response.url}")

    def on_request(request: Request) -> None:
        if not request.url.startswith(own):
            complaints.append(f"request to {request.url}")

    context.add_init_script(REPORT_ERROR_TOASTS)
    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", on_request)
    context.on("response", on_response)
    return context


@pytest.fixture
def nobody(browser: Browser, studio: RunningStudio, listen: Any) -> Iterator[Page]:
    """A page before anybody has signed in."""
    context = listen(browser.new_context(base_url=studio.url))
    yield context.new_page()
    context.close()


# A context is a window with processes of its own: to open one costs more than most tests. So the tests share one of
# each size, and leave nothing in it. They ask for no motion: a bar that glides after each progress is 60 layouts and
# drawings a second. Tests of what moves, and the one from the sign-in to the clip, see it.
@pytest.fixture(scope="package")
def desktop(browser: Browser, studio: RunningStudio, console: list[str]) -> Iterator[BrowserContext]:
    context = attend(browser.new_context(base_url=studio.url, reduced_motion="reduce"), studio, console)
    context.set_default_timeout(PATIENCE)
    with kept_open(context):
        yield context
    context.close()


@pytest.fixture(scope="package")
def handheld(browser: Browser, studio: RunningStudio, console: list[str]) -> Iterator[BrowserContext]:
    size: Any = {"width": 390, "height": 844}
    context = browser.new_context(
        base_url=studio.url, viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    with kept_open(attend(context, studio, console)):
        yield context
    context.close()


@contextmanager
def kept_open(context: BrowserContext) -> Iterator[None]:
    """Keep a page of the studio open: the process that shows it lives on, and need not start for each test."""
    page = context.new_page()
    page.goto(KEPT_PAGE)
    yield
    page.close()


@pytest.fixture
def none_running(studio: RunningStudio, token: str) -> Iterator[None]:
    """Cancel the takes that a test leaves unfinished: the page of a later test would announce their end."""
    yield
    studio.cancel_jobs(token)


@pytest.fixture
def page(
    none_running: None, desktop: BrowserContext, studio: RunningStudio, complaints: list[str], signed_in: Any
) -> Iterator[Page]:
    """A page of the owner's."""
    with fresh_page(desktop, studio, signed_in) as page:
        yield page


@pytest.fixture
def phone(
    none_running: None, handheld: BrowserContext, studio: RunningStudio, complaints: list[str], signed_in: Any
) -> Iterator[Page]:
    """A page of the owner's on a phone, touched and not pointed at."""
    with fresh_page(handheld, studio, signed_in) as page:
        yield page


@contextmanager
def fresh_page(context: BrowserContext, studio: RunningStudio, state: Any) -> Iterator[Page]:
    """A page as in a context of its own: with these cookies, and with nothing that another test has stored."""
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Storage.clearDataForOrigin", {"origin": studio.url, "storageTypes": "all"})
    devtools.detach()
    context.clear_cookies()
    context.add_cookies(state["cookies"])
    yield page
    context.set_offline(False)
    context.clear_permissions()
    for each in context.pages:
        if not each.url.endswith(KEPT_PAGE):
            each.close()


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
