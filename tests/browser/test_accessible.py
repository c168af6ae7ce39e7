"""Every page for everybody: axe finds nothing to mend, and each control is reached and seen by the keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.shots import PAGES, THEMES, WIDTHS
from tests.running import RunningStudio

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
MORE_PAGES = {"retry": "/queue/retry/", "nothing": "/nothing/"}
# the first of several radio buttons is reached by Tab, the others by arrows
CONTROLS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((found) => found.checkVisibility({ visibilityProperty: true }) && !found.disabled && found.tabIndex >= 0 &&
  !(found.type === "radio" && !found.checked) && !found.closest("[aria-hidden=true]")).length"""
FOCUSED = """() => {
  const found = document.activeElement;
  if (!found || found === document.body) return null;
  window.reached ??= new Set();
  window.reached.add(found);
  const around = found.closest("label, .card, li, td, form, .well");
  const seen = [found, found.parentElement, around, found.nextElementSibling].filter(Boolean);
  const style = (element) => getComputedStyle(element);
  const outlined = (element) => style(element).outlineStyle !== "none" || style(element).boxShadow !== "none";
  return { visible: seen.some(outlined), what: found.outerHTML.slice(0, 160) };
}"""


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for each in found for node in each["nodes"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(
    browser: Browser, studio: RunningStudio, listen: Any, signed_in: Any, complaints: list[str], theme: Any, width: int
) -> None:
    size: Any = {"width": width, "height": 900}
    context = listen(
        browser.new_context(base_url=studio.url, viewport=size, color_scheme=theme, storage_state=signed_in)
    )
    page = context.new_page()
    found = {}
    for name, path in {**PAGES, **MORE_PAGES}.items():
        page.goto(path)
        if wrong := violations(page):
            found[name] = wrong
    page.goto("/queue/")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    if wrong := violations(page):
        found["keys"] = wrong
    context.close()
    complaints[:] = [told for told in complaints if "/nothing/" not in told]
    assert found == {}


def test_each_control_is_reached_by_the_keyboard_and_seen(page: Page) -> None:
    unseen: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page.goto(path)
        count = page.evaluate(CONTROLS)
        for _ in range(count + 15):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            if focused and not focused["visible"]:
                unseen.setdefault(name, []).append(focused["what"])
        assert page.evaluate("window.reached.size") >= count, name
    assert unseen == {}


def test_the_sheet_of_keys(page: Page) -> None:
    page.goto("/queue/")
    page.get_by_role("button", name="Keys").click()
    sheet = page.get_by_role("dialog", name="Keys of this page")
    assert "To the front" in sheet.inner_text()
    page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")
    page.keyboard.press("?")
    sheet.wait_for()
    sheet.get_by_role("button", name="Close").click()
    sheet.wait_for(state="hidden")
