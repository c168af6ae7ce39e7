"""The composer's form and the one that settles an unconfirmed job. What a model allows is decided by the catalogue."""

from __future__ import annotations

import uuid

from django import forms

from generation.status import Status
from projects.models import Asset, Project, Scene


class PictureField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def to_python(self, value: object) -> Asset | None:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            # also what is no id at all, which Django tells in its own words
            raise forms.ValidationError(self.error_messages["invalid_choice"]) from None


class ComposerForm(forms.Form):
    """One request for one take. `key` makes a second press of the same button the same request."""

    image = PictureField(
        Asset.objects.none(),
        error_messages={
            "required": "Choose the picture that the take begins with.",
            "invalid_choice": "That picture is no longer in this scene: choose another.",
        },
    )
    # the model may do without, but here an empty prompt is a slip more often than a wish, and a slip costs money
    prompt_text = forms.CharField(
        strip=False, error_messages={"required": "Write what should happen in the take: at least one character."}
    )
    model = forms.CharField(error_messages={"required": "Choose a model."})
    ratio = forms.CharField(error_messages={"required": "Choose a ratio."})
    duration = forms.IntegerField(
        error_messages={"required": "Choose a duration.", "invalid": "duration must be a whole number of seconds."}
    )
    seed = forms.IntegerField(
        required=False, error_messages={"invalid": "seed must be a whole number from 0 to 4294967295, or empty."}
    )
    confirm_refused = forms.BooleanField(required=False)
    key = forms.CharField(max_length=255, error_messages={"required": "This form is not whole: load the page again."})

    def __init__(self, scene: Scene, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        pictures = scene.assets.filter(kind=Asset.Kind.IMAGE, trashed_at=None)
        self.fields["image"].queryset = pictures  # type: ignore[attr-defined]

    # told by the view: the page asks whether to send what moderation refused before
    refused_before = False

    def renew_key(self) -> None:
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["key"] = str(uuid.uuid4())  # type: ignore[index]

    def clean_prompt_text(self) -> str:
        """As the page's counter sees it: a browser sends each line break as two characters."""
        text: str = self.cleaned_data["prompt_text"].replace("\r\n", "\n")
        if not text.strip():
            raise forms.ValidationError(self.fields["prompt_text"].error_messages["required"])
        return text


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
