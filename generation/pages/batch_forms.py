"""The two forms that make a batch: every combination of settings, and a shot list that is pasted or uploaded."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation import references
from generation.actions import saved_prompts
from generation.actions.scene_pictures import ScenePictures
from generation.batches.list_file import MAX_BYTES, list_text
from generation.batches.row import Row
from generation.batches.row_values import MAX_TAKES
from generation.batches.shotlist import read_shot_list
from generation.batches.sources import matrix_rows
from generation.forms import prompt_variables
from generation.pages.picture_choice import PictureChoice, picture_choice
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
        error_messages={
            "required": gettext_lazy("Choose at least one scene."),
            "invalid_choice": gettext_lazy("A scene no longer exists."),
        }
    )
    prompts = forms.CharField(error_messages={"required": gettext_lazy("Write at least one prompt, one per line.")})
    models = forms.MultipleChoiceField(
        choices=[(model.name, model.name) for model in batch_models()],
        error_messages={
            "required": gettext_lazy("Choose at least one model."),
            "invalid_choice": gettext_lazy("%(value)s is not a model for batches."),
        },
    )
    seeds = forms.CharField(required=False)
    takes = forms.IntegerField(
        min_value=1,
        max_value=MAX_TAKES,
        initial=1,
        error_messages={
            "required": gettext_lazy("Enter the number of takes per combination."),
            "invalid": gettext_lazy("takes must be a whole number."),
            "min_value": format_lazy(gettext_lazy("takes must be from 1 to {max_takes}."), max_takes=MAX_TAKES),
            "max_value": format_lazy(gettext_lazy("takes must be from 1 to {max_takes}."), max_takes=MAX_TAKES),
        },
    )
    draw = forms.BooleanField(required=False, initial=True)
    duration = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_DURATION,
        error_messages={"invalid": gettext_lazy("duration must be a whole number of seconds.")},
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.all_scenes: list[Scene] = list(project.scenes.filter(trashed_at=None).order_by("position", "number"))
        choices = [(scene.folder_name, scene.name) for scene in self.all_scenes]
        self.fields["scenes"].choices = choices  # type: ignore[attr-defined]

    @cached_property
    def pictures(self) -> dict[str, PictureChoice]:
        """The picture that the takes of each scene begin with, by the scene's id; in the order of the film."""
        pictures = ScenePictures(self.all_scenes)
        return {scene.folder_name: self._picture(scene, pictures) for scene in self.all_scenes}

    def clean_prompts(self) -> list[str]:
        """Return the prompts, one of each line. Raise ValidationError where a variable has no value, once for all."""
        prompts = [line.strip() for line in self.cleaned_data["prompts"].splitlines() if line.strip()]
        known = {**saved_prompts.variables_of(self.project), **dict.fromkeys(saved_prompts.OF_THE_SCENE, "")}
        if names := prompt_variables.missing("\n".join(prompts), known):
            raise forms.ValidationError(saved_prompts.no_value(names[0]))
        return prompts

    def clean_seeds(self) -> list[int]:
        """Return the seeds, which commas or spaces separate. Raise ValidationError for anything else."""
        texts = [text for text in re.split(r"[\s,;]+", self.cleaned_data["seeds"]) if text]
        if not all(text.isascii() and text.isdigit() and int(text) <= MAX_SEED for text in texts):
            raise forms.ValidationError(
                _("seeds must be whole numbers from 0 to {max_seed}, separated by commas.").format(max_seed=MAX_SEED)
            )
        return [int(text) for text in texts]

    def clean(self) -> None:
        """Add errors that name the scenes without a picture, and the models that cannot do what all of them are to."""
        for scene in self.all_scenes:
            if scene.folder_name in self.cleaned_data.get("scenes", []):
                self._check_picture(scene)
        models = [model for model in batch_models() if model.name in self.cleaned_data.get("models", [])]
        without_seed = [catalog.model_title(model.name) for model in models if "seed" not in model.fields]
        if without_seed and self.cleaned_data.get("seeds"):
            self.add_error(
                "seeds",
                _("No seed in {without_seed}. Leave these models out, or clear the seeds.").format(
                    without_seed=", ".join(without_seed)
                ),
            )
        if duration := self.cleaned_data.get("duration"):
            self._check_duration(duration, models)

    def rows(self) -> list[Row]:
        """Return the rows of the batch, each with its picture, in the order of the scenes.

        Without seeds each take gets a random one if wished, where its model has seeds, so that it can be repeated.
        """
        values = self.cleaned_data
        seeds, takes = values["seeds"], values["takes"]
        if not seeds and values["draw"]:
            seeds = [secrets.randbelow(MAX_SEED + 1) for _ in range(takes)]
        names = values["models"]
        with_seed = [model.name for model in batch_models() if model.name in names and "seed" in model.fields]
        without_seed = [name for name in names if name not in with_seed]
        rows = [*self._rows(with_seed, seeds), *self._rows(without_seed, [])]
        rows.sort(key=lambda row: values["scenes"].index(row.values["scene"]))
        return [replace(row, number=number) for number, row in enumerate(rows, 1)]

    def _rows(self, models: list[str], seeds: list[int]) -> Iterator[Row]:
        """Yield the rows of some models; without seeds each stands for as many takes as are wished."""
        values = self.cleaned_data
        settings = {} if seeds or values["takes"] == 1 else {"takes": values["takes"]}
        if values["duration"]:
            settings["duration"] = values["duration"]
        for row in matrix_rows(values["scenes"], values["prompts"], models, seeds, settings) if models else ():
            picture = self.pictures[row.values["scene"]].chosen
            yield replace(row, values={**row.values, "promptImage": references.to_asset(picture) if picture else None})

    def _picture(self, scene: Scene, pictures: ScenePictures) -> PictureChoice:
        name = f"image-{scene.folder_name}"
        return picture_choice(name, scene.name, pictures.of(scene), self.data.get(name), pictures.proposed(scene))

    def _check_picture(self, scene: Scene) -> None:
        choice = self.pictures[scene.folder_name]
        wanted = self.data.get(choice.name)
        if choice.chosen is None:
            self.add_error("scenes", _("{name} has no picture yet. Add one, or leave it out.").format(name=scene.name))
        elif wanted and wanted != str(choice.chosen.pk):
            self.add_error(
                "scenes", _("The picture chosen for {name} is no longer there. Choose another.").format(name=scene.name)
            )

    def _check_duration(self, duration: int, models: list[CatalogModel]) -> None:
        wrong = [model for model in models if duration not in model.durations]
        if wrong:
            allowed = "; ".join(f"{catalog.model_title(model.name)}: {span(model.durations)}" for model in wrong)
            self.add_error(
                "duration",
                _("{duration} s is not possible with every model. {allowed}.").format(
                    duration=duration, allowed=allowed
                ),
            )


def span(durations: Sequence[int]) -> str:
    """Return lengths in words: "2–10 s" for all in between, else "4, 6 or 8 s"."""
    if len(durations) > 2 and len(durations) == durations[-1] - durations[0] + 1:
        return f"{durations[0]}–{durations[-1]} s"
    *others, last = map(str, durations)
    return _("{others} or {last} s").format(others=", ".join(others), last=last) if others else f"{last} s"


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
