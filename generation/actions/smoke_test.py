"""Generate a take that tests the connection to Runway, in a project of its own."""

from __future__ import annotations

import base64

from django.contrib.auth.models import User

from generation.actions.generate import DEFAULT_MODEL, generate
from generation.models import GenerationJob
from generation.simulator.drawings import HEIGHT, WIDTH, drawn_picture
from projects import actions as projects_actions
from projects.access import permissions
from projects.access.sign_in import ensure_owner
from projects.models import Scene

PROJECT_NAME = "runway-test"
PROMPT = "A slow push in, gentle light"
RATIO = f"{WIDTH}:{HEIGHT}"


def generate_test_take(
    user: User, *, image_address: str | None, prompt_text: str | None, duration: int, idempotency_key: str | None
) -> tuple[GenerationJob, bool]:
    """Generate a take as `generate()` does, in the first scene of the studio owner's test project.

    Without an address or a prompt, a drawn picture and a fixed prompt are used.
    """
    return generate(
        user,
        _test_scene(user),
        model=DEFAULT_MODEL,
        prompt_text=prompt_text or PROMPT,
        ratio=RATIO,
        duration=duration,
        image_address=image_address or _drawn_picture(),
        idempotency_key=idempotency_key,
    )


def _test_scene(user: User) -> Scene:
    """Return the scene, and create it and its project when they are missing. Raise Problem 403 without the right."""
    owner, _ = ensure_owner()
    # found by its name, since the slug of a deleted project is never used again
    project = permissions.projects_of(owner).filter(name=PROJECT_NAME).first()
    if project is None:
        project = projects_actions.create_project(owner, PROJECT_NAME)
    # the project is the owner's; anybody else needs the right to spend on it, as on any other
    project = permissions.project_for(user, project.slug, "spend")
    return project.scenes.filter(trashed_at=None).first() or projects_actions.create_scene(project)


def _drawn_picture() -> str:
    """Return a data URI that is the same at every call, so that the same request stays the same."""
    return f"data:image/jpeg;base64,{base64.b64encode(drawn_picture(0, 85)).decode()}"
