"""Money as a person meets it: a budget that holds a press up, and a refusal that is not paid twice by accident."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.workbench import Desk


def test_a_budget_holds_a_press_up(desk: Desk) -> None:
    scene = desk.page.url
    project = desk.path.split("/")[2]
    desk.page.goto(f"/usage/budgets/?project={project}")
    expect(desk.page.get_by_label("For", exact=True)).to_have_value(project)
    desk.page.get_by_role("textbox", name="Credits").fill("4")
    desk.page.get_by_role("button", name="Set budget").click()
    expect(desk.page.get_by_text("0 of 4 credits spent. 4 left.")).to_be_visible()
    desk.page.goto(scene)
    desk.prompt.fill("Slow push in as the fog lifts")
    desk.choose_duration(2)
    expect(desk.page.get_by_text("6 credits short")).to_be_visible()
    expect(desk.generate).to_be_disabled()
    desk.page.goto("/usage/budgets/")
    desk.page.get_by_role("button", name="Remove").first.click()
    expect(desk.page.get_by_text("Budget removed")).to_be_visible()


def test_what_moderation_refused_is_asked_about(desk: Desk, complaints: list[str]) -> None:
    desk.prompt.fill("A crowd [fail:SAFETY.INPUT.TEXT] [seconds:0.2]")
    desk.press()
    expect(desk.page.get_by_text("moderation refused the prompt or the picture").first).to_be_visible(timeout=20_000)
    desk.generate.click()
    expect(desk.page.get_by_text("refused the same request")).to_be_visible()
    complaints.clear()  # the browser tells of the 409
    confirm = desk.page.get_by_label("Generate anyway")
    confirm.check()
    desk.press()
    expect(confirm).to_have_count(0)


def test_a_limit_stands_in_for_a_price_that_is_not_known(desk: Desk) -> None:
    scene, project = desk.page.url, desk.path.split("/")[2]
    desk.page.goto(f"/usage/budgets/?project={project}")
    desk.page.get_by_role("textbox", name="Credits").fill("500")
    desk.page.get_by_role("button", name="Set budget").click()
    expect(desk.page.get_by_text("0 of 500 credits spent.")).to_be_visible()
    desk.page.goto(scene)
    desk.prompt.fill("Slow push in as the fog lifts [seconds:0.2]")
    desk.choose_model("kling3.0_standard", "kling3")
    limit = desk.page.get_by_label("Max credits per take")
    expect(desk.generate).to_be_disabled()
    expect(desk.page.get_by_text("The price of this model is not known yet")).to_be_visible()
    # what is typed stays in the field, and the button follows without leaving it
    limit.press_sequentially("600")
    expect(desk.page.get_by_text("100 credits short")).to_be_visible()
    expect(limit).to_be_focused()
    limit.fill("60")
    desk.press()
    desk.choose_model("gen4_turbo", "gen4_turbo")
    expect(limit).to_have_count(0)
