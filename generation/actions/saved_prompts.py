"""The prompt library: prompts are saved by name, each new text under a name is a version of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.forms import prompt_variables
from generation.models import PromptVariable, PromptVersion, SavedPrompt
from projects import mirror
from projects.access import permissions
from projects.access.row_by_id import row_by_id
from projects.disk.names import checked_name
from projects.models import Project, Scene
from projects.problems import conflict, forbidden, not_found, wrong_field

# characters; the longest prompt that a model accepts has fewer
MAX_TEXT = 10_000
MAX_VARIABLES = 200
# the variables that every scene has
OF_THE_SCENE = ("scene", "film")


def prompts_of(user: User, project: Project | None = None) -> list[SavedPrompt]:
    """Return the prompts of the studio, and of a project or of all that the person may see, with their versions."""
    projects = [project] if project else permissions.visible_to(user)
    found = SavedPrompt.objects.filter(Q(project=None) | Q(project__in=projects), deleted_at=None)
    versions = Prefetch("versions", PromptVersion.objects.select_related("created_by"))
    return list(found.select_related("project", "created_by").prefetch_related(versions))


def prompt_for(user: User, key: str | UUID, right: permissions.Right = "see", *, deleted: bool = False) -> SavedPrompt:
    """Return a prompt by its id. Problem 404 where the person may not see it, 403 without the right to change it."""
    row = row_by_id(SavedPrompt.objects.select_related("project", "created_by"), key)
    is_visible = row and (row.project is None or permissions.has_right(user, row.project, "see"))
    if row is None or not is_visible or bool(row.deleted_at) != deleted:
        raise not_found(_("saved prompt"))
    if right != "see":
        _require_change(user, row)
    return row


def _require_change(user: User, prompt: SavedPrompt) -> None:
    if prompt.project:
        permissions.require(user, prompt.project, "change")
    elif prompt.created_by != user and not user.is_staff:
        raise forbidden(_("Only the person who saved this studio prompt, or an administrator, may change it."))


def save_prompt(user: User, name: str, text: str, project: Project | None = None) -> PromptVersion:
    """Save a text under a name: as a new prompt, or as the next version of the one that has the name.

    The same text again adds no version. Problem 403 where the person may not change that prompt, 422 for what cannot
    be saved.
    """
    name, text = checked_name(name), _checked_text("text", text)
    if project:
        permissions.require(user, project, "change")
    try:
        with transaction.atomic():
            return _save(user, name, text, project)
    except IntegrityError:
        # somebody else has saved the name at the same moment
        with transaction.atomic():
            return _save(user, name, text, project)


def _save(user: User, name: str, text: str, project: Project | None) -> PromptVersion:
    living = SavedPrompt.objects.filter(project=project, deleted_at=None)
    prompt = living.select_for_update(of=("self",)).filter(name=name).first()
    if prompt is None:
        prompt = SavedPrompt.objects.create(project=project, name=name, created_by=user)
    else:
        _require_change(user, prompt)
    newest = prompt.versions.first()
    if newest and newest.text == text:
        return newest
    number = newest.number + 1 if newest else 1
    _note_change(project)
    return PromptVersion.objects.create(prompt=prompt, number=number, text=text, created_by=user)


def _checked_text(field: str, text: str) -> str:
    text = text.replace("\r\n", "\n")
    if not text.strip() or len(text) > MAX_TEXT:
        raise wrong_field(
            field,
            _("{field} must have 1 to {max_text} characters, and not only spaces.").format(
                field=field, max_text=MAX_TEXT
            ),
        )
    return text


def delete_prompt(prompt: SavedPrompt) -> None:
    """Delete a prompt with its versions; `restore_prompt()` undoes it."""
    with transaction.atomic():
        SavedPrompt.objects.filter(pk=prompt.pk).update(deleted_at=timezone.now())
        _note_change(prompt.project)


def restore_prompt(prompt: SavedPrompt) -> None:
    """Undo a deletion. Problem 409 where another prompt has the name by now."""
    try:
        with transaction.atomic():
            SavedPrompt.objects.filter(pk=prompt.pk).update(deleted_at=None)
            _note_change(prompt.project)
    except IntegrityError:
        raise conflict(_("Another prompt is named “{name}” now.").format(name=prompt.name), "name_taken") from None


def _note_change(project: Project | None) -> None:
    """Let the folder of the project follow; prompts of the studio have none."""
    if project:
        mirror.changed_document(project)


def variables_of(project: Project) -> dict[str, str]:
    """Return the variables of a project, by name."""
    return dict(PromptVariable.objects.filter(project=project).values_list("name", "text"))


def values_for(scene: Scene, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what stands for the variables in a prompt for this scene, by name.

    `variables` are those of the project, where the caller has read them.
    """
    of_project = variables_of(scene.project) if variables is None else variables
    return {"scene": scene.name, "film": scene.project.name, **of_project}


def fill_prompt(scene: Scene, prompt: str, variables: Mapping[str, str] | None = None) -> str:
    """Return a prompt for a scene with the values of its variables. Problem 422 names one that has no value."""
    if "{" not in prompt:
        return prompt
    values = values_for(scene, variables)
    if names := prompt_variables.missing(prompt, values):
        raise wrong_field("promptText", no_value(names[0]))
    return prompt_variables.fill(prompt, values)


def no_value(name: str) -> str:
    """Return the sentence about a variable without a value, which is added beside the prompt of any scene."""
    return _("{{{name}}} has no value. Add it in a scene under Library, or remove the braces.").format(name=name)


def fill_parameters(scene: Scene, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a request with its prompt filled, if it has one. Problem 422 as `fill_prompt()`."""
    prompt = parameters.get("promptText")
    return {**parameters, "promptText": fill_prompt(scene, prompt)} if isinstance(prompt, str) else dict(parameters)


def set_variables(project: Project, values: Mapping[str, str]) -> None:
    """Set variables of a project; an empty text removes one, and others stay. Problem 422 names what is wrong."""
    names = {name: name.strip().strip("{}").strip().lower() for name in values}
    for given, name in names.items():
        if not re.fullmatch(prompt_variables.NAME, name) or name in OF_THE_SCENE:
            rule = _("a name begins with a letter, has at most 40 letters, digits, spaces and hyphens")
            raise wrong_field(
                "name",
                _("“{given}” cannot be a variable: {rule}, and is neither scene nor film.").format(
                    given=given, rule=rule
                ),
            )
    with transaction.atomic():
        for given, text in values.items():
            if text.strip():
                text = _checked_text("text", text)
                PromptVariable.objects.update_or_create(project=project, name=names[given], defaults={"text": text})
            else:
                PromptVariable.objects.filter(project=project, name=names[given]).delete()
        if PromptVariable.objects.filter(project=project).count() > MAX_VARIABLES:
            raise wrong_field(
                "name", _("A film has at most {max_variables} variables.").format(max_variables=MAX_VARIABLES)
            )
        mirror.changed_document(project)
