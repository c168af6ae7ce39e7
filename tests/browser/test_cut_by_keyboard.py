"""A film from takes to its export, by the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cutting import Film, trims
from tests.studio_process import RunningStudio, eventually

# how many presses of Tab lead from the beginning of the page to an element, and through the whole page
STOPS = """async () => {
  const shown = (element) => element.checkVisibility() && !element.closest("dialog:not([open])");
  return [...document.querySelectorAll("#cut a[href], #cut button, #cut input, #cut select, #cut [tabindex]")]
    .filter((element) => element.tabIndex >= 0 && !element.disabled && shown(element))
    .map((element) => element.closest("#cut-bin .bin-list, [data-surface]")?.className ?? "")
    .filter(Boolean);
}"""
ACTIVE = "document.activeElement"


@pytest.fixture
def film(page: Page, studio: RunningStudio, token: str) -> Film:
    return Film(page, studio, token).make()


def starting(name: str) -> re.Pattern[str]:
    return re.compile(f"^{name}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with this name has the focus; it must be near."""
    for _ in range(12):
        press(page, "Tab")
        if page.evaluate(f"{ACTIVE}.getAttribute('aria-label') ?? {ACTIVE}.textContent.trim()") == name:
            return
    raise AssertionError(f"{name} is more than 12 stops away")


def test_a_film_is_made_and_played_by_the_keyboard_alone(film: Film) -> None:
    page = film.page
    # the first clip, with its other take instead
    press(page, "4", "Shift+ArrowUp", "a")
    shown = film.cut["clips"][0]["shows"]
    other = next(film.assets[name] for name in ("a.mp4", "b.mp4") if film.assets[name] != shown)
    expect(page.locator("#cut-takes [aria-pressed=true]")).to_have_attribute("data-asset", other)
    press(page, "u")
    clip = film.expect_saved(2)["clips"][0]
    assert clip["assetId"] == other
    press(page, "Shift+BracketLeft", "Shift+BracketRight")
    assert trims(film.expect_saved(4))[0] == (1, clip["out"] - 1)
    press(page, "Home", "Shift+C")
    page.keyboard.type("It rains.")
    press(page, "Tab")
    assert [caption["text"] for caption in film.expect_saved(6)["captions"]] == ["It rains."]
    press(page, "Escape", "Control+s")
    page.keyboard.type("Rough cut")
    press(page, "Enter")
    expect(page.get_by_role("button", name="Restore Rough cut")).to_be_visible()
    press(page, "Escape", "e", "Enter")
    exports = eventually(lambda: film.call("GET", f"/{film.project}/exports")["exports"], 20)
    play = page.get_by_role("button", name="Play: ")
    expect(play).to_be_visible(timeout=60_000)
    tab_to(page, play.get_attribute("aria-label") or "")
    press(page, "Enter")
    expect_played(page, film.cut["length"] / 24)
    press(page, "Escape")
    expect(page.locator("#cut-result")).to_be_hidden()
    assert exports[0]["options"]["captions"] == "sidecar"


def expect_played(page: Page, seconds: float) -> None:
    """The export plays in the dialog: time goes on, frames are decoded, and it is as long as the cut."""
    page.wait_for_function("""() => {
      const video = document.querySelector("#cut-result video");
      return video.currentTime > 0.2 && video.getVideoPlaybackQuality().totalVideoFrames > 2;
    }""")
    duration = page.evaluate("document.querySelector('#cut-result video').duration")
    # to half a frame
    assert abs(duration - seconds) < 1 / 48


def test_bin_and_tracks_are_one_stop_each(film: Film) -> None:
    page = film.page
    page.get_by_role("combobox", name="Kind of media").select_option("scenes")
    assert page.evaluate(STOPS) == ["bin-list", "track-surface"]
    press(page, "Escape", "1")
    names = [f"Add {name}" for name in ("One", "Two", "Three")]
    focused = page.locator(":focus")
    for key, name in (("Home", names[0]), ("ArrowDown", names[1]), ("End", names[2]), ("ArrowUp", names[1])):
        press(page, key)
        expect(focused).to_have_attribute("aria-label", starting(name))
    press(page, "Enter")
    assert [clip["sceneName"] for clip in film.expect_saved(2)["clips"]][-1] == "Two"
    expect(focused).to_have_attribute("aria-label", starting(names[1]))
    press(page, "4", "Alt+ArrowUp")
    expect(focused).to_have_attribute("aria-label", "Captions")
    press(page, "Alt+ArrowDown", "Alt+ArrowDown")
    expect(focused).to_have_attribute("aria-label", "Voice")
    assert page.evaluate(STOPS) == ["bin-list", "track-surface"]


def test_the_keys_of_a_lane_select_what_is_in_it(film: Film) -> None:
    page = film.page
    captions = [{"start": 0, "end": 24, "text": "First"}, {"start": 30, "end": 48, "text": "Second"}]
    film.call("PUT", f"/{film.project}/cut", json=film.cut | {"captions": captions})
    lane = page.get_by_role("listbox", name="Captions")
    expect(lane.get_by_role("option")).to_have_count(2)
    press(page, "4", "Alt+ArrowUp", "Shift+ArrowDown", "Shift+ArrowDown")
    expect(lane.get_by_role("option", selected=True)).to_have_attribute("aria-label", starting("Second"))
    press(page, "3")
    page.keyboard.type("Later")
    press(page, "Tab")
    assert [caption["text"] for caption in film.expect_saved(3)["captions"]] == ["First", "Later"]


def test_an_edit_is_rolled_by_keys(film: Film) -> None:
    page = film.page
    before = film.cut
    # the edit between the clips of scenes that have frames to give
    film.clips.nth(1).click()
    press(page, "Shift+BracketLeft")
    cut = film.expect_saved(2)
    page.keyboard.press("Alt+BracketLeft")
    rolled = film.expect_saved(3)
    assert trims(rolled)[:2] == [(0, trims(cut)[0][1] - 1), (0, before["clips"][1]["out"])]
    assert rolled["length"] == cut["length"]
