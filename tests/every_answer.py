"""What every GET of the API answers, to compare two databases."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from config.api import api
from generation.models import Batch, GenerationJob
from projects.models import Asset, Project, Scene

# ids of rows that have none on disk
NOT_ON_DISK = {"entryId", "budgetId"}
# what is not of the projects: the studio's links and forecasts go by the present moment
MOMENTS = ("/api/plan", "/api/videos/test-runway", "/api/docs", "/api/openapi.json")


def every_answer(user: User) -> dict[str, Any]:
    """What each GET of the API answers to this person, by address, for each row that there is."""
    client = Client()
    client.force_login(user)
    answers = {}
    for path in addresses():
        answer = client.get(path)
        if answer["Content-Type"].startswith("application/json"):
            answers[path] = (answer.status_code, without_ids(answer.json()))
        elif not hasattr(answer, "streaming_content"):
            answers[path] = (answer.status_code, answer.content)
    return answers


def addresses() -> list[str]:
    found = []
    for template, calls in api.get_openapi_schema()["paths"].items():
        if "get" in calls and template not in MOMENTS:
            found += filled(template)
    return found


def filled(template: str) -> list[str]:
    """The address of each row: of a project, a scene, a file, a job …"""
    if "{asset_id}" in template:
        return [
            template.format(project_id=a.scene.project.slug, scene_id=a.scene.folder_name, asset_id=a.pk)
            for a in Asset.objects.select_related("scene__project").order_by("pk")
            # posters are files, made anew
            if template.endswith(("{asset_id}", "/peaks"))
        ]
    if "{scene_id}" in template and "{" not in template.replace("{project_id}", "").replace("{scene_id}", ""):
        scenes = Scene.objects.select_related("project").order_by("project__slug", "number")
        return [template.format(project_id=s.project.slug, scene_id=s.folder_name) for s in scenes]
    if "{job_id}" in template or "{key}" in template:
        return [
            template.format(job_id=job.pk, key=job.pk, number=0)
            for job in GenerationJob.objects.order_by("pk")
            if "frame" not in template
        ]
    if "{batch_id}" in template:
        return [template.format(batch_id=batch.pk) for batch in Batch.objects.order_by("pk")]
    if "{project_id}" in template and "{" not in template.replace("{project_id}", ""):
        return [template.format(project_id=project.slug) for project in Project.objects.order_by("slug")]
    return [] if "{" in template else [template]


def without_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [without_ids(each) for each in value]
    if isinstance(value, dict):
        return {key: without_ids(each) for key, each in value.items() if key not in NOT_ON_DISK}
    return value
