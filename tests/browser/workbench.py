"""What a person does at the workbench, in words."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests import media
from tests.studio_process import RunningStudio

PASSWORD = "screening-room-7"
VIDEOS = "document.querySelectorAll('#stage video')"
_numbers = itertools.count(1)


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Name").fill("owner")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def picture(name: str = "harbour.jpg") -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": media.detailed_picture(960, 540)}


@cache
def first_picture() -> bytes:
    """The same for each desk, so that the simulator draws the clip of each camera move once."""
    return media.detailed_picture(960, 540)


@dataclass
class Desk:
    page: Page
    studio: RunningStudio

    @classmethod
    def with_everything(cls, page: Page, studio: RunningStudio, token: str) -> Desk:
        """A fresh scene with a picture and a prompt, one press away from a take; made by the API, to be quick."""

        def post(path: str, **body: Any) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {token}"}
            answer = requests.post(f"{studio.url}/api/projects{path}", headers=headers, timeout=20, **body)
            assert answer.status_code == 201, answer.text
            return dict(answer.json()["data"])

        project = post("", json={"name": f"Film {next(_numbers)}"})["id"]
        post(f"/{project}/folders", json={})
        post(f"/{project}/folders/scene-1/assets", files={"file": ("harbour.jpg", first_picture())})
        page.goto(f"/projects/{project}/scene-1/")
        desk = cls(page, studio)
        desk.prompt.fill("Slow push in as the fog lifts")
        desk.choose_duration(2)
        return desk

    def make_project(self, name: str) -> None:
        self.page.goto("/")
        self.page.get_by_label("Project name").fill(name)
        self.page.get_by_role("button", name="New project").click()
        self.page.wait_for_url("**/projects/*/")

    def add_scene(self, name: str = "") -> None:
        """Add a scene and open it: the first one of a film is opened at once, others get their card."""
        cards = self.page.locator("[data-scene-card] h3 a")
        before = cards.count()
        self.page.get_by_role("textbox", name=re.compile("(First|Next) scene")).fill(name)
        self.page.get_by_role("button", name="Add scene").click()
        if before:
            cards.nth(before).click()
        self.page.wait_for_url("**/scene-*/")

    def add_picture(self, name: str = "harbour.jpg") -> None:
        before = self.pictures.count()
        self.page.get_by_label("Add pictures").set_input_files(picture(name))
        expect(self.pictures).to_have_count(before + 1)

    def choose_duration(self, seconds: int) -> None:
        control = self.page.locator("[data-choices=durations]")
        if control.get_attribute("type") == "range":
            control.fill(str(seconds))
        else:
            control.get_by_text(str(seconds), exact=True).click()

    def choose_model(self, name: str, search: str = "") -> None:
        """Choose a model, and use it where the page asks because it is much dearer."""
        self.pick_model(name, search)
        # the question comes at once with the settings, or not at all
        use = self.page.locator("#dearer [data-keep]")
        if use.is_visible():
            use.click()

    def pick_model(self, name: str, search: str = "") -> None:
        self.page.locator("#picker summary").click()
        self.page.get_by_label("Search models").fill(search)
        self.page.locator(f"label:has([name=model][value='{name}'])").click()
        expect(self.page.locator("#settings")).to_have_attribute("data-model", name)

    def press(self) -> Locator:
        """Generate; the tile of the new take."""
        before = self.takes.count()
        self.generate.click()
        expect(self.takes).to_have_count(before + 1)
        return self.takes.last

    def expect_done(self, take: int) -> None:
        expect(self.tile(take)).to_have_attribute("data-status", "completed", timeout=20_000)

    def tile(self, take: int) -> Locator:
        return self.page.locator(f"#takes [data-take='{take}']")

    def play_head(self) -> list[float]:
        """Where each clip on the stage stands, in seconds."""
        return [float(at) for at in self.page.evaluate(f"[...{VIDEOS}].map((video) => video.currentTime)")]

    @property
    def path(self) -> str:
        """Of the scene: in the address and under the projects' folder alike."""
        return urlsplit(self.page.url).path

    @property
    def folder(self) -> Path:
        return self.studio.data_dir / self.path.strip("/")

    @property
    def generate(self) -> Locator:
        return self.page.get_by_role("button", name="Generate")

    @property
    def prompt(self) -> Locator:
        return self.page.get_by_label(re.compile(r"^\s*Prompt"))

    @property
    def why_off(self) -> Locator:
        return self.page.locator("#why-off")

    @property
    def pictures(self) -> Locator:
        return self.page.locator(".picture")

    @property
    def takes(self) -> Locator:
        """Tiles that have come whole, the newest last."""
        return self.page.locator("#takes li[data-status]")

    @property
    def stage(self) -> Locator:
        """The card of the take that is looked at."""
        return self.page.locator("#stage .first article")

    @property
    def video(self) -> Locator:
        return self.stage.locator("video")
