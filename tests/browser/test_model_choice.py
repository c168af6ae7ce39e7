"""Choosing a model: its star, the question when it is much dearer, and aspect and resolution apart."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.browser.workbench import Desk


def test_what_is_much_dearer_asks_once(desk: Desk) -> None:
    page = desk.page
    desk.choose_model("gen4_turbo")
    dialog = page.locator("#dearer")
    desk.pick_model("veo3.1")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("costs")
    dialog.get_by_role("button", name="Back to").click()
    expect(page.locator("#settings")).to_have_attribute("data-model", "gen4_turbo")
    expect(page.locator("#sum")).to_have_class("submit-price price-changed")
    desk.pick_model("veo3.1")
    expect(page.locator("#sum")).to_have_class("submit-price price-changed")
    expect(dialog).to_be_hidden()


def test_aspect_and_resolution_apart(desk: Desk) -> None:
    page = desk.page
    desk.choose_model("seedance2")
    shape = page.locator("[data-shape]")
    before = page.locator("#price").inner_text()
    shape.get_by_text("9:16", exact=True).click()
    shape.get_by_text("1080p", exact=True).click()
    expect(page.locator("#composer [name=ratio]")).to_have_value("1080:1920")
    expect(shape.locator("[data-pixels]")).to_have_text("1080 × 1920")
    expect(page.locator("#price")).not_to_have_text(before)
    # the first frame is wide, and what would be cut is drawn
    expect(page.locator("#frame-crop")).to_be_visible()


def test_a_starred_model_comes_first(desk: Desk) -> None:
    page = desk.page

    def star() -> None:
        page.locator("#picker summary").click()
        with page.expect_response("**/models/star/"):
            page.get_by_role("button", name="Favorite: Veo 3.1", exact=True).click()

    star()
    page.reload()
    try:
        page.locator("#picker summary").click()
        first = page.locator("#models fieldset").first
        expect(first.locator("legend")).to_have_text("Favorites")
        expect(first.get_by_role("button", name="Favorite: Veo 3.1", exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        page.keyboard.press("Escape")
    finally:
        star()


def test_the_crop_that_is_drawn_is_moved_and_sent(desk: Desk) -> None:
    page = desk.page
    desk.choose_model("gen4_turbo")
    page.locator("[data-choices=ratios]").get_by_text("9:16", exact=True).click()
    page.get_by_role("button", name="Adjust crop").click()
    stage, shown = page.locator("[data-stage]"), page.locator("#crop-dialog [data-picture]")
    expect(stage).to_be_visible()
    before = shown.evaluate("picture => picture.style.left")
    stage.focus()
    page.keyboard.press("ArrowRight")
    assert shown.evaluate("picture => picture.style.left") != before
    page.get_by_role("button", name="Whole picture").click()
    assert shown.evaluate("picture => picture.style.width") == "100%"
    page.get_by_role("button", name="Fill the frame").click()
    page.get_by_role("button", name="Use crop").click()
    expect(page.locator("#crop-dialog")).to_be_hidden()
    expect(desk.pictures).to_have_count(2)
    # the picture has the shape now, so nothing is cut off
    expect(page.locator("#frame-crop")).to_be_hidden()
    expect(page.get_by_role("button", name="Adjust crop")).to_be_hidden()
    desk.press()
    desk.expect_done(1)
    scene = json.loads((desk.folder / "metadata" / "scene.json").read_text())
    request = scene["generation"]["videoRequests"][-1]
    assert request["promptImage"].endswith("images/harbour-720x1280.jpg")


def test_moves_write_themselves_and_prompts_come_back(desk: Desk) -> None:
    page = desk.page
    desk.prompt.fill("A ferry leaves")
    page.get_by_text("Moves and looks").click()
    pan = page.get_by_role("button", name="Pan left", exact=True)
    pan.click()
    expect(desk.prompt).to_have_value("A ferry leaves. Pan left.")
    expect(pan).to_have_attribute("aria-pressed", "true")
    pan.click()
    expect(desk.prompt).to_have_value("A ferry leaves.")
    desk.choose_model("gen4_turbo")
    desk.press()
    desk.prompt.fill("")
    page.get_by_text("History", exact=True).click()
    page.get_by_role("button", name="A ferry leaves.").click()
    expect(desk.prompt).to_have_value("A ferry leaves.")
    page.get_by_label("Search prompts of this project").fill("zebra")
    expect(page.get_by_text("No prompts found.")).to_be_visible()
