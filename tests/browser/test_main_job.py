"""The main job by mouse, and what goes on around it: reloads, second tabs, a line that is cut, double clicks."""

from __future__ import annotations

import json
import signal
from os import kill

from playwright.sync_api import Locator, Page, expect

from tests.browser.workbench import Desk, picture, sign_in
from tests.studio_process import RunningStudio, eventually


def wait_until_done(card: Locator) -> None:
    expect(card).to_have_attribute("data-status", "completed", timeout=20_000)


def test_from_the_sign_in_to_the_clip_on_disk(nobody: Page, studio: RunningStudio) -> None:
    desk = Desk(nobody, studio)
    nobody.goto("/")
    sign_in(nobody)
    desk.make_project("Night ferry")
    desk.add_scene("Harbour")
    expect(desk.generate).to_be_disabled()
    expect(desk.why_off).to_have_text("Choose a picture for the first frame.")
    desk.add_picture()
    expect(desk.why_off).to_have_text("Write a prompt.")
    desk.prompt.fill("Slow push in 🚢")
    expect(nobody.locator("#prompt-counter")).to_have_text("15 / 1000")
    desk.choose_model("gen4.5")
    expect(nobody.locator("#price")).to_have_text("60 credits")
    desk.choose_duration(2)
    expect(nobody.locator("#price")).to_have_text("24 credits")
    desk.generate.hover()

    loads: list[str] = []
    nobody.on("load", lambda loaded: loads.append(loaded.url))
    desk.press()
    bar = desk.stage.get_by_role("progressbar")
    expect(bar).not_to_have_attribute("value", "0", timeout=20_000)
    expect(desk.stage.locator(".take-status strong")).to_have_text("Generating")
    wait_until_done(desk.stage)
    assert loads == []

    video = desk.video
    assert video.evaluate("v => [v.preload, v.readyState]") == ["none", 0]
    nobody.get_by_role("button", name="Play").click()
    eventually(lambda: video.evaluate("v => v.currentTime") > 0.3)
    assert video.evaluate("v => v.readyState") >= 2
    assert abs(video.evaluate("v => v.duration") - 2) < 0.2
    clip = desk.folder / "videos" / "take-001.mp4"
    assert nobody.locator("#about code").inner_text() == str(clip)
    assert clip.stat().st_size > 10_000
    assert [path.name for path in (desk.folder / "images").iterdir()] == ["harbour.jpg"]
    scene = json.loads((desk.folder / "metadata" / "scene.json").read_text())
    assert scene["generation"]["completedVideos"][0]["path"] == "scene-1/videos/take-001.mp4"


def test_a_reload_in_the_middle(desk: Desk) -> None:
    desk.press()
    desk.page.reload()
    expect(desk.prompt).to_have_value("Slow push in as the fog lifts")
    wait_until_done(desk.takes.first)
    expect(desk.video).to_be_visible()


def test_a_second_tab_sees_the_same(desk: Desk) -> None:
    other = desk.page.context.new_page()
    other.goto(desk.path)
    storyboard = desk.page.context.new_page()
    storyboard.goto(desk.path.removesuffix("scene-1/"))
    queue = desk.page.context.new_page()
    queue.goto(f"/queue/?project={desk.path.split('/')[2]}")
    expect(queue.get_by_text("No matches")).to_be_visible()
    desk.prompt.fill("[seconds:5] long enough for three pages to be looked at")
    desk.press()
    there = Desk(other, desk.studio)
    expect(there.takes).to_have_count(1)
    expect(storyboard.get_by_text("Generating", exact=True)).to_be_visible()
    expect(queue.locator("tr[data-busy]")).to_have_count(1)
    wait_until_done(desk.takes.first)
    wait_until_done(there.takes.first)
    expect(there.video).to_be_visible()
    expect(storyboard.locator("#storyboard")).to_contain_text("1 take")
    # and what one thinks of it, the other sees
    desk.page.get_by_role("button", name="Star").click()
    expect(there.stage.get_by_role("button", name="Star")).to_have_attribute("aria-pressed", "true")
    expect(desk.tile(1)).to_contain_text("Auto", timeout=20_000)
    there.stage.get_by_role("button", name="Auto-chosen").click()
    expect(desk.tile(1)).to_contain_text("Chosen")
    there.stage.get_by_role("button", name="Chosen", exact=True).click()
    expect(desk.tile(1)).not_to_contain_text("Chosen")
    there.stage.get_by_role("button", name="Reject").click()
    expect(desk.tile(1)).to_contain_text("rejected")
    expect(queue.locator("tr[data-status=completed]")).to_have_count(1)


def test_the_web_server_dies_and_comes_back(desk: Desk, complaints: list[str]) -> None:
    card = desk.press()
    with desk.page.expect_websocket():
        kill(desk.studio.children()["web"], signal.SIGKILL)
    wait_until_done(card)
    complaints.clear()  # the browser tells of the cut socket


