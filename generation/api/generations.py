"""Requests for something to be generated, as JSON; each is answered with a job."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Router

from generation import actions
from generation.actions import smoke_test
from generation.api.field_types import IdempotencyKey
from generation.api.generation_schemas import GenerateIn, GenerationIn, TestGenerateIn
from generation.api.job_answers import JOB_RESPONSES, accepted_job
from generation.money.prices import read_ceiling
from projects.access import permissions
from projects.models import Asset, Scene
from projects.problems import wrong_field
from projects.web.authentication import Request

router = Router(tags=["generation"])


@router.post("/generations", response=JOB_RESPONSES, summary="Generate with any of Runway's models")
def create_generation(request: Request, payload: GenerationIn, idempotency_key: IdempotencyKey) -> Any:
    """Send the fields of the model beside ours, under Runway's own names; `GET /api/models` lists them.

    A file is `asset:` with the id of a file of the project, an http(s) address, or a data URI.
    """
    scene = permissions.scene_for(request.user, payload.projectId, payload.sceneId, "spend")
    job, is_new = actions.create_job(
        request.user,
        scene,
        kind=payload.kind,
        model=payload.model,
        parameters=payload.parameters,
        reuse=payload.reuse,
        idempotency_key=idempotency_key,
        confirm_refused=payload.confirmRefused,
        max_credits=read_ceiling(payload.maxCredits),
    )
    return accepted_job(job, is_new=is_new)


@router.post("/videos/generate", response=JOB_RESPONSES, summary="Generate a take from a picture")
def generate(request: Request, payload: GenerateIn, idempotency_key: IdempotencyKey) -> Any:
    """Where the model does not accept the default ratio or duration, its own is used."""
    scene = permissions.scene_for(request.user, payload.projectId, payload.sceneId, "spend")
    job, is_new = actions.generate(
        request.user,
        scene,
        model=payload.model,
        prompt_text=payload.promptText,
        # a default that the client did not send gives way to what the model accepts
        ratio=payload.ratio if "ratio" in payload.model_fields_set else None,
        duration=payload.duration if "duration" in payload.model_fields_set else None,
        seed=payload.seed,
        image=_picture(scene, payload.imageId),
        image_address=payload.promptImage,
        reuse=payload.reuse,
        idempotency_key=idempotency_key,
        # this call only warns unless the client asks to be refused
        confirm_refused=payload.confirmRefused is not False,
        max_credits=read_ceiling(payload.maxCredits),
    )
    return accepted_job(job, is_new=is_new, warn=True)


@router.post("/videos/test-generate", response=JOB_RESPONSES, summary="A take in the project runway-test")
def test_generate(request: Request, payload: TestGenerateIn, idempotency_key: IdempotencyKey) -> Any:
    """Show that the way to Runway and back works. The project is created when it is missing."""
    job, is_new = smoke_test.generate_test_take(
        request.user,
        image_address=payload.testImage,
        prompt_text=payload.testPrompt,
        duration=payload.duration,
        idempotency_key=idempotency_key,
    )
    return accepted_job(job, is_new=is_new)


def _picture(scene: Scene, image_id: UUID | None) -> Asset | None:
    if image_id is None:
        return None
    picture = scene.assets.filter(pk=image_id, trashed_at=None).first()
    if picture is None:
        raise wrong_field("imageId", _("imageId must be a picture of this scene."))
    return picture
