"""Room for the picture: its share of the window, where the composer is, the theater, and the slots of the frames."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.workbench import Desk
from tests.studio_process import eventually

SHARE = """() => {
  const { width, height } = document.querySelector(".stage-well").getBoundingClientRect();
  return (width * height) / (innerWidth * innerHeight);
}"""
# what is needed all the time, and must be in the window without scrolling
IN_REACH = """(selectors) => selectors.filter((selector) => {
  const element = [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
  const box = element?.getBoundingClientRect();
  return !box || box.top < 0 || box.left < 0 || box.bottom > innerHeight + 1 || box.right > innerWidth + 1;
})"""
PARTS = [".strip", "#transport", "#prompt", "#first-frame", "#last-slot", "#generate"]


@pytest.mark.parametrize(("width", "height", "share"), [(1280, 720, 0.55), (1440, 900, 0.55), (1920, 1080, 0.6)])
def test_the_picture_has_most_of_the_window(desk: Desk, width: int, height: int, share: float) -> None:
    desk.page.set_viewport_size({"width": width, "height": height})
    eventually(lambda: desk.page.evaluate(SHARE) >= share)
    eventually(lambda: desk.page.evaluate(IN_REACH, PARTS) == [])


def test_what_is_done_with_a_take_is_in_the_first_screen(page: Page, desk: Desk) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    desk.press()
    desk.expect_done(1)
    bar = ["[data-mark=choose]", "[data-mark=star]", "[data-mark=reject]", "[data-last-frame]", "a[download]"]
    expect(desk.stage.get_by_role("button", name="Continue from its last frame")).to_be_visible()
    parts = [f"#stage {each}" for each in [*bar, "[data-keep-while-writing]"]]
    eventually(lambda: page.evaluate(IN_REACH, parts) == [])
    eventually(lambda: page.evaluate(SHARE) >= 0.55)


def test_the_composer_stays_where_it_was_put(desk: Desk) -> None:
    page, workbench = desk.page, desk.page.locator("#workbench")
    page.get_by_role("button", name="Below").click()
    page.reload()
    expect(workbench).to_have_attribute("data-dock", "below")
    eventually(lambda: page.evaluate(IN_REACH, PARTS) == [])
    page.locator("body").press("d")
    expect(desk.prompt).to_be_hidden()
    page.reload()
    expect(desk.prompt).to_be_hidden()
    page.keyboard.press("/")
    expect(desk.prompt).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Beside").click()
    expect(workbench).to_have_attribute("data-dock", "side")


def test_the_theater_shows_the_player_alone(desk: Desk) -> None:
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("t")
    eventually(lambda: desk.page.evaluate(SHARE) > 0.85)
    desk.page.keyboard.press("t")
    eventually(lambda: desk.page.evaluate(SHARE) < 0.85)


def test_first_and_last_frame_are_swapped(desk: Desk) -> None:
    page = desk.page
    desk.choose_model("veo3.1", "last")
    page.get_by_text("Last frame", exact=True).click()
    first = page.locator("[name=image]:checked").get_attribute("value")
    desk.add_picture("quay.png")
    expect(page.locator("[name=last_image]:checked")).not_to_have_value("")
    last = page.locator("[name=last_image]:checked").get_attribute("value")
    assert first
    assert last
    assert first != last
    expect(page.locator("[name=image]:checked")).to_have_value(first)
    page.get_by_role("button", name="Swap first and last frame").click()
    expect(page.locator("[name=image]:checked")).to_have_value(last)
    expect(page.locator("[name=last_image]:checked")).to_have_value(first)


def test_what_is_cropped_is_shown(desk: Desk) -> None:
    page, crop = desk.page, desk.page.locator("#frame-crop")
    expect(page.locator("[name=ratio]:checked")).to_have_value("1280:720")
    expect(crop).to_be_hidden()
    page.locator("label:has([name=ratio][value='720:1280'])").click()
    expect(crop).to_be_visible()
    box = crop.bounding_box()
    assert box
    assert abs(box["width"] / box["height"] - 720 / 1280) < 0.01
