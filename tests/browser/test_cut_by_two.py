"""Two people edit one cut at once: the later one is told who changed what, nothing is lost, and both see the result."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.cutting import Film, names
from tests.studio_process import RunningStudio

MAKE = 'from django.contrib.auth.models import User; User.objects.create_user("nora")'


@pytest.fixture
def film(page: Page, studio: RunningStudio, token: str) -> Film:
    return Film(page, studio, token).make()


@pytest.fixture
def theirs(film: Film, nobody: Page, studio: RunningStudio) -> Page:
    """The page of the same cut for Mara, who is an editor, in a window of her own."""
    made = studio.command("shell", "-c", MAKE)
    assert made.returncode == 0, made.stderr
    film.call("POST", f"/{film.project}/members", json={"username": "nora", "role": "editor"})
    nobody.goto(studio.command("signinlink", "nora").stdout.split()[-1])
    nobody.wait_for_url("**/")
    nobody.goto(film.path)
    return nobody


def test_the_later_one_is_told_who_changed_what_and_nothing_is_lost(
    film: Film, theirs: Page, complaints: list[str]
) -> None:
    mine = film.page
    held: list[Route] = []
    mine.route("**/cut", lambda route: held.append(route), times=1)
    with mine.expect_request("**/cut"):
        film.clips.nth(2).click()
        mine.keyboard.press("Delete")
    # meanwhile Mara changes it, and is not asked anything
    their_clips = theirs.get_by_role("listbox", name="Picture").get_by_role("option")
    their_clips.first.click()
    theirs.keyboard.press("Delete")
    theirs.keyboard.press("Shift+T")
    theirs.keyboard.type("Night")
    theirs.keyboard.press("Tab")
    expect(theirs.locator("#cut")).to_have_attribute("data-saved", "saved")
    assert names(film.cut) == ["Two", "Three"]
    held[0].continue_()
    dialog = mine.get_by_role("dialog", name="The cut has changed")
    expect(dialog).to_contain_text("nora changed the cut.")
    expect(dialog.get_by_role("listitem").filter(has_text="Clip 1 (One) was removed.")).to_be_visible()
    expect(dialog.get_by_role("listitem").filter(has_text="1 title is new.")).to_be_visible()
    expect(dialog).to_contain_text("Your last edit is not saved yet.")
    dialog.get_by_role("button", name="Keep my edits").click()
    for clips in (film.clips, their_clips):
        expect(clips).to_have_count(1)
        expect(clips.first).to_have_attribute("aria-label", "1, Two, c.mp4, 00:00:01:00")
    for page in (mine, theirs):
        expect(page.get_by_role("listbox", name="Titles").get_by_role("option")).to_have_text("Night")
    assert [title["text"] for title in film.cut["titles"]] == ["Night"]
    expect(theirs.get_by_role("dialog")).to_have_count(0)
    complaints.clear()
