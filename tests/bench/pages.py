"""How long the server works on a page of a large project, and what the page weighs without its pictures and films."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from urllib.parse import urljoin

import requests

from tests.bench.table import Row, middle, percentile
from tests.studio_process import RunningStudio

SCENES, TAKES = 100, 10
# of the scene that is measured by itself
MANY_TAKES = 50
ASKED = 60
HEAVY = ("image/", "video/")
MAKE = f"""
from decimal import Decimal
from django.contrib.auth.models import User
from generation.models import GenerationJob
from projects import actions
from projects.models import Asset, Project, Scene
owner = User.objects.get(username="owner")
project = actions.create_project(owner, "Large")
scenes = Scene.objects.bulk_create(
    Scene(project=project, number=n, name=f"A scene of some name, {{n}}", position=n, next_take={TAKES + 1},
          mirrored_version=1)
    for n in range(1, {SCENES + 1})
)
def asset(scene, **values):
    return Asset(scene=scene, bytes=1, sha256="0" * 64, width=1280, height=720, source="generated", **values)
Asset.objects.bulk_create(
    asset(scene, kind="image", file_name=f"{{n}}.jpg", mime_type="image/jpeg") for scene in scenes for n in range(3)
)
clips = Asset.objects.bulk_create(
    asset(scene, kind="video", file_name=f"take-{{n:03d}}.mp4", mime_type="video/mp4", duration=5, take=n,
          selected=n == 4)
    for scene in scenes for n in range(1, {TAKES + 1})
)
Project.objects.filter(pk=project.pk).update(next_scene_number={SCENES + 1})
project.refresh_from_db()
many = actions.create_scene(project, "Many takes")
Asset.objects.bulk_create(
    asset(many, kind="image", file_name=f"{{n}}.jpg", mime_type="image/jpeg") for n in range(8)
)
clips += Asset.objects.bulk_create(
    asset(many, kind="video", file_name=f"take-{{n:03d}}.mp4", mime_type="video/mp4", duration=5, take=n)
    for n in range(1, {MANY_TAKES + 1})
)
GenerationJob.objects.bulk_create(
    GenerationJob(project=project, scene=clip.scene, created_by=owner, model="gen4_turbo", take=clip.take, asset=clip,
                  parameters={{"promptText": "A slow push in", "ratio": "1280:720", "duration": 5}}, status="completed",
                  progress=100, credits_estimated=Decimal(25), credits_charged=Decimal(25), finished_at=clip.created_at)
    for clip in clips
)
"""


@dataclass
class Reader:
    """Somebody who is signed in, as a browser is."""

    studio: RunningStudio

    def __post_init__(self) -> None:
        self.session = requests.Session()
        link = self.studio.command("signinlink").stdout.split()[-1]
        self.session.get(link, timeout=20).raise_for_status()

    def seconds(self, path: str) -> list[float]:
        """From the request to the whole answer, as seen from this machine."""
        return [self._once(path) for _ in range(ASKED)]

    def _once(self, path: str) -> float:
        began = time.monotonic()
        self.session.get(self.studio.url + path, timeout=20).raise_for_status()
        return time.monotonic() - began

    def weight(self, path: str) -> int:
        """Bytes of the page with its styles and scripts, as they go over the wire; a module's own modules too."""
        page = self.session.get(self.studio.url + path, timeout=20)
        sent = int(page.headers["Content-Length"])
        linked = {part.split('"')[0] for mark in ('href="', 'src="') for part in page.text.split(mark)[1:]}
        files = {address for address in linked if address.startswith(("/static/", "/styles/"))}
        return sent + sum(self._size(address) for address in self._with_modules(files))

    def _with_modules(self, files: set[str]) -> set[str]:
        """Beside what a page names, what its scripts import."""
        found: set[str] = set()
        waiting = list(files)
        while waiting:
            address = waiting.pop()
            if address in found:
                continue
            found.add(address)
            if address.startswith("/static/js"):
                text = self.session.get(self.studio.url + address, timeout=20).text
                waiting += [urljoin(address, module) for module in re.findall(r'(?:import|from) "(\.[^"]+)"', text)]
        return found

    def _size(self, address: str) -> int:
        answer = self.session.get(self.studio.url + address, timeout=20)
        # as it goes over the wire, like the page itself
        return 0 if answer.headers["Content-Type"].startswith(HEAVY) else int(answer.headers["Content-Length"])


def rows() -> list[Row]:
    with RunningStudio() as studio:
        made = studio.command("shell", "-c", MAKE)
        if made.returncode:
            raise AssertionError(made.stderr)
        reader = Reader(studio)
        empty = middle(reader.seconds("/account/"))
        return [*_project(reader, empty), *_scene(reader, empty)]


def _project(reader: Reader, empty: float) -> list[Row]:
    path, name = "/projects/large/", "the account page"
    what = f"project page of {SCENES} scenes, {TAKES} takes each"
    most = percentile(reader.seconds(path), 0.95)
    weight = reader.weight(path) / 1000
    return [
        Row(f"{what}, p95", most, "≤ 0.1 s", most <= 0.1, empty, name),
        Row(f"{what}, without media", weight, "≤ 250 kB", weight <= 250, unit="kB"),
    ]


def _scene(reader: Reader, empty: float) -> list[Row]:
    path, name = f"/projects/large/scene-{SCENES + 1}/", "the account page"
    most = percentile(reader.seconds(path), 0.95)
    beside = percentile(reader.seconds(f"{path}stage/?take=3&compare=2"), 0.95)
    weight = reader.weight(path) / 1000
    return [
        Row(f"scene page of {MANY_TAKES} takes, p95", most, "≤ 0.1 s", most <= 0.1, empty, name),
        Row("two of its takes put on the stage, p95", beside, "≤ 0.1 s", beside <= 0.1, empty, name),
        Row("scene page, without media", weight, "≤ 250 kB", weight <= 250, unit="kB"),
    ]
