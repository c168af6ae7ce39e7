"""The queue by hand: put into order, ticked, cancelled, held and let go; by mouse, keys and finger, in two tabs."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests import media
from tests.api_client import Api
from tests.browser.touch import Finger
from tests.studio_process import RunningStudio

TAKES = 4


def waiting(page: Page) -> Locator:
    return page.locator("tbody[data-section=waiting] .take-cell a")


def expect_order(page: Page, *takes: int) -> None:
    expect(waiting(page)).to_have_text([f"Line · Scene 1, take {take}" for take in takes])


def expect_settled(page: Page, api: Api, jobs: list[str]) -> None:
    """Wait for what is under way to a page: a list that comes anew takes the row from under the pointer."""
    for job in jobs:
        version = api.get(f"/api/jobs/{job}")["version"]
        expect(page.locator(f"#row-{job}")).to_have_attribute("data-version", str(version))


def test_a_line_in_two_tabs(page: Page, phone: Page, studio: RunningStudio, token: str) -> None:
    api, keys = Api(studio.url, token), page.keyboard
    project, scene = api.scene("Line")
    # nothing waits yet; the other tab hears of the pause all the same
    phone.goto(f"/queue/?project={project}")
    page.goto(f"/queue/?project={project}")
    page.get_by_role("button", name="Pause project").click()
    expect(page.locator("#toasts")).to_contain_text("Paused: Line. No new takes are sent")
    expect(phone.locator("#pauses")).to_contain_text(re.compile(r"Line\s+has been paused"))
    expect(phone.get_by_role("button", name="Pause project")).to_have_count(0)

    jobs = [api.generate(project, scene, media.detailed_picture(320, 180), duration=2)["jobId"] for _ in range(TAKES)]
    expect_order(page, 1, 2, 3, 4)
    expect_settled(page, api, jobs)
    rows = page.locator("tbody[data-section=waiting] tr[data-job]")
    grip = page.locator("#queue .drag-handle")
    grip.nth(3).drag_to(rows.nth(0), target_position={"x": 40, "y": 2})
    expect_order(page, 4, 1, 2, 3)
    expect_order(phone, 4, 1, 2, 3)

    expect_settled(phone, api, jobs)
    expect(phone.locator(f"#row-{jobs[0]}")).to_contain_text("Continues after the pause.")
    Finger(phone).drag(phone.locator(f"#row-{jobs[3]} .drag-handle"), phone.locator(f"#row-{jobs[1]}"))
    expect_order(phone, 1, 2, 4, 3)
    expect_order(page, 1, 2, 4, 3)
    phone.get_by_role("button", name="Down: Line · Scene 1, take 1", exact=True).tap()
    expect_order(page, 2, 1, 4, 3)

    # by keys: to the second, and to the back with it
    page.locator("body").click(position={"x": 5, "y": 5})
    keys.press("j")
    keys.press("j")
    expect(rows.nth(1).get_by_role("checkbox")).to_be_focused()
    keys.press("b")
    expect_order(page, 2, 4, 3, 1)
    keys.press("u")
    expect_order(page, 2, 4, 1, 3)

    rows.nth(0).get_by_role("checkbox").check()
    rows.nth(2).get_by_role("checkbox").click(modifiers=["Shift"])
    expect(page.locator("#picked")).to_have_text("3 selected")
    page.locator(".selection-bar").get_by_role("button", name="Cancel").click()
    expect(page.locator("#toasts")).to_contain_text("3 takes cancelled.")
    expect_order(phone, 3)

    phone.get_by_role("button", name="Resume Line").tap()
    expect(page.locator("#pauses")).not_to_contain_text(re.compile(r"Line\s+has been paused"))
    expect(page.locator("tr[data-status=completed]")).to_have_count(1, timeout=20_000)
