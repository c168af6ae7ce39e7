"""A small film whose cut the tests change on its page, and look at by the API."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import requests
from playwright.sync_api import Locator, Page, expect

from tests import media
from tests.studio_process import RunningStudio, eventually

_numbers = itertools.count(1)
FILES = ((1, "a.mp4", 24), (1, "b.mp4", 36), (2, "c.mp4", 24), (3, "d.jpg", 0))
PLAYING_VIDEO = """(id) => [...document.querySelectorAll("[data-layer].seen video")]
  .some((video) => video.currentSrc.includes(id) && !video.paused && video.currentTime > 0.1)"""


@dataclass
class Film:
    """Three scenes: One with two takes of 24 and 36 frames, Two with one of 24, Three with a picture for 72."""

    page: Page
    studio: RunningStudio
    token: str
    project: str = ""

    def make(self) -> Film:
        self.project = self.call("POST", "", json={"name": f"Cutting {next(_numbers)}"})["id"]
        for name in ("One", "Two", "Three"):
            self.call("POST", f"/{self.project}/folders", json={"name": name})
        self.assets = {name: self.upload(number, name, frames) for number, name, frames in FILES}
        self.page.goto(self.path)
        return self

    def upload(self, number: int, name: str, frames: int) -> str:
        content = media.clip(320, 180, frames, 24) if frames else media.picture(320, 180)
        return str(
            self.call("POST", f"/{self.project}/folders/scene-{number}/assets", files={"file": (name, content)})["id"]
        )

    def call(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(method, f"{self.studio.url}/api/projects{path}", headers=headers, timeout=20, **body)
        assert answer.ok, answer.text
        return dict(answer.json()["data"])

    @property
    def path(self) -> str:
        return f"/projects/{self.project}/cut/"

    @property
    def cut(self) -> dict[str, Any]:
        return self.call("GET", f"/{self.project}/cut")

    def expect_saved(self, version: int) -> dict[str, Any]:
        """The cut once the page has it in this version and nothing waits to be saved."""
        # Playwright takes the promise of a function that it waits for as true; and while it asks, it lets routes answer
        address = f"/api/projects/{self.project}/cut"
        ask = f"fetch('{address}').then((answer) => answer.json()).then(({{ data }}) => data.version)"
        eventually(lambda: self.page.evaluate(ask) >= version, 20)
        expect(self.page.locator("#cut")).to_have_attribute("data-saved", "saved")
        cut = self.cut
        assert cut["version"] == version
        return cut

    @property
    def clips(self) -> Locator:
        return self.page.get_by_role("listbox", name="Picture").get_by_role("option")

    def drag(self, start: tuple[float, float], *way: tuple[float, float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for x, y in way:
            self.page.mouse.move(x, y, steps=4)
        self.page.mouse.up()

    def place(self, number: int, share: float) -> tuple[float, float]:
        """A point on a clip, from its left (0) to its right (1)."""
        box = self.clips.nth(number).bounding_box()
        assert box
        return box["x"] + box["width"] * share, box["y"] + box["height"] / 2


def names(cut: dict[str, Any]) -> list[str]:
    return [clip["sceneName"] for clip in cut["clips"]]


def trims(cut: dict[str, Any]) -> list[tuple[int, int]]:
    return [(clip["in"], clip["out"]) for clip in cut["clips"]]