def test_a_take_that_ends_while_the_line_is_away(desk: Desk, complaints: list[str]) -> None:
    card = desk.press()
    desk.page.context.set_offline(True)
    expect(desk.page.locator("#line-lost")).to_be_visible()
    eventually((desk.folder / "videos" / "take-001.mp4").exists, 20)
    desk.generate.click()
    expect(desk.page.get_by_text("The studio is not responding")).to_be_visible()
    desk.page.context.set_offline(False)
    wait_until_done(card)
    expect(desk.page.locator("#line-lost")).to_be_hidden()
    expect(desk.takes).to_have_count(1)
    complaints.clear()  # the browser tells of what could not be fetched


def test_a_double_click_pays_once(desk: Desk) -> None:
    desk.generate.dblclick()
    wait_until_done(desk.takes.first)
    desk.page.reload()
    expect(desk.takes).to_have_count(1)


def test_cancel_and_try_again(desk: Desk) -> None:
    """What a cancellation loses is told before; a retry that comes under the pointer waits until it was seen."""
    desk.prompt.fill("[seconds:10] longer than it takes to read the question")
    desk.press()
    expect(desk.stage).to_have_attribute("data-status", "running")
    desk.stage.get_by_role("button", name="Cancel").click()
    question = desk.page.locator("#question")
    expect(question).to_contain_text("Runway is generating it and won't refund the 10 credits.")
    expect(question.get_by_role("button", name="Don't cancel")).to_be_focused()
    question.get_by_role("button", name="Cancel anyway").click()
    expect(desk.stage).to_have_attribute("data-status", "cancelled")
    again = desk.stage.get_by_role("button", name="Retry")
    expect(again).to_be_disabled()
    again.dispatch_event("click")
    expect(again).to_be_enabled()
    expect(desk.takes).to_have_count(1)
    again.click()
    expect(desk.takes).to_have_count(2)
    expect(desk.stage).to_have_attribute("data-take", "2")
    expect(desk.tile(2)).to_have_attribute("data-status", "completed", timeout=40_000)
    desk.tile(1).click()
    expect(desk.page.locator("#about")).to_contain_text("retried as take 2")


def test_a_failure_is_told_in_words(desk: Desk) -> None:
    desk.prompt.fill("[fail:INTERNAL]")
    desk.press()
    expect(desk.stage).to_have_attribute("data-status", "failed", timeout=20_000)
    expect(desk.stage.locator(".problem")).to_contain_text("internal error")
    # the page shows it: no toast covers it, and a screen reader is told
    expect(desk.page.locator("#said")).to_contain_text("take 1 failed")
    expect(desk.page.locator("#toasts > .toast")).to_have_count(0)


def test_a_playing_clip_is_left_alone_when_the_next_take_comes(desk: Desk) -> None:
    desk.press()
    wait_until_done(desk.stage)
    video = desk.video.element_handle()
    desk.page.keyboard.press("m")
    desk.page.keyboard.press("l")
    eventually(lambda: video.evaluate("v => !v.paused && v.currentTime > 0"))
    desk.stage.get_by_role("button", name="Star").click()
    expect(desk.stage.get_by_role("button", name="Star")).to_have_attribute("aria-pressed", "true")
    desk.press()
    desk.expect_done(2)
    assert video.evaluate("v => v.isConnected && !v.paused")
    expect(desk.stage).to_have_attribute("data-take", "1")


def test_pictures_by_drop_and_by_paste(desk: Desk) -> None:
    def give(event: str, name: str) -> None:
        before = desk.pictures.count()
        file = picture(name)
        desk.page.evaluate(
            """([event, name, bytes]) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
                const init = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
                const Kind = event === "paste" ? ClipboardEvent : DragEvent;
                document.body.dispatchEvent(new Kind(event, init));
            }""",
            [event, name, list(file["buffer"])],
        )
        expect(desk.pictures).to_have_count(before + 1)

    give("drop", "dropped.jpg")
    give("paste", "pasted.jpg")
    assert sorted(path.name for path in (desk.folder / "images").iterdir()) == [
        "dropped.jpg",
        "harbour.jpg",
        "pasted.jpg",
    ]
    expect(desk.page.get_by_role("radio", name="pasted.jpg")).to_be_checked()


def test_the_module_for_other_pages(desk: Desk) -> None:
    """`static/js/live.js` as the contract has it: subscribe to one job, and hear of it to its end."""
    tile = desk.press()
    heard = desk.page.evaluate(
        """(jobId) => new Promise(async (resolve) => {
            const { subscribe, subscribeToVideoGeneration } = await import("/static/js/live.js");
            const heard = [];
            subscribe("video_generation_progress", (data) => data.jobId === jobId && heard.push(data.version));
            subscribe("video_generation_completed", (data) => data.jobId === jobId && resolve([heard, data]));
            subscribeToVideoGeneration(jobId);
        })""",
        tile.get_attribute("data-job"),
    )
    versions, end = heard
    assert versions == sorted(versions)
    assert end["status"] == "completed"
    assert end["videoUrl"].endswith("/file")
