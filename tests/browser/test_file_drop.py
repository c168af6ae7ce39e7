"""Pictures dropped on a page go where they fall, and never replace the page."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import media
from tests.browser.workbench import Desk

FILES = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
  }
  return transfer;
}"""


def drop(page: Page, place: Locator, *names: str, data: bytes | None = None) -> None:
    """As a person drags files from another window: over the place, and lets go."""
    pictures = [media.picture(640, 360 + number) if data is None else data for number in range(len(names))]
    files: Any = page.evaluate_handle(
        FILES, [[name, base64.b64encode(each).decode()] for name, each in zip(names, pictures, strict=True)]
    )
    for event in ("dragover", "drop"):
        place.dispatch_event(event, {"dataTransfer": files})


@pytest.fixture
def film(desk: Desk) -> Page:
    """The page of a film with one scene."""
    desk.page.goto(desk.path.rpartition("scene-1/")[0])
    return desk.page


def test_on_a_card_into_its_scene(film: Page) -> None:
    address = film.url
    card = film.locator("[data-scene-card=scene-1]")
    drop(film, card, "quay.jpg", "bridge.jpg")
    expect(film.locator("#toasts")).to_contain_text("2 files added.")
    card.get_by_role("link").first.click()
    expect(film.locator("#pictures .picture")).to_have_count(3)
    assert film.url == address + "scene-1/"


def test_on_a_film_a_scene_for_each(film: Page) -> None:
    drop(film, film.locator("h1"), "Harbour at dawn.jpg", "Quay.jpg")
    expect(film.locator("[data-scene-card]")).to_have_count(3)
    expect(film.locator("[data-scene-card=scene-2]")).to_contain_text("Harbour at dawn")
    expect(film.locator("[data-scene-card=scene-3] img")).to_have_count(1)


def test_on_the_wall_a_new_film(page: Page) -> None:
    page.goto("/")
    drop(page, page.locator("#main"), "Night ferry.jpg")
    page.wait_for_url("**/projects/night-ferry*/")
    expect(page.locator("h1")).to_have_text("Night ferry")
    expect(page.locator("[data-scene-card] img")).to_have_count(1)


def test_elsewhere_nothing_happens(page: Page) -> None:
    page.goto("/queue/")
    prevented = page.evaluate(
        """() => ["dragover", "drop"].map((type) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["x"], "a.jpg"));
            const event = new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
            return !document.querySelector("h1").dispatchEvent(event);
        })"""
    )
    assert prevented == [True, True]
    expect(page).to_have_url(re.compile("/queue/$"))


def test_what_is_no_picture_is_refused_in_words(film: Page, complaints: list[str]) -> None:
    drop(film, film.locator("[data-scene-card=scene-1]"), "notes.jpg", data=b"only words")
    expect(film.locator("#toasts .error")).to_have_count(1)
    assert all("415" in line or line.startswith("toast: ") for line in complaints)
    complaints.clear()
