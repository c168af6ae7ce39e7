"""The composer's form and the one that settles an unconfirmed job. What a model allows is decided by the catalogue."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from generation.forms import data as filled
from generation.forms import plain_controls
from generation.models import GenerationJob
from generation.models.status import Status
from generation.runway import catalog
from projects.models import Asset, Project, Scene
from projects.problems import FieldProblem

KIND = "image_to_video"
MOST_TAKES = 4


class PictureField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def to_python(self, value: object) -> Asset | None:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            # also what is no id at all, which Django tells in its own words
            raise forms.ValidationError(self.error_messages["invalid_choice"]) from None


class ComposerForm(forms.Form):
    """One press of Generate. `key` makes a second press of the same button the same request.

    Besides what stands here it has the fields of the chosen model, which `controls.read()` understands.
    """

    image = PictureField(
        Asset.objects.none(),
        error_messages={
            "required": "Choose the picture that the take begins with.",
            "invalid_choice": "That picture is no longer in this scene: choose another.",
        },
    )
    last_image = PictureField(
        Asset.objects.none(),
        required=False,
        error_messages={"invalid_choice": "That picture is no longer in this scene: choose another, or none."},
    )
    # the model may do without, but here an empty prompt is a slip more often than a wish, and a slip costs money
    prompt_text = forms.CharField(
        strip=False, error_messages={"required": "Write what should happen in the take: at least one character."}
    )
    model = forms.CharField(error_messages={"required": "Choose a model."})
    takes = forms.IntegerField(
        min_value=1,
        max_value=MOST_TAKES,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), f"takes must be 1 to {MOST_TAKES}."),
    )
    confirm_refused = forms.BooleanField(required=False)
    # the answer to whether a take that is paid is to be used: 1, or 0 for another one
    reuse = forms.ChoiceField(choices=[("", ""), ("1", "use it"), ("0", "another")], required=False)
    key = forms.CharField(max_length=250, error_messages={"required": "This form is not whole: load the page again."})

    def __init__(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pictures = scene.assets.filter(kind=Asset.Kind.IMAGE, trashed_at=None)
        for name in ("image", "last_image"):
            self.fields[name].queryset = pictures  # type: ignore[attr-defined]

    # told by the view: the page asks whether to send what moderation refused before
    refused_before = False
    # the same, and paid: the page asks whether to use it
    paid_before: GenerationJob | None = None
    parameters: dict[str, Any]

    @property
    def settings(self) -> dict[str, Any]:
        """What stands in the model's fields, by their names."""
        return dict((self.data if self.is_bound else self.initial).items())

    def renew_key(self) -> None:
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["key"] = str(uuid.uuid4())  # type: ignore[index]

    def clean_prompt_text(self) -> str:
        """As the page's counter sees it: a browser sends each line break as two characters."""
        text: str = self.cleaned_data["prompt_text"].replace("\r\n", "\n")
        if not text.strip():
            raise forms.ValidationError(self.fields["prompt_text"].error_messages["required"])
        return text

    def clean_takes(self) -> int:
        return self.cleaned_data["takes"] or 1

    def clean(self) -> None:
        """All that the catalogue finds wrong, each at its field."""
        given = self.cleaned_data
        if "model" not in given:
            return
        model = catalog.find(KIND, given["model"])
        if model is None:
            names = ", ".join(known.name for known in catalog.models(KIND))
            self.add_error("model", f"model must be one of {names}.")
            return
        frames = plain_controls.frames(model, given.get("image"), given.get("last_image"), self.data)
        self.parameters = {"promptText": given.get("prompt_text"), **frames, **plain_controls.read(model, self.data)}
        for problem in model.check(self.parameters):
            self.refuse(problem)

    def refuse(self, problem: FieldProblem) -> None:
        """At the field where it can be mended; what is wrong with a file is said at the picture."""
        outer = problem.field.split(".")[0]
        name = {"promptText": "prompt_text", "promptImage": "image"}.get(outer, problem.field)
        if name in self.fields:
            if not self.has_error(name):
                self.add_error(name, problem.message)
        else:
            self.add_error(None, forms.ValidationError(problem.message, code=name))

    def errors_at(self, name: str) -> list[str]:
        """Of a field of the model's."""
        return [problem.message for problem in self.problems if problem.field == name]

    @property
    def problems(self) -> list[FieldProblem]:
        """Of the model's fields, also of those within others."""
        found = self.non_field_errors().as_data() if self.is_bound else []
        return [FieldProblem(str(error.code), str(error.message)) for error in found if error.code]

    def change_rows(self, change: str) -> None:
        """One row more or less of a list; what was typed stays, and nothing is refused yet."""
        self.initial = filled.with_rows(self.settings, change)
        self.is_bound = False

    @property
    def other_errors(self) -> list[str]:
        """What is wrong and belongs to no field."""
        found = self.non_field_errors().as_data() if self.is_bound else []
        return [str(error.message) for error in found if not error.code]


class WishForm(forms.Form):
    """One scene without a take, on the sheet that asks for all of them; what was shown is what is asked for."""

    wanted = forms.BooleanField(required=False)
    scene = forms.IntegerField(min_value=1)
    image = forms.UUIDField()
    model = forms.CharField()
    ratio = forms.CharField()
    duration = forms.IntegerField()
    key = forms.CharField(max_length=255)
    prompt_text = forms.CharField(strip=False, required=False)

    def clean_prompt_text(self) -> str:
        """As the page's counter sees it: a browser sends each line break as two characters."""
        return str(self.cleaned_data["prompt_text"]).replace("\r\n", "\n")

    def clean(self) -> None:
        if self.cleaned_data.get("wanted") and not self.cleaned_data.get("prompt_text", "").strip():
            self.add_error("prompt_text", "Write what should happen in the take, or leave the scene out.")


class ComposerQuery(forms.Form):
    """What stands in the address of a form. What makes no sense there is left out, not an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # a word of Python's
        self.fields["from"] = forms.IntegerField(min_value=1, max_value=10**9, required=False)


class ResolveForm(forms.Form):
    task_id = forms.CharField(max_length=80, error_messages={"required": "Paste the task's id from Runway."})


class BenchFilter(forms.Form):
    """What stands in a scene's address. What makes no sense there is left out, not an error."""

    SHOWN = [("", "All"), ("chosen", "Chosen"), ("starred", "Starred"), ("kept", "Not rejected")]
    show = forms.ChoiceField(choices=SHOWN, required=False)
    take = forms.IntegerField(min_value=1, max_value=10**9, required=False)
    compare = forms.IntegerField(min_value=1, max_value=10**9, required=False)
    page = forms.IntegerField(min_value=1, max_value=10**6, required=False)


class NoteForm(forms.Form):
    note = forms.CharField(required=False)


class QueueFilter(forms.Form):
    """What stands in the queue's address. What makes no sense there is left out, not an error."""

    GROUPS = [
        ("", "All"),
        ("unfinished", "Under way"),
        (Status.QUEUED, "Waiting"),
        (Status.COMPLETED, "Done"),
        (Status.FAILED, "Failed"),
        (Status.CANCELLED, "Cancelled"),
        (Status.UNCONFIRMED, "Not known"),
    ]
    state = forms.ChoiceField(choices=[*GROUPS, *((s, s.label) for s in Status)], required=False)
    project = forms.ModelChoiceField(Project.objects.none(), to_field_name="slug", required=False)
    person = forms.CharField(max_length=150, required=False)
