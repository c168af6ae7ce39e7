"""The composer of a scene: pictures, models, the settings of the chosen model, and what a press will cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from generation import labels
from generation.actions.favorite_models import favorite_models
from generation.forms.builder import Look, build_controls
from generation.forms.composer_fields import (
    accepted_values,
    composer_fields,
    more_pictures_field,
    plain_fields,
    read_prompt_image,
    structured_fields,
    write_composer,
)
from generation.forms.controls import Control, place_problem
from generation.forms.form_data import FormData
from generation.forms.prompt_words import PROMPT_WORDS
from generation.forms.reader import read_parameters
from generation.forms.structure import media_kinds
from generation.money.estimates import Estimate
from generation.money.media_info import files_by_field, media_info
from generation.money.prices import PriceBook
from generation.pages.composer_defaults import closest_shape, find_model, initial_values
from generation.pages.composer_form import KIND, MAX_TAKES, ComposerForm
from generation.pages.composer_price import PressPrice
from generation.pages.model_picker import LastBills, ModelGroup, last_bills, model_groups, price_label, recent_models
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Scene

# the other settings are folded under "More"
ALWAYS_SHOWN = ("ratio", "resolution", "duration", "audio")


class Composer:
    """A composer form with everything around it. A bound form is shown as it was typed."""

    def __init__(self, scene: Scene, user: User, form: ComposerForm | None = None) -> None:
        self.scene = scene
        self.user = user
        self.form = form or ComposerForm(scene, initial=initial_values(scene, self.pictures))

    @classmethod
    def from_take(cls, scene: Scene, user: User, take: int) -> Composer:
        """Return a composer with an earlier take's settings."""
        composer = cls(scene, user)
        composer.form = ComposerForm(scene, initial=initial_values(scene, composer.pictures, take))
        return composer

    @classmethod
    def from_values(cls, scene: Scene, user: User, values: Mapping[str, Any]) -> Composer:
        """Return a composer with the values of the page's form; those that the model refuses become its defaults."""
        composer = cls(scene, user)
        accepted = accepted_values(find_model(values.get("model")), values)
        names = ("model", "image", "last_image", "takes", "max_credits")
        kept = {name: values[name] for name in names if name in values}
        composer.form = ComposerForm(scene, initial=accepted | kept)
        # the person has chosen another picture
        if "fit" in values and composer.first_frame:
            closest = closest_shape(composer.model, composer.first_frame, accepted.get("ratio", ""))
            composer.form.initial = {**composer.form.initial, **closest}
        return composer

    @cached_property
    def pictures(self) -> list[Asset]:
        """The pictures of the scene, the oldest first."""
        return list(self.scene.assets.filter(kind=Asset.Kind.IMAGE, trashed_at=None))

    @property
    def first_frame(self) -> Asset | None:
        """The picture that is chosen as the first frame."""
        return self._chosen_picture("image")

    @property
    def last_frame(self) -> Asset | None:
        """The picture that is chosen as the last frame."""
        return self._chosen_picture("last_image")

    @cached_property
    def model(self) -> CatalogModel:
        """The chosen model."""
        return find_model(self.form["model"].value())

    @property
    def model_groups(self) -> list[ModelGroup]:
        """All models of this kind, those that were used last first."""
        recent = recent_models(self.scene.project, KIND)
        starred = favorite_models(self.user)
        return model_groups(catalog.models(KIND), [self.model.name], self._last_bills, self._seconds, recent, starred)

    @property
    def model_title(self) -> str:
        """The chosen model's name for people."""
        return catalog.model_title(self.model.name)

    @property
    def price_label(self) -> str:
        """The price of the model in a few words."""
        return price_label(self.model, self._last_bills)

    @property
    def _seconds(self) -> int | None:
        """The duration that is set; None where Runway chooses it."""
        seconds = self.model.value_or_default(read_parameters(plain_fields(self.model), self._shown_values), "duration")
        return seconds if isinstance(seconds, int) else None

    @property
    def has_last_frame(self) -> bool:
        """Whether the model accepts a last frame."""
        return "last" in self.model.frame_positions

    @cached_property
    def controls(self) -> list[Control]:
        """The settings of the model, with what is wrong with each."""
        controls = build_controls(composer_fields(self.model), self._values, self._files, Look.COMPOSER)
        for problem in self.form.setting_problems:
            place_problem(controls, problem)
        return controls

    @property
    def first_controls(self) -> list[Control]:
        """The plain settings that are always in sight."""
        return [control for control in self._plain_controls if control.name in ALWAYS_SHOWN]

    @property
    def more_controls(self) -> list[Control]:
        """The other plain settings."""
        return [control for control in self._plain_controls if control.name not in ALWAYS_SHOWN]

    @property
    def structured_controls(self) -> list[Control]:
        """The settings that hold files or are made of others."""
        return [control for control in self.controls if control not in self._plain_controls]

    @property
    def is_more_open(self) -> bool:
        """Whether a setting that is folded away was changed, or is wrong."""
        folded = [*self.more_controls, *self.structured_controls]
        controls = [part for control in folded for part in control.walk()]
        return any(control.is_changed or control.problem for control in controls)

    @property
    def more_pictures(self) -> Control | None:
        """The choice of pictures besides the first frame, for a model that accepts several."""
        field = more_pictures_field(self.model)
        if field is None:
            return None
        (control,) = build_controls({"promptImage": field}, self._values, self.pictures)
        control.label = _(labels.MORE_PICTURES)
        return control

    @property
    def prompt_words(self) -> Mapping[str, Sequence[str]]:
        """Camera moves and looks that can be written into the prompt, by group."""
        return PROMPT_WORDS

    @property
    def take_counts(self) -> list[int]:
        """How many takes a press can make."""
        return list(range(1, MAX_TAKES + 1))

    @property
    def takes(self) -> int:
        """How many takes are chosen."""
        chosen = str(self.form["takes"].value() or 1)
        return int(chosen) if chosen in map(str, self.take_counts) else 1

    @cached_property
    def price(self) -> PressPrice:
        """What one press costs."""
        fields, values = composer_fields(self.model), self.form.settings | self._shown_values
        # a price is shown before a picture is chosen: none depends on which picture it is
        frames = read_prompt_image(self.model, self.first_frame or Asset(), self.last_frame, values)
        shown = read_parameters(fields, self._shown_values)
        return PressPrice(
            user=self.user,
            project=self.scene.project,
            estimate=self._estimate(read_parameters(fields, values) | frames),
            takes=self.takes,
            max_credits=self.form.shown_max_credits,
            # a seed may have been paid for, and Runway may choose a shorter duration
            may_be_less="seed" in shown or isinstance(shown.get("duration"), str),
        )

    def _estimate(self, parameters: dict[str, Any]) -> Estimate:
        files = files_by_field(self.model, parameters, [*self.pictures, *self._files])
        return PriceBook().estimate(self.model, parameters, media_info(self.model, files))

    @property
    def prompt_length(self) -> int:
        """The length of the prompt as Runway counts it."""
        return catalog.utf16_length(self.form["prompt_text"].value() or "")

    @cached_property
    def _last_bills(self) -> LastBills:
        return last_bills(KIND)

    @cached_property
    def _values(self) -> FormData:
        """The form's values as typed. After a press rows have the numbers of the request: empty rows are not in it."""
        typed, parameters = self.form.settings, self.form.parameters
        if not parameters:
            return typed
        plain = {name: value for name, value in typed.items() if "." not in name}
        return plain | {name: value for name, value in write_composer(self.model, parameters).items() if "." in name}

    @property
    def _shown_values(self) -> dict[str, str]:
        """The values of the plain settings, which show the model's defaults where nothing was chosen."""
        return {control.name: control.value for control in self._plain_controls}

    @property
    def _plain_controls(self) -> list[Control]:
        fields = plain_fields(self.model)
        return [control for control in self.controls if control.name in fields]

    @property
    def _files(self) -> list[Asset]:
        kinds = {kind for field in structured_fields(self.model).values() for kind in media_kinds(field)}
        if kinds <= {Asset.Kind.IMAGE}:
            return self.pictures
        return list(self.scene.assets.filter(kind__in=kinds, trashed_at=None))

    def _chosen_picture(self, field: str) -> Asset | None:
        chosen = str(self.form[field].value())
        return next((picture for picture in self.pictures if str(picture.pk) == chosen), None)
