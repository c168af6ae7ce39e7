"""What pages tell a person who does something else, and which keys they take."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import media
from tests.api_client import Api
from tests.browser.workbench import Desk
from tests.studio_process import RunningStudio

AWAY = """
    window.told = [];
    window.Notification = class extends EventTarget {
        static permission = "granted";
        constructor(title, { body }) { super(); told.push(body); }
    };
    Object.defineProperty(document, "hidden", { get: () => !window.isBack });
"""
BACK = "window.isBack = true; document.dispatchEvent(new Event('visibilitychange'))"

# nothing is to happen: what the page takes for itself it keeps from the browser
KEYS = """() => {
    HTMLElement.prototype.click = () => {};
    Element.prototype.requestFullscreen = async () => {};
    const names = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "Enter", "Delete"];
    const keys = [..."abcdefghijklmnopqrstuvwxyz0123456789 !#$%&'()*+,-./:;<=>@[]^_`{|}~", ...names];
    return keys.filter((key) => {
        document.activeElement?.blur();
        // one that a key has opened takes those that follow
        for (const menu of document.querySelectorAll("details[open]:is(.menu, .model-picker)")) menu.open = false;
        return !document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    });
}"""
WRITTEN = {"space": " ", "Space": " ", "Del": "Delete"}
WRITTEN |= {"←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown"}


def test_what_becomes_of_takes_elsewhere(page: Page, studio: RunningStudio, token: str, complaints: list[str]) -> None:
    """On the wall of projects, in toasts, in the title and in notifications of a page that nobody looks at."""
    api = Api(studio.url, token)
    project, scene = api.scene("Elsewhere")
    page.add_init_script(AWAY)
    page.goto("/")
    card = page.locator(f"[data-film='{project}']")
    expect(card).to_contain_text("0 of 1 scene chosen")
    expect(page.locator("#work")).to_be_hidden()
    api.generate(project, scene, media.detailed_picture(640, 360), duration=2)
    expect(card).to_contain_text("Generating 1")
    expect(page.locator("#work")).to_have_text("1 in progress")
    expect(page).to_have_title("(1) Projects · Dailies", timeout=20_000)
    expect(card.locator("img")).to_have_count(1)
    expect(card).to_contain_text("10 credits")
    # quality control has found nothing wrong with it
    expect(card).to_contain_text("1 of 1 scene chosen", timeout=20_000)
    api.generate(project, scene, media.detailed_picture(640, 360), duration=2, promptText="[fail:INTERNAL]")
    expect(page).to_have_title("(2) Projects · Dailies", timeout=20_000)
    expect(page.locator("#work")).to_be_hidden()
    done, failed = page.evaluate("told")
    assert done == "Elsewhere · Scene 1, take 1 is done."
    assert failed.startswith("Elsewhere · Scene 1, take 2 failed: ")
    expect(page.locator("#toasts .error")).to_contain_text(failed)
    complaints.clear()
    page.evaluate(BACK)
    expect(page).to_have_title("Projects · Dailies")
    page.locator("#toasts .error").get_by_role("link", name="View").click()
    expect(page.locator("#stage .first article")).to_have_attribute("data-take", "2")


@pytest.mark.parametrize(
    "path", ["/", "/projects/first-light-sample/", "/projects/first-light-sample/scene-1/", "/queue/"]
)
def test_the_sheet_of_keys_has_those_that_work(page: Page, path: str) -> None:
    page.goto(path)
    taken = set(page.evaluate(KEYS))
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    sheet.wait_for()
    lines = sheet.locator("dl > div").all()
    told: set[str] = set()
    for line in lines:
        caps = line.locator("kbd").all_inner_texts()
        # with others, or in a place of their own
        if not {"Ctrl", "Esc", "?"} & set(caps) and "On a scene's handle" not in line.inner_text():
            told |= {WRITTEN.get(cap, cap if len(cap) > 1 else cap.lower()) for cap in caps}
    assert taken == told


def test_the_palette_goes_anywhere_and_does_what_the_page_can(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Go anywhere")
    # first what this page can do, then where one can go
    expect(palette.get_by_role("option").first).not_to_contain_text("Projects")
    expect(palette.get_by_role("option").filter(has_text="Projects").first).to_be_visible()
    page.keyboard.type("theater")
    expect(palette.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(palette).to_be_hidden()
    expect(page.locator("body")).to_have_class("shell theater")
    page.keyboard.press("Control+k")
    page.keyboard.type("usag")
    expect(palette.get_by_role("option").first).to_contain_text("Usage")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/usage/")
