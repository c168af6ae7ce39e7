"""A finished export is shared by a link, which plays it for whoever has it, until it is revoked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cutting import Film
from tests.studio_process import RunningStudio


@pytest.fixture
def film(page: Page, studio: RunningStudio, token: str) -> Film:
    return Film(page, studio, token).make()


def test_a_film_is_shared_from_its_project(film: Film, nobody: Page, complaints: list[str]) -> None:
    page = film.page
    page.goto(f"/projects/{film.project}/")
    share = page.get_by_role("link", name="Share the export by a link")
    expect(share).to_be_hidden()
    film.call("POST", f"/{film.project}/exports", json={"profile": "h264-source"})
    expect(page.locator("#film-export")).to_have_text("Open the export", timeout=60_000)
    share.click()
    dialog = page.get_by_role("dialog", name="Share")
    dialog.get_by_label("Works for").select_option("7")
    dialog.get_by_role("button", name="Create link").click()
    url = dialog.get_by_role("list", name="Links").get_by_role("link").get_attribute("href") or ""
    assert "/shared/" in url
    nobody.goto(url)
    expect(nobody.get_by_role("heading")).to_contain_text("Cutting")
    nobody.wait_for_function("() => document.querySelector('video').readyState >= 2")
    with nobody.expect_download() as waiting:
        nobody.get_by_role("link", name="Download").click()
    assert waiting.value.path().read_bytes()[4:8] == b"ftyp"
    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    nobody.reload()
    expect(nobody.get_by_role("heading")).to_have_text("This link doesn't work")
    # the browser tells of the page that is not there
    complaints.clear()
