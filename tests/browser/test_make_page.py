"""The page on which pictures and sounds are made: filled in, paid, seen and heard, all in a real browser."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.workbench import Desk
from tests.studio_process import eventually


def test_a_picture_and_a_voice_are_made(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="Other tools").click()
    make = page.locator("#make-press")
    expect(make).to_be_disabled()
    expect(page.get_by_text("Still needed: prompt.")).to_be_visible()
    desk.prompt.fill("A harbour at dawn, long shadows")
    expect(page.locator("#make-foot output")).to_have_text("5 credits")
    expect(make).to_be_enabled()
    page.get_by_label("harbour.jpg", exact=True).check()
    page.get_by_label("Tag of harbour.jpg").fill("harbour")
    make.click()
    picture = page.locator(".result").first
    expect(picture).to_have_attribute("data-status", "completed", timeout=20_000)
    expect(picture.get_by_role("img", name="A harbour at dawn")).to_be_visible()
    # what was filled in stays, for the next one that differs by a word
    expect(desk.prompt).to_have_value("A harbour at dawn, long shadows")
    expect(page.get_by_label("Tag of harbour.jpg")).to_have_value("harbour")

    page.get_by_role("link", name="Generate speech", exact=True).click()
    # the next page is there: this one has a prompt as well
    expect(page.get_by_label("Voice", exact=True)).to_be_visible()
    desk.prompt.fill("The sea keeps what it is given.")
    page.get_by_label("Voice", exact=True).select_option("Maya")
    expect(page.locator("#make-foot output")).to_have_text("1 credit")
    make.click()
    voice = page.locator(".result").first
    expect(voice.locator("audio")).to_have_count(1, timeout=20_000)
    page.get_by_label("Voice", exact=True).select_option("Arjun")
    expect(page.locator("#make-foot audio")).to_have_count(0)
    page.get_by_role("button", name="Hear Arjun").click()
    expect(page.get_by_label("A sample of this voice")).to_be_visible(timeout=20_000)
    page.get_by_label("Voice", exact=True).select_option("Maya")
    expect(page.get_by_label("A sample of this voice")).to_be_visible()
    expect(desk.prompt).to_have_value("The sea keeps what it is given.")
    assert sorted(path.name for path in (desk.studio.data_dir / "projects").glob("*/scene-1/audio/*.mp3")) == [
        "sound-001.mp3",
        "sound-002.mp3",
    ]


def test_a_result_becomes_the_first_frame_or_goes(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.path}make/?kind=sound_effect")
    desk.prompt.fill("Rain on a tin roof")
    page.locator("#make-press").click()
    wave = page.locator(".result canvas")
    expect(wave).to_be_visible(timeout=20_000)
    drawn = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((value) => value)"
    eventually(lambda: wave.evaluate(drawn))
    page.goto(f"{desk.path.removesuffix('make/')}make/?kind=text_to_image")
    desk.prompt.fill("A harbour at dawn")
    page.locator("#make-press").click()
    result = page.locator(".result").first
    expect(result).to_have_attribute("data-status", "completed", timeout=20_000)
    result.get_by_role("link", name="Use as first frame").click()
    expect(desk.pictures).to_have_count(2)
    chosen = page.locator("#composer input[name=image]:checked")
    expect(chosen).to_have_value(page.url.rpartition("first=")[2])
    page.go_back()
    # the page is as it is now, and not as it was before the picture was made
    expect(page.locator(".result")).to_have_count(2)
    result.get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("image-001.png is in the trash")
    expect(page.locator(".result canvas")).to_have_count(1)
    expect(page.locator(".result")).to_have_count(1)


def test_a_card_that_is_replaced_while_its_result_is_deleted_goes_too(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.path}make/?kind=sound_effect")
    desk.prompt.fill("Rain on a tin roof")
    page.locator("#make-press").click()
    result = page.locator(".result")
    expect(result).to_have_attribute("data-status", "completed")
    held: list[Route] = []
    page.route("**/delete/", lambda route: held.append(route))
    with page.expect_request("**/delete/"):
        result.get_by_role("button", name="Delete").click()
    card = result.element_handle()
    result.evaluate("card => { card.dataset.version = 0; htmx.trigger(card, 'refresh'); }")
    eventually(lambda: not card.evaluate("card => card.isConnected"))
    held[0].continue_()
    expect(page.locator("#toasts")).to_contain_text("is in the trash")
    expect(result).to_have_count(0)


def test_what_is_typed_before_the_scripts_run_counts(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.path}make/")
    held: list[Route] = []
    page.route("**/htmx*.js", lambda route: held.append(route))
    with page.expect_request("**/htmx*.js"):
        page.reload(wait_until="commit")
    desk.prompt.fill("A harbour at dawn")
    make = page.locator("#make-press")
    expect(make).to_be_disabled()
    for route in held:
        route.continue_()
    expect(make).to_be_enabled()


def test_a_model_is_searched_starred_and_chosen(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.path}make/?kind=text_to_image")
    page.locator("#picker summary").click()
    expect(page.locator("#model-search")).to_be_focused()
    page.keyboard.type("ideogram 4.5")
    star = page.get_by_role("button", name="Favorite: Ideogram 4.5")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.locator("#picker summary").click()
    page.locator("#model-search").fill("ideogram 4.5")
    page.locator("#model-search").press("Enter")
    expect(page.locator("#picked-name")).to_have_text("Ideogram 4.5")
    expect(page.locator("#models fieldset").first).to_contain_text("Favorites")


def test_a_picker_that_is_opened_before_the_scripts_run_is_searched(desk: Desk) -> None:
    page = desk.page
    held: list[Route] = []
    page.goto(f"{desk.path}make/?kind=text_to_image")
    page.route("**/lib/model_picker*.js", lambda route: held.append(route))
    with page.expect_request("**/lib/model_picker*.js"):
        page.reload(wait_until="commit")
    page.locator("#picker summary").click()
    page.locator("#model-search").fill("ideogram 4.5")
    page.locator("#picker summary").focus()
    for route in held:
        route.continue_()
    expect(page.locator("#model-search")).to_be_focused()
    expect(page.locator(".model-option:visible")).to_have_count(1)
