"""What leaves one scene: its film, and the frame at the playhead as a picture."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cutting import Film
from tests.studio_process import RunningStudio, eventually


@pytest.fixture
def film(page: Page, studio: RunningStudio, token: str) -> Film:
    return Film(page, studio, token).make()


def test_a_scene_is_exported_from_its_page(film: Film) -> None:
    page = film.page
    page.goto(f"/projects/{film.project}/scene-2/")
    page.get_by_role("link", name="Export this scene").click()
    expect(page.get_by_label("Range Whole film")).to_have_value("scene")
    second = next(clip for clip in film.cut["clips"] if clip["sceneName"] == "Two")
    expect(page.locator("#cut-seek")).to_have_value(str(second["start"]))
    button = page.get_by_role("button", name="Export", exact=True)
    expect(button).to_be_focused()
    button.press("Enter")
    exports = eventually(lambda: film.call("GET", f"/{film.project}/exports")["exports"], 20)
    assert [(each["options"]["in"], each["options"]["out"]) for each in exports] == [
        (second["start"], second["start"] + second["out"] - second["in"])
    ]


def test_a_scene_that_is_not_in_the_cut_is_named(film: Film) -> None:
    cut = film.cut
    film.call("PUT", f"/{film.project}/cut", json=cut | {"clips": cut["clips"][:1]})
    film.page.goto(f"/projects/{film.project}/cut/?export=scene-2")
    expect(film.page.get_by_text("The scene is not in the cut. Add it, then export it.")).to_be_visible()


def test_the_frame_at_the_playhead_becomes_a_picture(film: Film, complaints: list[str]) -> None:
    page = film.page
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Save the frame as a picture").click()
    expect(page.get_by_text("Frame saved as scene-1/images/")).to_be_visible()
    pictures = film.call("GET", f"/{film.project}/folders/scene-1")["assets"]["images"]
    assert [picture["mimeType"] for picture in pictures] == ["image/png"]
    page.keyboard.press("End")
    page.keyboard.press("Shift+S")
    expect(page.get_by_text("There is no take at the playhead.")).to_be_visible()
    assert [line.partition(". ")[0] for line in complaints] == ["toast: There is no take at the playhead"]
    complaints.clear()


def test_an_export_is_followed_on_the_page_of_the_project(film: Film) -> None:
    page = film.page
    page.goto(f"/projects/{film.project}/")
    link = page.locator("#film-export")
    expect(link).to_be_hidden()
    film.call("POST", f"/{film.project}/exports", json={"profile": "h264-1080p", "captions": "none"})
    expect(link).to_have_text(re.compile("^Exporting, \\d+%"))
    expect(link).to_have_text("Open the export", timeout=60_000)
    answer = page.request.get(link.get_attribute("href") or "")
    assert (answer.status, answer.headers["content-type"]) == (200, "video/mp4")
    page.reload()
    expect(link).to_have_text("Open the export")
