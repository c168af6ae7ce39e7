"""The prompt library as JSON: saved prompts with their versions, and the variables of a project."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import BaseModel, Field

from generation.actions import saved_prompts
from generation.models import PromptVersion, SavedPrompt
from projects.access import permissions
from projects.api.schemas import Time
from projects.text.iso_time import iso_time
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success
from projects.web.field_types import AnyText, Text
from projects.web.request_body import RequestBody

router = Router(tags=["prompts"])


class PromptIn(RequestBody):
    """A prompt to save; a name that is there already gets a new version."""

    name: Text
    text: Text = Field(description="may have variables, such as {hero}, {scene}, {film}")
    projectId: Text | None = Field(None, description="absent: for the whole studio")


class VersionOut(BaseModel):
    """One text of a prompt."""

    version: int
    text: str
    person: str | None
    createdAt: Time


class PromptOut(BaseModel):
    """A saved prompt; its versions, the newest first."""

    promptId: str
    name: str
    projectId: str | None
    versions: list[VersionOut]


class Prompts(BaseModel):
    """Saved prompts, by name."""

    prompts: list[PromptOut]


class VariablesIn(RequestBody):
    """Texts by their names; an empty text removes one, others stay."""

    variables: dict[str, AnyText] = Field(max_length=saved_prompts.MAX_VARIABLES)


class Variables(BaseModel):
    """The texts that stand in the prompts of a project, by name."""

    variables: dict[str, str]


@router.get("/prompts", response=responses(Prompts), summary="The prompt library")
def prompts(request: Request, project: str | None = None) -> Any:
    """Those of the studio, and of all projects that the caller may see, or of one."""
    of = permissions.project_for(request.user, project) if project else None
    return success({"prompts": [_prompt(each) for each in saved_prompts.prompts_of(request.user, of)]})


@router.post("/prompts", response=responses(PromptOut, 201), summary="Save a prompt, or a new version of it")
def save_prompt(request: Request, payload: PromptIn) -> Any:
    """Save a text under a name. The same text again adds no version."""
    project = permissions.project_for(request.user, payload.projectId, "change") if payload.projectId else None
    version = saved_prompts.save_prompt(request.user, payload.name, payload.text, project)
    message = _("Saved as version {number} of “{name}”.").format(number=version.number, name=version.prompt.name)
    return Status(201, success(_prompt(version.prompt), message))


@router.get("/prompts/{prompt_id}", response=responses(PromptOut), summary="A saved prompt with its versions")
def prompt(request: Request, prompt_id: str) -> Any:
    """Return a prompt of the studio, or of a project that the caller may see."""
    return success(_prompt(saved_prompts.prompt_for(request.user, prompt_id)))


@router.delete("/prompts/{prompt_id}", response=responses(Nothing), summary="Delete a saved prompt")
def delete_prompt(request: Request, prompt_id: str) -> Any:
    """Delete it with its versions. A prompt of the studio is deleted by who saved it, or by staff."""
    saved = saved_prompts.prompt_for(request.user, prompt_id, "change")
    saved_prompts.delete_prompt(saved)
    return success(message=_("“{name}” is deleted.").format(name=saved.name))


@router.get("/projects/{project_id}/variables", response=responses(Variables), summary="The variables of its prompts")
def variables(request: Request, project_id: str) -> Any:
    """Besides these, {scene} and {film} stand for the names of the scene and of the project."""
    project = permissions.project_for(request.user, project_id)
    return success({"variables": saved_prompts.variables_of(project)})


@router.patch("/projects/{project_id}/variables", response=responses(Variables), summary="Set variables of prompts")
def set_variables(request: Request, project_id: str, payload: VariablesIn) -> Any:
    """Set the texts that the composer writes for `{name}` when a take is requested."""
    project = permissions.project_for(request.user, project_id, "change")
    saved_prompts.set_variables(project, payload.variables)
    return success({"variables": saved_prompts.variables_of(project)})


def _prompt(saved: SavedPrompt) -> dict[str, Any]:
    return {
        "promptId": str(saved.pk),
        "name": saved.name,
        "projectId": saved.project.slug if saved.project else None,
        "versions": [_version(version) for version in saved.versions.all()],
    }


def _version(version: PromptVersion) -> dict[str, Any]:
    person = version.created_by.get_username() if version.created_by else None
    created_at = iso_time(version.created_at)
    return {"version": version.number, "text": version.text, "person": person, "createdAt": created_at}
