"""Rows that pages show, and helpers that read the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation.engine import outputs
from generation.models import GenerationJob
from generation.models.status import Status
from projects.actions import new_assets
from projects.models import Asset, Membership, Scene
from tests import factories, media

GENERAL = ["/", "/queue/", "/usage/", "/usage/budgets/", "/account/"]
HTMX = {"HX-Request": "true"}


def url(scene: Scene, rest: str = "") -> str:
    return f"/projects/{scene.project.slug}/{scene.folder_name}/{rest}"


def add_picture(scene: Scene, name: str = "first.jpg") -> Asset:
    return new_assets.store_upload(scene, name, [media.picture()], only="image")


def add_job(scene: Scene, status: Status = Status.COMPLETED, **values: Any) -> GenerationJob:
    take = scene.jobs.count() + 1
    defaults: dict[str, Any] = {
        "model": "gen4_turbo",
        "parameters": {"promptText": f"push in {take}", "ratio": "1280:720", "duration": 5},
        "created_by": User.objects.get(memberships__project=scene.project, memberships__role="owner"),
        "credits_estimated": 25,
    }
    return factories.make_job(scene, take=take, status=status, **{**defaults, **values})


def add_clip(scene: Scene) -> GenerationJob:
    """Return a completed take whose clip has a row, and no file on disk."""
    job = add_job(scene, progress=100, credits_charged=25, finished_at=timezone.now() + timedelta(seconds=12))
    name = f"take-{job.take:03d}.mp4"
    job.asset = Asset.objects.create(
        scene=scene, kind="video", file_name=name, mime_type="video/mp4", bytes=9, sha256="0" * 64, source="generated",
        take=job.take, width=1280, height=720, duration=5.0,
    )  # fmt: skip
    job.outputs = [outputs.output_entry(job.asset)]
    job.save()
    return job


def text(response: Any) -> str:
    """Return the HTML of a page on one line, however its templates are laid out.

    A line break with its indentation is one space, or nothing at the end of a tag, after an opening tag, and before a
    closing one. What is in a text area stays as it is.
    """
    parts = re.split(r"(?<=>)(\n[^<]*)(?=</textarea>)", response.content.decode())
    return "".join(part if number % 2 else _on_one_line(part) for number, part in enumerate(parts))


def _on_one_line(html: str) -> str:
    html = re.sub(r" *\n[ \n]*", " ", html)
    html = re.sub(r" (?=>|</)", "", html)
    return re.sub(r"(<[^/<>][^<>]*>) ", r"\1", html)


def member(scene: Scene, role: str, *, may_spend: bool = False) -> Client:
    user = factories.make_user()
    Membership.objects.create(project=scene.project, user=user, role=role, may_spend=may_spend)
    client = Client()
    client.force_login(user)
    return client
