"""Every page as people see it: dark and light, wide and narrow (`PICTURES=1` keeps pictures, see page_audit.py).

Nothing is wider than the window, axe finds nothing to mend, each control is reached and seen by the keyboard, the
console is silent, and no other host is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import attend
from tests.browser.page_audit import TWO_VIEWS, VIEWS, audit, load_axe, set_first_view, tab_through, violations
from tests.browser.page_list import ADMIN, OTHERWISE, OUTSIDE, PAGES, WALKED
from tests.studio_process import RunningStudio

INSIDE = {**PAGES, **OTHERWISE, **ADMIN}
# rules that the markup of others breaks; it comes so, and cannot be changed from here
LEFT_OUT = {
    # Django's widgets for many to many (a labelled span without a role), and for a date with its time (no labels)
    "admin-user": ("aria-prohibited-attr", "label"),
}
# what these say by their status is what they are for
REFUSED = {"link-used": 403, "invitation-used": 404, "share-ended": 404, "not-found": 404}


@dataclass
class Visitor:
    page: Page
    complaints: list[str] = field(default_factory=list)


def visitor(browser: Browser, studio: RunningStudio, session: str = "") -> Iterator[Visitor]:
    context = browser.new_context(base_url=studio.url)
    # the theme of the system is what a view asks for
    cookies = {"theme": "system", **({"sessionid": session} if session else {})}
    context.add_cookies([{"name": name, "value": value, "url": studio.url} for name, value in cookies.items()])
    complaints: list[str] = []
    yield Visitor(attend(context, studio, complaints).new_page(), complaints)
    context.close()


@pytest.fixture(scope="module")
def stranger(browser: Browser, studio: RunningStudio) -> Iterator[Visitor]:
    yield from visitor(browser, studio)


@pytest.fixture(scope="module")
def mara(browser: Browser, studio: RunningStudio, film: dict[str, str]) -> Iterator[Visitor]:
    yield from visitor(browser, studio, film["session"])


@pytest.mark.parametrize("name", OUTSIDE)
def test_from_outside(stranger: Visitor, name: str) -> None:
    see(stranger, name, OUTSIDE[name])


@pytest.mark.parametrize("name", INSIDE)
def test_page(mara: Visitor, film: dict[str, str], name: str) -> None:
    see(mara, name, INSIDE[name].format(**film))


def test_the_sheet_of_keys_and_the_price_of_a_batch(mara: Visitor, film: dict[str, str]) -> None:
    """What no address leads to."""
    page = mara.page
    mara.complaints.clear()
    set_first_view(page)
    page.goto("/queue/")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    assert "Move to front" in sheet.inner_text()
    page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")
    page.keyboard.press("?")
    sheet.wait_for()
    load_axe(page)
    assert violations(page) == []
    sheet.get_by_role("button", name="Close").click()
    sheet.wait_for(state="hidden")
    page.goto(f"/projects/{film['project']}/batches/new/")
    page.get_by_role("textbox", name="Prompts").fill("The wind turns")
    page.get_by_label("Takes per combination").fill("1")
    page.locator("#matrix").get_by_role("button", name="See price").click()
    page.get_by_role("button", name="Start").wait_for()
    assert audit(page, "batch-preview") == []
    assert mara.complaints == []


def see(visitor: Visitor, name: str, path: str) -> None:
    page = visitor.page
    visitor.complaints.clear()
    set_first_view(page)
    page.goto(path)
    if name in WALKED:
        tab_through(page)
        page.evaluate("document.activeElement.blur()")
    wrong = audit(page, name, VIEWS if name in PAGES else TWO_VIEWS, LEFT_OUT.get(name, ()))
    expected = [f"{REFUSED[name]} GET {page.url}"] if name in REFUSED else []
    assert wrong == []
    assert visitor.complaints == expected
