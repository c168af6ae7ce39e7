"""A film of ten takes, from an empty cut to its export, by the mouse."""

from __future__ import annotations

from itertools import cycle, islice

import pytest
from playwright.sync_api import Page, expect

from tests import media
from tests.browser.cutting import PLAYING_VIDEO, Film
from tests.browser.test_cut_by_keyboard import expect_played
from tests.studio_process import RunningStudio

TAKES = list(islice(cycle(("a.mp4", "b.mp4", "c.mp4")), 10))


@pytest.fixture
def film(page: Page, studio: RunningStudio, token: str) -> Film:
    film = Film(page, studio, token).make()
    file = {"file": ("music.wav", media.sound(seconds=16))}
    film.assets["music.wav"] = film.call("POST", f"/{film.project}/folders/scene-1/assets", files=file)["id"]
    film.call("PUT", f"/{film.project}/cut", json=film.cut | {"clips": []})
    page.goto(film.path)
    return film


def center(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag_in(film: Film, name: str, lane: str) -> None:
    """Drag a file of the media to the end of a lane."""
    entry = f'#cut-bin [data-entry="{film.assets[name]}"] span'
    box = film.page.locator(f'[data-lane="{lane}"]').bounding_box()
    assert box
    film.drag(center(film.page, f"{entry} >> nth=0"), (box["x"] + box["width"] - 4, box["y"] + box["height"] / 2))


def test_a_film_of_ten_takes_is_made_by_the_mouse(film: Film) -> None:
    page = film.page
    kind = page.locator("#cut-bin [name=kind]")
    kind.select_option("video")
    for number, name in enumerate(TAKES, 1):
        drag_in(film, name, "clips")
        # an edit leaves the scale as it is
        page.get_by_role("button", name="Show the whole film").click()
        expect(film.clips).to_have_count(number)
    cut = film.expect_saved(12)
    assert [clip["assetId"] for clip in cut["clips"]] == [film.assets[name] for name in TAKES]
    page.get_by_role("button", name="Snapping").click()
    for number in (1, 4):
        x, y = film.place(number, 1)
        film.drag((x - 2, y), (film.place(number, 0.7)[0], y))
    cut = film.expect_saved(14)
    assert cut["clips"][1]["out"] < 36
    assert cut["clips"][4]["out"] < 36
    film.clips.first.click()
    page.locator("#cut-takes").get_by_role("button", name="b.mp4").click()
    page.wait_for_function(PLAYING_VIDEO, arg=film.assets["b.mp4"])
    page.get_by_role("button", name="Use this take").click()
    assert film.expect_saved(15)["clips"][0]["assetId"] == film.assets["b.mp4"]
    kind.select_option("audio")
    drag_in(film, "music.wav", "music")
    music = film.expect_saved(16)["sounds"][0]
    assert (music["lane"], music["duck"]) == ("music", True)
    page.get_by_role("button", name="Add a caption").click()
    page.keyboard.type("At sea.")
    page.keyboard.press("Tab")
    length = film.expect_saved(18)["length"]
    page.locator("#cut-exports > summary").click()
    page.get_by_role("combobox", name="Profile").select_option("h264-source")
    page.get_by_role("button", name="Export", exact=True).click()
    play = page.get_by_role("button", name="Play: ")
    expect(play).to_be_visible(timeout=90_000)
    with page.expect_download() as waiting:
        page.get_by_role("list", name="Exports").get_by_role("link", name="SRT").click()
    assert "At sea." in waiting.value.path().read_text()
    play.click()
    expect_played(page, length / 24)
