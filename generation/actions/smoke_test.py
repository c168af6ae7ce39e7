"""The take that tests the whole way to Runway, in a project of its own."""

from __future__ import annotations

import base64
import io

from django.contrib.auth.models import User

from generation import actions
from generation.actions.generate import DEFAULT_MODEL
from generation.models import GenerationJob
from generation.simulator import clips
from projects import actions as projects_actions
from projects.access import permissions
from projects.access.sign_in import ensure_owner
from projects.models import Scene

PROJECT = "runway-test"
PROMPT = "A slow push in, gentle light"
RATIO, WIDTH, HEIGHT = "1280:720", 1280, 720


def generate(
    user: User, *, image_address: str | None, prompt_text: str | None, duration: int, idempotency_key: str | None
) -> tuple[GenerationJob, bool]:
    """As `actions.generate`, in the first scene of the project `runway-test`, which is the studio owner's."""
    return actions.generate(
        user,
        _scene(user),
        model=DEFAULT_MODEL,
        prompt_text=prompt_text or PROMPT,
        ratio=RATIO,
        duration=duration,
        image_address=image_address or _drawn(),
        idempotency_key=idempotency_key,
    )


def _scene(user: User) -> Scene:
    owner, _ = ensure_owner()
    # by its name: the slug of one that was deleted is never used again
    found = permissions.projects_of(owner).filter(name=PROJECT).first() or projects_actions.create_project(
        owner, PROJECT
    )
    project = permissions.project_for(user, found.slug, "spend")
    return project.scenes.filter(trashed_at=None).first() or projects_actions.create_scene(project)


def _drawn() -> str:
    """The same picture at every call, so that the same request stays the same."""
    buffer = io.BytesIO()
    clips.draw_picture(WIDTH, HEIGHT, 0).save(buffer, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
