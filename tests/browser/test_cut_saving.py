"""What is done to a cut reaches the server in order, and nothing of it is lost on the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.cutting import Film, names
from tests.studio_process import RunningStudio


@pytest.fixture
def film(page: Page, studio: RunningStudio, token: str) -> Film:
    return Film(page, studio, token).make()


def hold(page: Page, address: str) -> list[Route]:
    """Hold the next request to an address; the list has its route as soon as it is there."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route), times=1)
    return held


def remove(film: Film, number: int) -> None:
    film.clips.nth(number).click()
    film.page.keyboard.press("Delete")


def test_an_edit_during_an_undo_is_made_on_what_it_returns(film: Film) -> None:
    page = film.page
    remove(film, 2)
    film.expect_saved(2)
    held = hold(page, "**/cut/undo")
    with page.expect_request("**/cut/undo"):
        page.keyboard.press("Control+z")
    remove(film, 0)
    page.keyboard.press("Shift+C")
    page.keyboard.type("Kept")
    page.keyboard.press("Tab")
    expect(film.clips).to_have_count(1)
    held[0].continue_()
    cut = film.expect_saved(6)
    assert names(cut) == ["Two", "Three"]
    assert [caption["text"] for caption in cut["captions"]] == ["Kept"]
    expect(film.clips).to_have_count(2)


def test_a_drag_during_an_undo_is_made_on_what_it_returns(film: Film) -> None:
    page = film.page
    remove(film, 1)
    film.expect_saved(2)
    held = hold(page, "**/cut/undo")
    with page.expect_request("**/cut/undo"):
        page.keyboard.press("Control+z")
    page.mouse.move(*film.place(0, 0.5))
    page.mouse.down()
    x, y = film.place(1, 0.9)
    page.mouse.move(x, y, steps=4)
    held[0].continue_()
    expect(film.clips).to_have_count(3)
    page.mouse.up()
    assert names(film.expect_saved(4)) == ["Two", "Three", "One"]


def test_an_edit_of_what_an_undo_has_taken_away_is_told(film: Film, complaints: list[str]) -> None:
    page = film.page
    film.clips.nth(1).click()
    page.keyboard.press("Control+d")
    film.expect_saved(2)
    expect(film.clips).to_have_count(4)
    held = hold(page, "**/cut/undo")
    with page.expect_request("**/cut/undo"):
        page.keyboard.press("Control+z")
    # the copy is selected
    page.keyboard.press("t")
    held[0].continue_()
    expect(page.locator("#toasts")).to_contain_text("what it changes is no longer in the cut")
    film.expect_saved(3)
    expect(film.clips).to_have_count(3)
    complaints.clear()


def test_quick_edits_are_undone_one_by_one_and_a_held_key_at_once(film: Film) -> None:
    page = film.page
    film.clips.first.click()
    before = film.cut["clips"][0]["out"]
    for _ in range(2):
        page.keyboard.press("Shift+BracketRight")
    # at once: a machine that is busy sends the presses of a held key more slowly than a keyboard does
    page.evaluate(
        """() => {
            const key = { key: "}", code: "BracketRight", shiftKey: true, bubbles: true };
            for (const repeat of [false, true, true, true])
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { ...key, repeat }));
        }"""
    )
    assert film.expect_saved(4)["clips"][0]["out"] == before - 6
    page.keyboard.press("Control+z")
    assert film.expect_saved(5)["clips"][0]["out"] == before - 2
    page.keyboard.press("Control+z")
    assert film.expect_saved(6)["clips"][0]["out"] == before - 1


def test_with_the_studio_away_edits_stay_and_calls_are_refused_in_words(film: Film, complaints: list[str]) -> None:
    page = film.page
    page.get_by_text("Versions", exact=True).click()
    page.route("**/api/projects/*/cut**", lambda route: route.abort())
    remove(film, 2)
    expect(page.get_by_role("status").get_by_text("Not saved")).to_be_visible()
    page.get_by_role("textbox", name="Version name").fill("Rough cut")
    page.keyboard.press("Enter")
    toasts = page.locator("#toasts")
    expect(toasts).to_contain_text("The version was not saved.")
    expect(toasts).to_contain_text("Your changes stay on this page, and are saved when it is back.")
    assert "Nothing was lost" not in toasts.inner_text()
    assert "Failed to fetch" not in toasts.inner_text()
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    assert names(film.expect_saved(2)) == ["One", "Two"]
    expect(toasts).not_to_contain_text("Your changes stay on this page")
    complaints.clear()


def test_a_save_whose_answer_was_lost_is_no_conflict(film: Film, complaints: list[str]) -> None:
    page = film.page

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/cut", lose_answer, times=1)
    remove(film, 2)
    expect(page.get_by_role("status").get_by_text("Not saved")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('online'))")
    assert names(film.expect_saved(2)) == ["One", "Two"]
    expect(page.get_by_role("dialog")).to_have_count(0)
    complaints.clear()


@pytest.mark.parametrize(("button", "left"), [("Keep my edits", ["Three"]), ("Discard my edits", ["Three", "One"])])
def test_the_later_of_two_people_is_told_and_decides(
    film: Film, complaints: list[str], button: str, left: list[str]
) -> None:
    page = film.page

    def change_before(route: Route) -> None:
        cut = film.cut
        film.call("PUT", f"/{film.project}/cut", json={**cut, "clips": [cut["clips"][2], cut["clips"][0]]})
        route.continue_()

    page.route("**/cut", change_before, times=1)
    remove(film, 0)
    dialog = page.get_by_role("dialog", name="The cut has changed")
    expect(dialog).to_contain_text("Your last edit is not saved yet.")
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name=button).click()
    expect(film.clips).to_have_count(len(left))
    assert names(film.expect_saved(2 if len(left) == 2 else 3)) == left
    complaints.clear()


def test_a_comparison_goes_with_the_next_change(film: Film) -> None:
    page = film.page
    film.call("POST", f"/{film.project}/cut/versions", json={"name": "Rough cut"})
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")
    film.expect_saved(2)
    page.get_by_text("Versions", exact=True).click()
    page.get_by_role("button", name="Compare Rough cut").click()
    expect(page.get_by_text("Compared with the cut as it is now:")).to_be_visible()
    page.get_by_role("button", name="Restore Rough cut").click()
    film.expect_saved(3)
    expect(page.get_by_text("Compared with the cut as it is now:")).to_have_count(0)
