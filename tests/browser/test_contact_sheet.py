"""The contact sheet: takes are rated by keys, scrubbed, and played in step."""

from __future__ import annotations

import requests
from playwright.sync_api import expect

from tests.browser.workbench import Desk
from tests.studio_process import eventually

PLAY_HEADS = "[...document.querySelectorAll('#in-step video')].map((video) => video.currentTime)"


def test_takes_are_rated_and_compared(desk: Desk) -> None:
    page = desk.page
    # a poster is scrubbed only where motion is wanted
    page.emulate_media(reduced_motion="no-preference")
    for number in (1, 2):
        desk.press()
        desk.expect_done(number)
    page.goto(desk.path.replace("scene-1/", "takes/"))
    tiles = page.locator("#sheet-takes > li")
    # the newest first
    newest, oldest = tiles.nth(0), tiles.nth(1)
    expect(newest).to_have_attribute("data-take", "2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    expect(newest.get_by_text("Starred")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(oldest.get_by_text("Rejected")).to_be_visible()
    expect(oldest.locator("a")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("1")
    expect(newest.get_by_text("Chosen")).to_be_visible()
    oldest.locator(".well").hover()
    expect(oldest.locator("canvas")).to_have_attribute("data-frame", "6")
    for tile in (newest, oldest):
        tile.get_by_role("checkbox").check()
    page.keyboard.press("c")
    expect(page.locator("#in-step video")).to_have_count(2)
    page.get_by_role("button", name="Play").click()
    eventually(lambda: min(page.evaluate(PLAY_HEADS)) > 0.3)
    first, second = page.evaluate(PLAY_HEADS)
    assert abs(first - second) < 0.2
    page.keyboard.press("Escape")
    expect(page.locator("#in-step video")).to_have_count(0)
    page.get_by_label("Rating").select_option("Rejected")
    expect(tiles).to_have_count(1)
    expect(tiles.first).to_have_attribute("data-take", "1")


def test_a_take_is_copied_to_another_scene(desk: Desk, token: str) -> None:
    page, project = desk.page, desk.path.split("/")[2]
    address = f"{desk.studio.url}/api/projects/{project}/folders"
    requests.post(address, headers={"Authorization": f"Bearer {token}"}, json={"name": "Deck"}, timeout=20)
    desk.press()
    desk.expect_done(1)
    page.goto(desk.path.replace("scene-1/", "takes/"))
    copy = page.get_by_label("Copy the checked takes to a scene")
    expect(copy).to_be_disabled()
    page.locator("#sheet-takes > li").get_by_role("checkbox").check()
    copy.select_option("2 Deck")
    expect(page.get_by_text("Copied to “Deck” as take 1, for 0 credits.")).to_be_visible()
    page.reload()
    expect(page.locator("#sheet-takes > li")).to_have_count(2)
    expect(page.locator("#sheet-takes > li").first).to_contain_text("Deck")
