"""A project's page: the film plays, scenes are put into order, renamed, deleted and brought back."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests import media
from tests.browser.touch import Finger
from tests.studio_process import RunningStudio

# where each clip stood when the name of its scene was shown, in seconds
NOTE_STARTS = """() => {
    window.starts = {};
    const scene = document.getElementById("film-scene");
    new MutationObserver(() => {
        window.starts[scene.textContent.trim()] ??= document.querySelector("#film video.front").currentTime;
    }).observe(scene, { childList: true, characterData: true, subtree: true });
}"""

_numbers = itertools.count(1)


@dataclass
class Film:
    """A project of three scenes, two with a clip of a second and one with a picture; by the API, to be quick."""

    page: Page
    studio: RunningStudio
    token: str
    path: str = ""

    def make(self) -> Film:
        project = self.post("", json={"name": f"Reel {next(_numbers)}"})["id"]
        self.path = f"/projects/{project}/"
        for name in ("One", "Two", "Three"):
            self.post(f"/{project}/folders", json={"name": name})
        for number, file in ((1, "take.mp4"), (2, "take.mp4"), (3, "still.jpg")):
            content = media.clip(320, 180) if file.endswith("mp4") else media.picture(320, 180)
            self.post(f"/{project}/folders/scene-{number}/assets", files={"file": (file, content)})
        self.page.goto(self.path)
        return self

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.post(f"{self.studio.url}/api/projects{path}", headers=headers, timeout=20, **body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["data"])

    def card(self, name: str) -> Locator:
        return self.page.locator("#storyboard > li").filter(has=self.page.get_by_role("link", name=name, exact=True))

    def handle(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=f"Reorder {name}", exact=True)

    @property
    def names(self) -> Locator:
        return self.page.locator("#storyboard h3")

    @property
    def scene(self) -> Locator:
        return self.page.locator("#film-scene")

    def moment(self) -> float:
        return float(self.page.locator("#timeline").get_attribute("aria-valuenow") or "nan")


@pytest.fixture
def film(page: Page, studio: RunningStudio, token: str) -> Film:
    """What moves here, such as a card that glides to its new place, does so in these tests."""
    page.emulate_media(reduced_motion="no-preference")
    return Film(page, studio, token).make()


def test_the_film_plays_from_scene_to_scene(film: Film) -> None:
    page = film.page
    expect(page.locator("#film-length")).to_have_text("0:05")
    # posters until somebody asks for more
    assert page.evaluate("[...document.querySelectorAll('#film video')].map((video) => video.readyState)") == [0, 0]
    page.evaluate(NOTE_STARTS)
    page.get_by_role("button", name="Play the film").click()
    expect(page.locator("#film")).to_have_attribute("data-playing", "")
    expect(film.scene).to_have_text("Two")
    expect(film.card("Two")).to_have_attribute("aria-current", "true")
    assert page.evaluate("window.starts.Two") < 1
    expect(film.scene).to_have_text("Three")
    expect(page.locator("#film-still")).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator("#film")).not_to_have_attribute("data-playing", "")
    assert 2 <= film.moment() < 5
    page.reload()
    expect(film.scene).to_have_text("Three")
    assert 2 <= film.moment() < 5


def test_the_board_stays_as_it_was_looked_at(film: Film) -> None:
    page, board = film.page, film.page.locator("#board")
    page.get_by_role("button", name="List", exact=True).click()
    page.get_by_role("slider", name="Size of the cards").fill("5")
    page.reload()
    expect(board).to_have_attribute("data-view", "list")
    expect(board).to_have_attribute("data-density", "5")
    expect(page.get_by_role("button", name="List", exact=True)).to_have_attribute("aria-pressed", "true")


def test_the_film_by_keyboard_and_by_pointing(film: Film) -> None:
    page = film.page
    timeline = page.get_by_role("slider", name="Position in the film")
    timeline.focus()
    page.keyboard.press("PageDown")
    expect(film.scene).to_have_text("Two")
    assert film.moment() == 1
    page.keyboard.press("ArrowRight")
    expect(timeline).to_have_attribute("aria-valuenow", "1.04")
    page.keyboard.press("ArrowLeft")
    expect(timeline).to_have_attribute("aria-valuenow", "1.00")
    page.keyboard.press("End")
    expect(timeline).to_have_attribute("aria-valuetext", "0:05 of 0:05, 3: Three")
    page.keyboard.press("j")
    expect(page.locator("#film-rate")).to_have_text("−1×")
    page.keyboard.press("Space")
    expect(page.locator("#film")).not_to_have_attribute("data-playing", "")
    box = timeline.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2)
    expect(film.scene).to_have_text("One")
    expect(timeline).to_have_attribute("aria-valuenow", "0.50")
    page.get_by_role("button", name="Loop").click()
    page.keyboard.press("End")
    page.keyboard.press("l")
    expect(film.scene).to_have_text("One")
    film.card("Two").hover()
    page.get_by_role("button", name="Play from Two").click()
    expect(film.scene).to_have_text("Two")


def test_the_film_changes_with_its_scenes(film: Film) -> None:
    """What plays goes on; what comes after it is the new."""
    page = film.page
    page.locator("#timeline").focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(film.scene).to_have_text("Three")
    expect(page.locator("#film-still")).to_be_visible()
    content = media.clip(320, 180, frames=24)
    film.post(
        f"{film.path.removeprefix('/projects').rstrip('/')}/folders/scene-3/assets",
        files={"file": ("new.mp4", content)},
    )
    expect(film.card("Three")).to_contain_text("1 take")
    expect(page.locator("#film-length")).to_have_text("0:04")
    expect(page.locator("#segments > [data-kind=newest]")).to_have_count(3)
    expect(page.locator("#facts")).to_contain_text("0:04")
    expect(film.card("Three")).to_have_attribute("aria-current", "true")


def test_scenes_are_put_into_order_by_dragging(film: Film, phone: Page) -> None:
    """With the mouse here, with a finger there."""
    phone.goto(film.path)
    there = Film(phone, film.studio, film.token, film.path)
    film.card("Three").drag_to(film.card("One"))
    expect(film.names).to_have_text(["Three", "One", "Two"])
    expect(there.names).to_have_text(["Three", "One", "Two"])
    Finger(phone).drag(there.handle("Three"), there.card("Two"))
    expect(there.names).to_have_text(["One", "Two", "Three"])
    expect(film.names).to_have_text(["One", "Two", "Three"])
    # to the browser a touch that follows a drag at once is no tap
    phone.reload()
    # without dragging: one tap takes it up, the next one says where it goes
    there.handle("Two").tap()
    expect(there.handle("Two")).to_have_attribute("aria-pressed", "true")
    there.handle("One").tap()
    expect(film.names).to_have_text(["Two", "One", "Three"])
    phone.reload()
    expect(there.names).to_have_text(["Two", "One", "Three"])
    expect(phone.locator("#film-length")).to_have_text("0:05")


def test_scenes_are_put_into_order_by_keyboard(film: Film) -> None:
    page, said = film.page, film.page.locator("#reorder-said")
    grip = page.get_by_role("button", name="Reorder One")
    grip.focus()
    page.keyboard.press("Space")
    expect(said).to_contain_text("One is picked up, at position 1 of 3")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(film.names).to_have_text(["One", "Two", "Three"])
    page.keyboard.press("Space")
    page.keyboard.press("End")
    expect(said).to_have_text("Position 3 of 3.")
    with page.expect_response(re.compile("/move/$")):
        page.keyboard.press("Space")
    expect(said).to_contain_text("One is dropped at position 3 of 3")
    expect(grip).to_be_focused()
    page.reload()
    expect(film.names).to_have_text(["Two", "Three", "One"])


def test_scenes_are_added_one_after_another(film: Film) -> None:
    field = film.page.get_by_role("textbox", name="Next scene")
    for number, name in enumerate(("Four", "Five"), 4):
        field.fill(name)
        field.press("Enter")
        expect(film.names).to_have_count(number)
        expect(film.names.last).to_have_text(name)
        expect(field).to_be_focused()
        expect(field).to_have_value("")
    assert film.page.url.endswith(film.path)


def test_a_scene_is_renamed_in_place(film: Film) -> None:
    page = film.page
    page.get_by_role("link", name="Rename Two").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Scene name").fill("The quay")
    page.keyboard.press("Enter")
    expect(film.names).to_have_text(["One", "The quay", "Three"])
    page.reload()
    expect(film.names).to_have_text(["One", "The quay", "Three"])


def test_a_deleted_scene_comes_back(film: Film) -> None:
    page = film.page
    page.get_by_role("button", name="Move Two to the trash").focus()
    page.keyboard.press("Enter")
    expect(film.names).to_have_text(["One", "Three"])
    expect(page.locator("#film-length")).to_have_text("0:04")
    page.get_by_role("button", name="Undo").click()
    expect(film.names).to_have_text(["One", "Two", "Three"])
    expect(page.locator("#toasts")).to_contain_text("“Two” is back.")


def test_a_deleted_project_comes_back_by_a_key(film: Film) -> None:
    page = film.page
    page.locator("summary[aria-label='Rename or delete this project']").click()
    page.get_by_role("button", name="Delete project").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    page.keyboard.press("Control+z")
    page.wait_for_url(f"**{film.path}")
    expect(film.names).to_have_text(["One", "Two", "Three"])


def test_what_is_missing_is_asked_for_once(film: Film) -> None:
    page = film.page
    page.get_by_role("link", name="Generate missing takes").click()
    sheet = page.get_by_role("dialog", name="Scenes without a take")
    expect(sheet.get_by_role("button", name="Generate 0 takes")).to_be_disabled()
    sheet.get_by_label("Prompt for Three").fill("The fog lifts")
    expect(sheet.locator("#missing-sum")).to_have_text("25 credits")
    sheet.get_by_role("button", name="Generate 1 take").dblclick()
    page.wait_for_url("**/batches/*/")
    expect(page.locator("#toasts")).to_contain_text("1 take queued, for about 25 credits.")
    expect(page.get_by_text("Done: 1 of 1 finished")).to_be_visible(timeout=20_000)
    page.goto(film.path)
    expect(film.card("Three")).to_contain_text("1 take", timeout=20_000)
    expect(page.locator("#facts")).to_contain_text(re.compile(r"25\s*Credits spent|Credits spent\s*25"))
    expect(page.locator("#facts")).not_to_contain_text("no take yet")
    expect(page.locator("#segments > [data-kind=still]")).to_have_count(0)


def test_scenes_are_selected_tagged_and_filtered(film: Film) -> None:
    page, bar = film.page, film.page.locator("#several-scenes")
    expect(bar).to_be_hidden()
    film.card("One").click(modifiers=["Control"], position={"x": 30, "y": 40})
    expect(page.locator("#selected-count")).to_have_text("1 selected")
    film.card("Three").click(modifiers=["Shift"], position={"x": 30, "y": 40})
    expect(page.locator("#selected-count")).to_have_text("3 selected")
    film.card("Two").hover()
    page.keyboard.press("x")
    expect(page.locator("#selected-count")).to_have_text("2 selected")
    bar.get_by_label("Set the status").select_option("Approved")
    for name, count in (("One", 1), ("Two", 0), ("Three", 1)):
        expect(film.card(name).get_by_text("Approved")).to_have_count(count)
    # a card that was rendered anew is still selected
    expect(film.card("One").get_by_role("checkbox")).to_be_checked()
    page.get_by_label("Status", exact=True).select_option("Approved")
    expect(film.card("Two")).to_be_hidden()
    expect(page.locator("#scene-count")).to_have_text("2 of 3 scenes")
    page.reload()
    expect(film.card("Two")).to_be_hidden()
    expect(film.card("One")).to_be_visible()
    page.get_by_label("Status", exact=True).select_option("")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#selected-count")).to_have_text("3 selected")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_selected_scenes_are_moved_downloaded_and_deleted(film: Film) -> None:
    page, bar = film.page, film.page.locator("#several-scenes")
    for name in ("Two", "Three"):
        film.card(name).get_by_role("checkbox").check()
    bar.get_by_role("button", name="Move to").click()
    expect(film.names).to_have_text(["Two", "Three", "One"])
    with page.expect_download() as download:
        bar.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".zip")
    bar.get_by_role("button", name="Delete").click()
    expect(film.names).to_have_text(["One"])
    expect(bar).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(film.names).to_have_text(["Two", "Three", "One"])


def test_a_poster_is_scrubbed_by_the_pointer(film: Film) -> None:
    well = film.card("One").locator(".well")
    frame = well.locator("canvas")
    for part, number in ((0.05, 0), (0.5, 6), (0.95, 11)):
        box = well.bounding_box()
        assert box
        film.page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        expect(frame).to_have_attribute("data-frame", str(number))
    film.card("Three").locator("h3").hover()
    expect(frame).to_have_count(0)
    requested: list[str] = []
    film.page.on("request", lambda request: requested.append(request.url))
    film.page.emulate_media(reduced_motion="reduce")
    film.card("Two").locator(".well").hover(position={"x": 30, "y": 60}, force=True)
    film.page.emulate_media(reduced_motion="no-preference")
    film.card("One").locator(".well").hover(position={"x": 30, "y": 60}, force=True)
    expect(frame).to_have_count(1)
    assert [url for url in requested if url.endswith("/sprite") and "scene-2" in url] == []


def test_a_long_film_has_its_buttons_where_it_is_looked_at(film: Film) -> None:
    page, project = film.page, film.path.split("/")[2]
    for number in range(4, 62):
        film.post(f"/{project}/folders", json={"name": f"Scene {number}"})
    page.reload()
    cards = page.locator("#storyboard > li")
    expect(cards).to_have_count(61)
    tools = page.locator("#storyboard .scene-card-tools")
    expect(tools).not_to_have_count(61)
    expect(cards.last.locator(".scene-card-tools")).to_have_count(0)
    # the names of all are there, to be found by the browser
    assert page.evaluate("window.find('Scene 61')")
    cards.last.scroll_into_view_if_needed()
    expect(cards.last.get_by_role("button", name="Play from Scene 61")).to_have_count(1)
    # by keys: to the front, and still there after a reload
    film.handle("Scene 61").focus()
    for key in ("Space", "Home", "Space"):
        page.keyboard.press(key)
    expect(film.names.first).to_have_text("Scene 61")
    page.reload()
    expect(film.names.first).to_have_text("Scene 61")
    expect(film.names.nth(60)).to_have_text("Scene 60")
