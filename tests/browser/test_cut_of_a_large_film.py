"""The page of a large film's cut, which knows only what the film shows, and asks for the other files."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.browser.cutting import Film
from tests.studio_process import RunningStudio

# the data of the page as they are for a film with more files than it gets
ONLY_WHAT_IS_SHOWN = """
const parse = JSON.parse;
JSON.parse = (...given) => {
  const data = parse(...given);
  if (!data?.assets || !data.cut) return data;
  const shown = new Set(data.cut.clips.map(({ shows }) => shows));
  return { ...data, assets: data.assets.filter(({ id }) => shown.has(id)), more: true };
};
"""


def only_what_is_shown(route: Route) -> None:
    answer = route.fetch()
    data = answer.json()
    shown = {clip["shows"] for clip in data["cut"]["clips"]}
    assets = [asset for asset in data["assets"] if asset["id"] in shown]
    route.fulfill(response=answer, json=data | {"assets": assets, "more": True})


def test_files_are_asked_for(page: Page, studio: RunningStudio, token: str) -> None:
    page.add_init_script(ONLY_WHAT_IS_SHOWN)
    page.route("**/cut/data/", only_what_is_shown)
    film = Film(page, studio, token).make()
    # the takes of the clip that is chosen
    film.clips.first.click()
    takes = page.locator("#cut-takes").get_by_role("button")
    expect(takes.filter(has_text="a.mp4")).to_have_count(1)
    expect(takes.filter(has_text="b.mp4")).to_have_count(1)
    # the list of media, and its search
    page.get_by_role("combobox", name="Kind of media").select_option("video")
    media = page.locator("#cut-bin .bin-item")
    expect(media).to_have_count(3)
    page.get_by_role("searchbox", name="Search media").fill("two")
    expect(media).to_have_count(1)
    media.get_by_role("button").click()
    assert len(film.expect_saved(2)["clips"]) == 4
    page.get_by_role("searchbox", name="Search media").fill("nowhere")
    expect(page.locator("#cut-bin [data-note]")).to_have_text("Nothing here.")
