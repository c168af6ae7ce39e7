"""The theme, and what bad input gets before a person's eyes."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.workbench import Desk
from tests.studio_process import eventually


def test_the_theme_is_chosen_by_hand_and_stays(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/account/")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_text("Light", exact=True).click()
    eventually(lambda: page.evaluate(background) != dark)
    light = page.evaluate(background)
    page.goto("/queue/")
    assert page.evaluate(background) == light
    page.goto("/account/")
    page.get_by_text("Dark", exact=True).click()
    eventually(lambda: page.evaluate(background) == dark)


def test_bad_input_at_the_composer(desk: Desk, complaints: list[str]) -> None:
    desk.prompt.fill("x" * 1002)
    expect(desk.why_off).to_have_text("The prompt is 2 characters too long.")
    expect(desk.generate).to_be_disabled()
    desk.prompt.fill("kept")
    desk.page.get_by_text("More", exact=True).click()
    desk.page.get_by_role("textbox", name="Seed").fill("lucky")
    expect(desk.why_off).to_contain_text("whole number from 0 to 4294967295")
    desk.page.get_by_role("button", name="Random seed").click()
    expect(desk.generate).to_be_enabled()
    # what no page offers, as if somebody had changed the page
    desk.page.locator("input[name=ratio]:checked").evaluate("input => { input.value = '3:1' }")
    desk.generate.click()
    expect(desk.page.get_by_text("ratio must be one of 1280:720")).to_be_visible()
    expect(desk.prompt).to_have_value("kept")
    expect(desk.takes).to_have_count(0)
    desk.page.locator("label:has([name=ratio][value='1280:720'])").click()
    complaints.clear()  # the browser tells of the 422
    desk.press()


def test_bad_pictures(desk: Desk, complaints: list[str], tmp_path: Path) -> None:
    huge = tmp_path / "huge.png"
    with huge.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    add = desk.page.get_by_label("Add pictures")
    add.set_input_files({"name": "words.jpg", "mimeType": "image/jpeg", "buffer": b"only words"})
    expect(desk.page.locator("#upload-problem")).to_contain_text("words.jpg: This file is no")
    add.set_input_files(huge)
    expect(desk.page.locator("#upload-problem")).to_contain_text("larger than 20 MB")
    expect(desk.pictures).to_have_count(1)
    expect(desk.generate).to_be_enabled()
    complaints.clear()  # the browser tells of the 422


def test_a_blank_name(page: Page, complaints: list[str]) -> None:
    page.goto("/")
    page.get_by_label("Project name").fill("   ")
    page.get_by_role("button", name="New project").click()
    expect(page.get_by_text("Enter a name of 1 to 200 characters.")).to_be_visible()
    complaints.clear()  # the browser tells of the 422


def test_a_path_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/projects/first-light-sample/scene-1/")
    page.locator("#about").get_by_role("button", name="Copy the path").click()
    expect(page.locator("#toasts")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/scene-1/videos/take-001.mp4")
