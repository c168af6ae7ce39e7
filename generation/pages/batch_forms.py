"""The two forms that make a batch: every combination of settings, and a shot list that is pasted or uploaded."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from generation.batches.list_file import MAX_BYTES, list_text
from generation.batches.row import Row
from generation.batches.row_values import MAX_TAKES
from generation.batches.shotlist import read_shot_list
from generation.batches.sources import matrix_rows
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Project, Scene

KIND = catalog.DEFAULT_KIND
MAX_SEED = 2**32 - 1
MAX_DURATION = 600


def batch_models() -> list[CatalogModel]:
    """Return the models that need nothing but a picture and a prompt."""
    return [model for model in catalog.models(KIND) if model.durations]


class MatrixForm(forms.Form):
    """Every combination of scenes, prompts, models and seeds."""

    name = forms.CharField(max_length=200, required=False)
    scenes = forms.MultipleChoiceField(
        error_messages={"required": "Choose at least one scene.", "invalid_choice": "A scene no longer exists."}
    )
    prompts = forms.CharField(error_messages={"required": "Write at least one prompt, one per line."})
    models = forms.MultipleChoiceField(
        choices=[(model.name, model.name) for model in batch_models()],
        error_messages={
            "required": "Choose at least one model.",
            "invalid_choice": "%(value)s is not a model for batches.",
        },
    )
    seeds = forms.CharField(required=False)
    takes = forms.IntegerField(
        min_value=1,
        max_value=MAX_TAKES,
        initial=1,
        error_messages={
            "required": "Enter the number of takes per combination.",
            "invalid": "takes must be a whole number.",
            "min_value": f"takes must be from 1 to {MAX_TAKES}.",
            "max_value": f"takes must be from 1 to {MAX_TAKES}.",
        },
    )
    draw = forms.BooleanField(required=False, initial=True)
    duration = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_DURATION,
        error_messages={"invalid": "duration must be a whole number of seconds."},
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all_scenes: list[Scene] = list(project.scenes.filter(trashed_at=None).order_by("position", "number"))
        choices = [(scene.folder_name, scene.name) for scene in self.all_scenes]
        self.fields["scenes"].choices = choices  # type: ignore[attr-defined]

    def clean_seeds(self) -> list[int]:
        """Return the seeds, which commas or spaces separate. Raise ValidationError for anything else."""
        texts = [text for text in re.split(r"[\s,;]+", self.cleaned_data["seeds"]) if text]
        if not all(text.isascii() and text.isdigit() and int(text) <= MAX_SEED for text in texts):
            raise forms.ValidationError(f"seeds must be whole numbers from 0 to {MAX_SEED}, separated by commas.")
        return [int(text) for text in texts]

    def rows(self) -> list[Row]:
        """Return the rows of the batch. Without seeds each take gets a random one if wished, which can be repeated."""
        values = self.cleaned_data
        prompts = [line.strip() for line in values["prompts"].splitlines() if line.strip()]
        seeds, settings = values["seeds"], {}
        if not seeds and values["draw"]:
            seeds = [secrets.randbelow(MAX_SEED + 1) for _ in range(values["takes"])]
        elif values["takes"] > 1:
            settings["takes"] = values["takes"]
        if values["duration"]:
            settings["duration"] = values["duration"]
        return matrix_rows(values["scenes"], prompts, values["models"], seeds, settings)


class ListForm(forms.Form):
    """A shot list as text or as a file."""

    name = forms.CharField(max_length=200, required=False)
    text = forms.CharField(required=False, strip=False)
    file = forms.FileField(required=False, allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown_text = str(self.data.get("text", ""))
        """The list for the page: what was pasted, or the file as text, so that it can be corrected there."""

    def rows(self) -> list[Row]:
        """Return the rows of the list. Raise Problem 422 for a list that cannot be read, 413 for a file too large."""
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile):
            return read_shot_list(self.cleaned_data["text"])
        # one more than allowed, so that a larger file is refused without being read
        self.shown_text = list_text(bytes(file.read(MAX_BYTES + 1)))
        return read_shot_list(self.shown_text, file.name or "")
