"""The form of the composer. What a model allows is decided by the catalog."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from generation.actions import saved_prompts
from generation.actions.fit_picture import chosen_ratio, fit_picture
from generation.forms.composer_fields import composer_fields, read_prompt_image
from generation.forms.credit_limit import read_credit_limit
from generation.forms.form_data import change_rows
from generation.forms.reader import read_parameters
from generation.models import GenerationJob
from generation.runway import catalog
from projects.models import Asset, Scene
from projects.problems import FieldProblem, Problem

KIND = catalog.DEFAULT_KIND
MAX_TAKES = 4
# where a problem with a parameter is shown: what is wrong with a file is shown at the picture
FIELDS_OF_PARAMETERS = {"promptText": "prompt_text", "promptImage": "image", "maxCredits": "max_credits"}
FORM_IS_BROKEN = gettext_noop("This form is incomplete. Reload the page.")


class PictureField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A picture of the scene, by its id."""

    def to_python(self, value: object) -> Asset | None:
        """Return the picture. Raise ValidationError, also for a text that is no id."""
        try:
            return super().to_python(value)
        except forms.ValidationError:
            # Django has a message of its own for a malformed id
            raise forms.ValidationError(self.error_messages["invalid_choice"]) from None


class ComposerForm(forms.Form):
    """One press of Generate. `key` makes a second press of the same button the same request.

    Besides these fields the form has those of the chosen model, which `generation.forms` reads from `data`.
    """

    image = PictureField(
        Asset.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose a picture for the first frame."),
            "invalid_choice": gettext_lazy("That picture is no longer in this scene. Choose another one."),
        },
    )
    last_image = PictureField(
        Asset.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("That picture is no longer in this scene. Choose another one, or none.")
        },
    )
    # the models do without a prompt, but here an empty one is an oversight more often than intended, and costs money
    prompt_text = forms.CharField(strip=False, error_messages={"required": gettext_lazy("Write a prompt.")})
    model = forms.CharField(error_messages={"required": gettext_lazy("Choose a model.")})
    takes = forms.IntegerField(
        min_value=1,
        max_value=MAX_TAKES,
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            format_lazy(gettext_lazy("takes must be from 1 to {max_takes}."), max_takes=MAX_TAKES),
        ),
    )
    # the most that one take may cost, where the price is not known
    max_credits = forms.CharField(required=False, max_length=20)
    confirm_refused = forms.BooleanField(required=False)
    # whether to use a take that is already paid for: 1, or 0 for a new one
    reuse = forms.ChoiceField(
        choices=[("", ""), ("1", gettext_lazy("use it")), ("0", gettext_lazy("new take"))], required=False
    )
    key = forms.CharField(max_length=250, error_messages={"required": gettext_lazy(FORM_IS_BROKEN)})

    def __init__(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scene = scene
        pictures = scene.assets.filter(kind=Asset.Kind.IMAGE, trashed_at=None)
        for name in ("image", "last_image"):
            self.fields[name].queryset = pictures  # type: ignore[attr-defined]
        self.parameters: dict[str, Any] = {}
        """The request that was read from a bound form; empty before that, and for an unknown model."""
        self.was_refused_before = False
        """Whether the page asks to confirm a request that moderation refused before."""
        self.paid_take: GenerationJob | None = None
        """The finished take that is the same as this request: the page asks whether to use it."""

    @property
    def settings(self) -> dict[str, Any]:
        """The form's values by name; of several with one name the last."""
        return dict((self.data if self.is_bound else self.initial).items())

    @property
    def setting_problems(self) -> list[FieldProblem]:
        """What is wrong with the model's settings, by their place in the request."""
        errors = self.non_field_errors().as_data() if self.is_bound else []
        return [FieldProblem(str(error.code), str(error.message)) for error in errors if error.code]

    @property
    def general_errors(self) -> list[str]:
        """What is wrong and belongs to no field."""
        errors = self.non_field_errors().as_data() if self.is_bound else []
        return [str(error.message) for error in errors if not error.code]

    def clean_prompt_text(self) -> str:
        """Return the prompt as the page's counter counts it: a browser sends a line break as two characters."""
        text: str = self.cleaned_data["prompt_text"].replace("\r\n", "\n")
        if not text.strip():
            raise forms.ValidationError(self.fields["prompt_text"].error_messages["required"])
        try:
            return saved_prompts.fill_prompt(self.scene, text)
        except Problem as problem:
            raise forms.ValidationError(problem.message) from None

    def clean_takes(self) -> int:
        """Return the number of takes, by default 1."""
        return self.cleaned_data["takes"] or 1

    def clean_max_credits(self) -> Decimal | None:
        """Return the most that one take may cost; None if nothing is typed."""
        try:
            return read_credit_limit(self.cleaned_data["max_credits"])
        except Problem as problem:
            raise forms.ValidationError(problem.message) from None

    @property
    def shown_max_credits(self) -> Decimal | None:
        """The most that one take may cost as it is typed; None also for what is wrong."""
        try:
            return read_credit_limit(self["max_credits"].value())
        except Problem:
            return None

    def clean(self) -> None:
        """Read the parameters and add everything that the catalog finds wrong with them."""
        values = self.cleaned_data
        if "model" not in values:
            return
        model = catalog.find(KIND, values["model"])
        if model is None:
            names = ", ".join(known.name for known in catalog.models(KIND))
            self.add_error("model", _("model must be one of {names}.").format(names=names))
            return
        frames = read_prompt_image(model, values.get("image"), values.get("last_image"), self.data)
        settings = read_parameters(composer_fields(model), self.data)
        self.parameters = {"promptText": values.get("prompt_text"), **frames, **settings}
        for problem in model.check(self.parameters):
            self.add_problem(problem)

    def fit_pictures(self) -> None:
        """Crop the frames of a valid form as the page has drawn it, where Runway would refuse their shape."""
        model = catalog.find(KIND, self.cleaned_data["model"])
        if model is None:
            return
        ratio = chosen_ratio(model, self.parameters)
        frames = [self.cleaned_data["image"], self.cleaned_data.get("last_image")]
        first, last = (picture and fit_picture(model, ratio, picture) for picture in frames)
        self.parameters |= read_prompt_image(model, first, last, self.data)

    def add_problem(self, problem: FieldProblem) -> None:
        """Add an error at the field where it can be corrected; a setting's is kept under its place in the request."""
        name = FIELDS_OF_PARAMETERS.get(problem.field.split(".")[0], problem.field)
        if name not in self.fields:
            self.add_error(None, forms.ValidationError(problem.message, code=name))
        elif not self.has_error(name):
            self.add_error(name, problem.message)

    def renew_key(self) -> None:
        """Make the next press a new request."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["key"] = str(uuid.uuid4())  # type: ignore[index]

    def change_rows(self, change: str) -> None:
        """Add or remove a row of a list; what was typed stays, and nothing is validated."""
        self.initial = change_rows(self.settings, change)
        self.is_bound = False
