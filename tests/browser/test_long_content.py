"""No content of any length widens a page, or pushes one part of it under another: many takes, long names and words."""

from __future__ import annotations

import json

import pytest
import requests
from playwright.sync_api import Page

from tests import media
from tests.studio_process import RunningStudio

WIDTHS = (390, 768, 1024, 1280, 1440, 1920)
MAKE = """
import json
from decimal import Decimal
from django.contrib.auth.models import User
from generation.models import GenerationJob
from projects import actions
from projects.models import Scene
owner = User.objects.get(username="owner")
word = "Unaufhaltsamerdonaudampfschifffahrtstag" * 2
rtl = "\\u05dc\\u05d9\\u05dc\\u05d4 \\u05d1\\u05e0\\u05de\\u05dc " * 6
project = actions.create_project(owner, f"{word} {rtl} the night ferry of the long winter")
scene = actions.create_scene(project, f"{word} {rtl}")
# none that the workers would take up, or that would take a slot at Runway from the other tests
statuses = ["completed", "failed", "unconfirmed", "cancelled"]
for number in range(1, 61):
    status = statuses[number % 4]
    GenerationJob.objects.create(
        project=project, scene=scene, created_by=owner, model="gen4_turbo", take=number, status=status,
        parameters={"promptText": f"{word} {rtl}" * 3, "ratio": "1280:720", "duration": 5},
        error_code="SAFETY.INPUT" if status == "failed" else "", error_message=word if status == "failed" else "",
        waiting_message=word, note=word, credits_estimated=Decimal(25),
    )
Scene.objects.bulk_create(
    Scene(project=project, number=n, name=f"{word} {n}", position=n, mirrored_version=1) for n in range(2, 302)
)
print(json.dumps(project.slug))
"""
# what is wider than the window, and what lies over something else of the page
MEASURE = """() => {
  const wrong = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.querySelectorAll("main *")].filter((each) => {
      const { right, width: own } = each.getBoundingClientRect();
      return own && right > width + 1;
    });
    const tags = wide.slice(0, 3).map((each) => each.outerHTML.slice(0, 120));
    wrong.push(`${document.documentElement.scrollWidth} px wide: ${tags}`);
  }
  const [main, side] = [".workbench-main", ".workbench-side"].map((each) => document.querySelector(each));
  if (main && side && getComputedStyle(main).display !== "contents") {
    const edge = side.getBoundingClientRect().left;
    for (const each of main.querySelectorAll("#stage, #transport, #takes, #stage button")) {
      const { right, width: own } = each.getBoundingClientRect();
      if (own && right > edge + 1) wrong.push(`under the composer: ${each.outerHTML.slice(0, 100)}`);
    }
  }
  return wrong;
}"""


@pytest.fixture(scope="module")
def project(studio: RunningStudio, token: str) -> str:
    made = studio.command("shell", "-c", MAKE)
    assert made.returncode == 0, made.stderr
    slug = str(json.loads(made.stdout.splitlines()[-1]))
    address = f"{studio.url}/api/projects/{slug}/folders/scene-1/assets"
    files = {"file": ("Unaufhaltsam" * 8 + ".jpg", media.detailed_picture(1280, 720))}
    assert requests.post(address, files=files, headers={"Authorization": f"Bearer {token}"}, timeout=20).ok
    return slug


@pytest.mark.parametrize(
    "path",
    ["/", "{project}", "{project}scene-1/", "{project}scene-1/?take=59", "{project}scene-1/?take=59&compare=58",
     "{project}scene-1/make/", "{project}missing/", "{project}batches/new/", "{project}members/",
     "{project}disclosure/", "{project}cut/", "/queue/", "/usage/?range=all"],
)  # fmt: skip
def test_no_page_is_wider_than_its_window(page: Page, project: str, path: str) -> None:
    page.goto(path.format(project=f"/projects/{project}/"))
    wrong = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wrong[width] = page.evaluate(MEASURE)
    assert wrong == {width: [] for width in WIDTHS}
