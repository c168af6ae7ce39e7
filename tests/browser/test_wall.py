"""The wall of projects: searched as one types; the first steps of somebody new; a film of 500 scenes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.workbench import Desk, picture
from tests.studio_process import RunningStudio, eventually

MANY = 500
# of the mouse, in this tab, from page to page
PRESSES = (
    "addEventListener('pointerdown', () => (sessionStorage.presses = Number(sessionStorage.presses ?? 0) + 1), true)"
)
MAKE = f"""
from django.contrib.auth.models import User
from projects import actions
from projects.models import Asset, Scene
project = actions.create_project(User.objects.get(username="owner"), "The long one")
scenes = Scene.objects.bulk_create(
    Scene(project=project, number=n, name=f"Shot {{n}}", position=n, mirrored_version=1) for n in range(1, {MANY + 1})
)
sample = Asset.objects.filter(kind="image", scene__project__slug="first-light-sample")
for width in (640, 1280):
    actions.poster_of(sample[0], width)
same = sample.values("kind", "file_name", "sha256", "mime_type", "bytes", "source")[0]
Asset.objects.bulk_create(Asset(scene=scene, **same) for scene in scenes)
"""


def test_a_search_as_one_types(page: Page, studio: RunningStudio) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("streets AFTER")
    expect(page.locator("#wall h2")).to_have_text(["First light (sample)"])
    expect(page).to_have_url(re.compile(r"/\?q=streets\+?(%20)?AFTER$"))
    page.get_by_role("searchbox").fill("no such thing")
    expect(page.get_by_role("heading", name="No results")).to_be_visible()
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("no such thing")
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("link", name="First light (sample)")).to_be_visible()
    expect(page).to_have_url(f"{studio.url}/")


@pytest.fixture
def newcomer(browser: Browser, studio: RunningStudio, listen: Any) -> Iterator[Page]:
    """Somebody who has never made anything, signed in by a link."""
    made = studio.command(
        "shell", "-c", 'from django.contrib.auth.models import User; User.objects.create_user("newcomer")'
    )
    assert made.returncode == 0, made.stderr
    link = studio.command("signinlink", "newcomer").stdout.split()[-1]
    context = listen(browser.new_context(base_url=studio.url))
    context.add_init_script(PRESSES)
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Your first project")).to_be_visible()
    yield page
    context.close()


def test_the_first_steps(newcomer: Page, studio: RunningStudio) -> None:
    """To the first clip of one's own within a minute and eight presses; what is done is ticked meanwhile."""
    began = time.monotonic()
    page, keys, desk = newcomer, newcomer.keyboard, Desk(newcomer, studio)
    home = page.context.new_page()
    home.goto("/")
    steps = home.get_by_role("region", name="Your first take in three steps")
    expect(steps.locator("[aria-current=step]")).to_contain_text("Add a picture")
    page.get_by_label("Project name").click()
    keys.type("First steps")
    page.get_by_role("button", name="New project").click()
    page.get_by_role("button", name="Add scene").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_title("Add pictures").click()
    chooser.value.set_files(picture())
    desk.prompt.click()
    keys.type("The sun comes up")
    desk.choose_duration(2)
    home.reload()
    expect(steps.locator("[aria-current=step]")).to_contain_text("Generate")
    expect(steps.get_by_role("link", name="Scene 1")).to_have_attribute("href", desk.path)
    desk.generate.click()
    expect(desk.stage).to_have_attribute("data-status", "completed", timeout=20_000)
    page.get_by_role("button", name="Play").click()
    eventually(lambda: desk.play_head()[0] > 0.1)
    assert int(page.evaluate("sessionStorage.presses")) <= 8
    assert time.monotonic() - began < 60
    home.reload()
    expect(home.get_by_role("heading", name="Projects")).to_be_visible()
    expect(steps).to_be_hidden()


def test_a_film_of_500_scenes(page: Page, studio: RunningStudio) -> None:
    made = studio.command("shell", "-c", MAKE)
    assert made.returncode == 0, made.stderr
    page.goto("/projects/the-long-one/")
    names = page.locator("#storyboard h3")
    expect(names).to_have_count(MANY)
    expect(page.locator("#segments > *")).to_have_count(MANY)
    expect(page.locator("#facts")).to_contain_text(f"of {MANY}")
    # the pictures that are looked at, and no more
    assert page.evaluate("[...document.images].filter((image) => image.complete && image.naturalWidth).length") < 100
    page.get_by_role("slider", name="Position in the film").focus()
    page.keyboard.press("End")
    expect(page.locator("#film-scene")).to_have_text("Shot 500")
    # a card has its buttons when it comes near
    names.last.scroll_into_view_if_needed()
    page.get_by_role("button", name="Reorder Shot 500").focus()
    for key in ("Space", "Home", "Space"):
        page.keyboard.press(key)
    expect(names.first).to_have_text("Shot 500")
    expect(page.locator("#film-place")).to_have_text("1")
