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


def test_takes_are_copied_and_moved_to_another_scene(desk: Desk, token: str) -> None:
    page, scene, project = desk.page, desk.path, desk.path.split("/")[2]
    address = f"{desk.studio.url}/api/projects/{project}/folders"
    requests.post(address, headers={"Authorization": f"Bearer {token}"}, json={"name": "Deck"}, timeout=20)
    for number in (1, 2):
        desk.press()
        desk.expect_done(number)
    page.goto(scene.replace("scene-1/", "takes/"))
    tiles = page.locator("#sheet-takes > li")
    send = page.get_by_role("button", name="Move or copy")
    expect(send).to_be_disabled()
    tiles.first.get_by_role("checkbox").check()
    send.click()
    dialog = page.get_by_role("dialog", name="Move to scene")
    dialog.get_by_text("Copy", exact=True).click()
    dialog.get_by_role("button", name="2 Deck").click()
    expect(page.get_by_text("Copied to “Deck” as take 1, for 0 credits.")).to_be_visible()
    page.reload()
    expect(tiles).to_have_count(3)
    expect(tiles.first).to_contain_text("Deck")
    # by keys: the take on the stage, to the first scene that fits
    page.goto(f"{scene}?take=2")
    page.keyboard.press("v")
    expect(page.get_by_placeholder("Find a scene")).to_be_focused()
    page.keyboard.type("dec")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Take 2 moved to “Deck” as take 2.")).to_be_visible()
    expect(page.locator("#takes > li")).to_have_count(1)
    expect(page.get_by_role("heading", name="Take 1")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("#takes > li")).to_have_count(2)
    # and by the mouse: the list opens beside what is dragged
    page.locator("#takes > [data-take='1'] img").hover()
    page.mouse.down()
    page.mouse.move(300, 300, steps=4)
    target = page.locator("#to-scene [data-to='scene-2']")
    expect(target).to_be_visible()
    target.hover()
    target.hover()
    page.mouse.up()
    expect(page.get_by_text("Take 1 moved to “Deck” as take 3.")).to_be_visible()
    expect(page.locator("#takes > li")).to_have_count(1)
