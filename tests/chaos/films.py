"""The films of a run: two with scenes, and one with a budget that is too small for all of its takes."""

from __future__ import annotations

from collections.abc import Sequence

from tests.api_client import Api
from tests.chaos.fault_plan import TakePlan
from tests.fakes.runway.fake import CREDITS

PROJECTS, SCENES = 2, 2


def make_films(api: Api) -> list[tuple[str, str]]:
    """Return the project and the folder of each scene."""
    projects = [api.post("/api/projects", {"name": f"Film {n}"}, 201)["id"] for n in range(PROJECTS)]
    for project in projects:
        _make_small(api, project)
    return [
        (project, api.post(f"/api/projects/{project}/folders", {}, 201)["id"])
        for project in projects
        for _ in range(SCENES)
    ]


def make_tight_film(api: Api, plans: Sequence[TakePlan]) -> tuple[str, str, int]:
    """With a budget for fewer takes than will be asked for, most of them at the same moment."""
    project, scene = api.scene("Tight film")
    credits = max(sum(plan.is_tight for plan in plans) // 3, 1) * CREDITS
    api.call("PUT", "/api/budgets", json={"projectId": project, "credits": credits})
    return project, scene, credits


def _make_small(api: Api, project: str) -> None:
    """Let its exports take a moment, and not a minute."""
    address = f"/api/projects/{project}/cut"
    api.call("PUT", address, json=api.get(address) | {"width": 640, "height": 360})
    api.post(f"{address}/automatic")
