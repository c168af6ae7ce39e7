"""Pictures dropped on a page go where they fall, and never replace the page."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests import media
from tests.browser.workbench import Desk

pillow_heif.register_heif_opener()

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
    expect(film.locator(".upload-list [data-failed]")).to_contain_text("not a picture, sound or video")
    expect(film.locator("#toasts > *")).to_have_count(0)
    assert all("415" in line or line.startswith("toast: ") for line in complaints)
    complaints.clear()


def test_several_have_a_line_each_and_are_converted(desk: Desk) -> None:
    page = desk.page
    heic = media.encode(media.noise(640, 360), "HEIF")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "image/heic", "buffer": heic} for name in ("IMG_1.heic", "IMG_2.heic")
    ]
    page.get_by_label("Add pictures").set_input_files(files)
    lines = page.locator(".upload-list li")
    expect(lines).to_have_count(2)
    expect(lines.nth(1)).to_contain_text("Done")
    expect(desk.pictures).to_have_count(3)
    assert (desk.folder / "images" / "originals" / "IMG_2.heic").read_bytes() == heic
    expect(page.locator("#first-frame-picture")).to_be_visible()
    # it goes away by itself
    expect(page.locator(".upload-list")).to_have_count(0)


def test_an_upload_goes_on_after_a_cut(desk: Desk, complaints: list[str], tmp_path: Path) -> None:
    page = desk.page
    # by its path: the driver would take the bytes themselves to the browser as text, which takes seconds
    picture = tmp_path / "a.png"
    picture.write_bytes(media.encode(media.noise(2400, 1600), "PNG"))
    assert picture.stat().st_size > 8 * 2**20
    offsets: list[str] = []

    def cut_second(route: Route) -> None:
        offsets.append(route.request.url.rpartition("=")[2])
        if len(offsets) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(re.compile(r"/uploads/.*offset="), cut_second)
    page.get_by_label("Add pictures").set_input_files(picture)
    expect(desk.pictures).to_have_count(2, timeout=30_000)
    # the part that was cut came again, and no other one
    assert offsets == ["0", str(4 * 2**20), str(4 * 2**20), str(8 * 2**20)]
    complaints.clear()


def test_a_folder(desk: Desk, tmp_path: Path) -> None:
    for name in ("b.jpg", "a.jpg", "notes.txt", ".hidden.jpg"):
        (tmp_path / name).write_bytes(media.picture(640, 360))
    desk.page.get_by_label("Add a folder").set_input_files(tmp_path)
    expect(desk.pictures).to_have_count(3)
    names = [path.name for path in sorted((desk.folder / "images").iterdir()) if path.is_file()]
    assert names == ["a.jpg", "b.jpg", "harbour.jpg"]


def test_pictures_are_chosen_for_a_film_without_scenes(page: Page, desk: Desk, tmp_path: Path) -> None:
    desk.make_project("Chosen")
    files = [tmp_path / "Quay.jpg", tmp_path / "Deck.jpg"]
    for number, file in enumerate(files):
        file.write_bytes(media.picture(640, 360 + number))
    page.get_by_label("Choose pictures").set_input_files(files)
    # the page comes anew, with what a film with scenes has
    expect(page.get_by_role("link", name="Members")).to_be_visible()
    expect(page.locator("#storyboard h3")).to_have_text(["Quay", "Deck"])


def test_the_ratio_follows_a_picture_that_is_uploaded(desk: Desk) -> None:
    ratio = desk.page.locator("[name=ratio]:checked")
    expect(ratio).to_have_value("1280:720")
    portrait = FilePayload(name="portrait.jpg", mimeType="image/jpeg", buffer=media.picture(360, 640))
    desk.page.get_by_label("Add pictures").set_input_files(portrait)
    expect(ratio).to_have_value("720:1280")
    # the middle of a small picture chooses it, also while the pointer shows the button that removes it
    desk.pictures.first.click()
    expect(ratio).to_have_value("1280:720")
    expect(desk.pictures).to_have_count(2)


def test_a_folder_is_chosen_by_a_button(film: Page, tmp_path: Path) -> None:
    folder = tmp_path / "Boards"
    for name in ("10 Quay.jpg", "2 Harbour.jpg"):
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(media.picture(640, 360))
    (folder / "notes.txt").write_text("none")
    film.get_by_label("Add a folder").set_input_files(folder)
    expect(film.locator("#toasts")).to_contain_text("2 files added, a scene each.")
    expect(film.locator("#storyboard h3").nth(1)).to_have_text("2 Harbour")
    expect(film.locator("#storyboard h3").nth(2)).to_have_text("10 Quay")
