"""A shot list in a browser: a wrong row mended, the price, the start, live to its end, cancelled, what failed again."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from projects.web.scripts import script_url
from tests.browser.workbench import Desk

LIST = """scene,prompt,duration
scene-1,"The fog lifts [seconds:0.2]",2
scene-1,"A gull [fail:INTERNAL.BAD_OUTPUT] [seconds:0.2]",{duration}
scene-1,"The tide turns [seconds:600]",2
"""


def test_a_shot_list_from_paste_to_retry(desk: Desk, complaints: list[str]) -> None:
    page = desk.page
    page.goto(f"/projects/{desk.path.split('/')[2]}/batches/new/")
    shots = page.get_by_label("Paste")
    price = page.locator("#list").get_by_role("button", name="See price")
    shots.fill(LIST.format(duration=99))
    price.click()
    expect(page.get_by_role("alert")).to_contain_text("Row 2: duration must be")
    complaints.clear()  # the browser tells of the 422
    shots.fill(LIST.format(duration=2))
    price.click()
    start = page.get_by_role("button", name="Start 3 takes · 30 credits")
    expect(page.locator("tfoot")).to_contain_text("30")
    start.click()
    page.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}/$"))

    # nothing is loaded anew: it is told by the socket
    told = page.locator("#queue").get_by_role("status").first
    expect(told).to_contain_text("2 of 3 finished", timeout=20_000)
    expect(told).to_contain_text("1 done, 1 failed")
    expect(page.locator("#toasts > .toast")).to_have_count(0)
    page.get_by_role("button", name="Cancel remaining").click()
    expect(page.locator("#question")).to_contain_text("won't refund the 10 credits")
    page.get_by_role("button", name="Cancel anyway").click()
    expect(told).to_contain_text("3 of 3 finished", timeout=60_000)
    expect(told).to_contain_text("1 cancelled")
    page.get_by_role("button", name=re.compile("Retry the failed take · 10 credits")).click()
    expect(page.locator("#queue tbody tr")).to_have_count(4)
    expect(told).to_contain_text("1 done, 1 failed, 1 cancelled", timeout=20_000)
    expect(page.locator("#toasts > .toast.error")).to_have_count(0)


def test_sums_that_were_read_before_a_row_are_fetched_again(desk: Desk) -> None:
    """The response that brings the new row may have an older sum above it: each is read by a query of its own."""
    page = desk.page
    page.goto(f"/projects/{desk.path.split('/')[2]}/batches/new/")
    page.get_by_label("Paste").fill('scene,prompt,duration\nscene-1,"Dusk [seconds:600]",2\n')
    page.locator("#list").get_by_role("button", name="See price").click()
    page.get_by_role("button", name="Start 1 take").click()
    # from then on a message moves only the bar of the row
    expect(page.locator("#queue tbody tr")).to_have_attribute("data-status", "running")
    with page.expect_response(lambda response: response.request.headers.get("hx-target") == "queue"):
        page.evaluate(
            """async (module) => {
                const { applyJob } = await import(module);
                const { job, version } = document.querySelector("#queue tbody tr").dataset;
                applyJob({ jobId: job, version: Number(version), status: "failed", progress: 0 }, true);
            }""",
            script_url("lib/job_cards.js"),
        )
