"""The two ways to a batch on a page: a matrix, and a list that is pasted or uploaded."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from generation.batches import shotlist, sources
from generation.batches.row_values import MAX_TAKES
from generation.batches.shotlist import Row
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Project, Scene
from projects.problems import Problem

KIND = catalog.DEFAULT_KIND
MOST_BYTES = 2 * 1024 * 1024
LARGEST_SEED = 4294967295


def models() -> list[CatalogModel]:
    """Those that need no more than a picture and words."""
    return [model for model in catalog.models(KIND) if model.durations]


class MatrixForm(forms.Form):
    name = forms.CharField(max_length=200, required=False)
    scenes = forms.MultipleChoiceField(
        error_messages={"required": "Choose at least one scene.", "invalid_choice": "A scene is no longer there."}
    )
    prompts = forms.CharField(error_messages={"required": "Write at least one prompt, each on a line of its own."})
    models = forms.MultipleChoiceField(
        choices=[(model.name, model.name) for model in models()],
        error_messages={"required": "Choose at least one model.", "invalid_choice": "%(value)s is no model here."},
    )
    seeds = forms.CharField(required=False)
    takes = forms.IntegerField(
        min_value=1,
        max_value=MAX_TAKES,
        initial=1,
        error_messages={
            "required": "Write how many takes of each.",
            "invalid": "takes must be a whole number.",
            "min_value": f"takes must be from 1 to {MAX_TAKES}.",
            "max_value": f"takes must be from 1 to {MAX_TAKES}.",
        },
    )
    draw = forms.BooleanField(required=False, initial=True)
    duration = forms.IntegerField(
        required=False, min_value=1, max_value=600, error_messages={"invalid": "duration must be whole seconds."}
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all_scenes: list[Scene] = list(project.scenes.filter(trashed_at=None).order_by("position", "number"))
        choices = [(scene.folder_name, scene.name) for scene in self.all_scenes]
        self.fields["scenes"].choices = choices  # type: ignore[attr-defined]

    def clean_seeds(self) -> list[int]:
        told = [word for word in re.split(r"[\s,;]+", self.cleaned_data["seeds"]) if word]
        if any(not (word.isascii() and word.isdigit() and int(word) <= LARGEST_SEED) for word in told):
            raise forms.ValidationError(f"seeds must be whole numbers from 0 to {LARGEST_SEED}, with commas between.")
        return [int(word) for word in told]

    def rows(self) -> list[Row]:
        """Without seeds one is drawn for each take, where that is wished, so that a final can repeat it."""
        given = self.cleaned_data
        prompts = [line.strip() for line in given["prompts"].splitlines() if line.strip()]
        seeds, others = given["seeds"], {}
        if not seeds and given["draw"]:
            seeds = [secrets.randbelow(LARGEST_SEED + 1) for _ in range(given["takes"])]
        elif given["takes"] > 1:
            others["takes"] = given["takes"]
        if given["duration"]:
            others["duration"] = given["duration"]
        return sources.matrix_rows(given["scenes"], prompts, given["models"], seeds, others)


class ListForm(forms.Form):
    name = forms.CharField(max_length=200, required=False)
    text = forms.CharField(required=False, strip=False)
    file = forms.FileField(required=False, allow_empty_file=True)

    def rows(self) -> list[Row]:
        """Problem 422 where the list has no form that can be read."""
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            return shotlist.read_shot_list(_text(file), file.name or "")
        return shotlist.read_shot_list(self.cleaned_data["text"])


def _text(file: UploadedFile[Any]) -> str:
    if (file.size or 0) > MOST_BYTES:
        raise Problem("The list may have at most 2 MB.", code="too_large", status=413)
    try:
        return bytes(file.read()).decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(
            "The file is no text in UTF-8: save it as CSV UTF-8.", code="invalid_fields", status=422
        ) from None
