"""What the page for all kinds shows: the form of a model, the price, and what was made in the scene."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q
from django.utils.translation import gettext as _

from generation import labels, references
from generation.actions import quote
from generation.actions.favorite_models import favorite_models
from generation.forms.builder import build_controls
from generation.forms.controls import Control, place_problem
from generation.forms.form_data import change_rows
from generation.forms.reader import read_parameters, with_required_defaults
from generation.forms.writer import write_parameters
from generation.models import GenerationJob
from generation.money.estimates import Estimate
from generation.pages.model_picker import LastBills, ModelGroup, last_bills, model_groups, price_label, recent_models
from generation.pages.voice_sample import VoiceSample
from generation.runway import catalog
from projects.models import Asset, Scene
from projects.models.asset import take_or_zero
from projects.problems import Problem

FIRST_KIND = "text_to_image"
KIND_GROUPS = {"image": "Pictures", "audio": "Sound", "video": "Video"}
OUTPUTS_SHOWN = 24
# of each kind of file
FILES_OFFERED = 100


class MakePage:
    """The form of one kind and model. `data` is what was typed, or the query of the page's address."""

    def __init__(self, scene: Scene, data: Mapping[str, Any], user: User | AnonymousUser | None = None) -> None:
        self.scene = scene
        self.user = user
        self.data = dict(data)
        self.problem = ""
        """What is wrong and belongs to no field."""
        kind = str(data.get("kind", ""))
        self.kind = kind if kind in catalog.kinds() else FIRST_KIND
        self.model = catalog.find(self.kind, str(data.get("model", ""))) or catalog.models(self.kind)[0]

    def with_rows_changed(self, change: str) -> MakePage:
        """Return the page with one row more (`add:keyframes`) or one less (`remove:keyframes.1`)."""
        return MakePage(self.scene, change_rows(self.data, change), self.user)

    def with_problem(self, problem: Problem) -> MakePage:
        """Return the page with each wrong field marked, the rest above the button, and without empty rows."""
        form = write_parameters(self.model.fields, self.parameters)
        chosen = {"kind": self.kind, "model": self.model.name, "max_credits": self.max_credits}
        page = MakePage(self.scene, chosen | form, self.user)
        unplaced = [wrong.message for wrong in problem.fields if not place_problem(page.controls, wrong)]
        page.problem = " ".join(unplaced) or ("" if problem.fields else problem.message)
        return page

    @property
    def title(self) -> str:
        """The name of the kind."""
        return catalog.title(self.kind)

    @property
    def kind_groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """All kinds but the composer's: for each kind of output its title, and the kinds with their titles."""
        kinds = [kind for kind in catalog.kinds() if kind != catalog.DEFAULT_KIND]
        return [
            (title, [(kind, catalog.title(kind)) for kind in kinds if catalog.output_kind(kind) == output])
            for output, title in KIND_GROUPS.items()
        ]

    @property
    def model_groups(self) -> list[ModelGroup]:
        """The models of the kind, the person's favorites and those that were used last first."""
        recent = recent_models(self.scene.project, self.kind)
        starred = favorite_models(self.user) if isinstance(self.user, User) else ()
        models = catalog.models(self.kind)
        return model_groups(models, [self.model.name], self._last_bills, self._seconds, recent, starred)

    @property
    def model_title(self) -> str:
        """The chosen model's name for people."""
        return catalog.model_title(self.model.name)

    @property
    def price_label(self) -> str:
        """The price of the model in a few words."""
        return price_label(self.model, self._last_bills, self._seconds)

    @cached_property
    def _last_bills(self) -> LastBills:
        return last_bills(self.kind)

    @property
    def _seconds(self) -> int | None:
        """The duration that is set; None where Runway chooses it."""
        seconds = self.model.value_or_default(self.parameters, "duration")
        return seconds if isinstance(seconds, int) else None

    @cached_property
    def controls(self) -> list[Control]:
        """The controls of all fields of the model."""
        return build_controls(self.model.fields, self.data, self._assets)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The request that the form makes."""
        fields = self.model.fields
        return read_parameters(fields, with_required_defaults(fields, self.data), self._kind_of_file)

    @property
    def blocking_reason(self) -> str:
        """What is to be done before the button can be pressed; empty when nothing is."""
        fields = self.model.fields
        missing = [name for name, field in fields.items() if field.required and name not in self.parameters]
        if missing:
            return _("Still needed: {names}.").format(
                names=", ".join(labels.field_label(name) for name in missing).lower()
            )
        problems = self.model.check(self.parameters)
        return problems[0].message if problems else ""

    @cached_property
    def estimate(self) -> Estimate:
        """The price; unknown also where a file is missing on which it depends."""
        return quote.estimate(self.scene, self.model, self.parameters)

    @property
    def credits(self) -> Decimal | None:
        """The price; None where it is unknown."""
        return self.estimate.credits

    @property
    def max_credits(self) -> str:
        """The most that it may cost, as it is typed."""
        return str(self.data.get("max_credits", ""))

    @cached_property
    def voice(self) -> VoiceSample | None:
        """The chosen voice, if it is one of Runway's own: a sample of it can be heard or made."""
        name = self.parameters.get("voice", {}).get("presetId")
        return VoiceSample(name, self.model, self.user) if name and self.user else None

    @cached_property
    def outputs(self) -> list[GenerationJob]:
        """The newest results of these tools in the scene. Takes from a picture are in the strip of the scene's page."""
        is_there = Q(asset=None) | Q(asset__trashed_at=None)
        made = GenerationJob.objects.filter(is_there, scene=self.scene).order_by("-take")
        made = made.select_related("scene__project", "asset__scene__project")
        # of each kind by its numbers, which have an index: by time, all takes of the scene would be read
        newest = [job for makes in ("image", "audio", "video") for job in made.filter(makes=makes)[:OUTPUTS_SHOWN]]
        newest = [job for job in newest if job.kind != catalog.DEFAULT_KIND]
        return sorted(newest, key=lambda job: job.created_at, reverse=True)[:OUTPUTS_SHOWN]

    @cached_property
    def _assets(self) -> list[Asset]:
        """The newest files of each kind, and those that the form names: a scene may have thousands."""
        files = self.scene.assets.filter(trashed_at=None).select_related("scene__project")
        # in the order of an index, so that a database ends at the limit
        best_first = files.order_by("-selected", "-kind", take_or_zero().desc(), "-created_at")
        offered = [asset for kind in Asset.Kind for asset in best_first.filter(kind=kind)[:FILES_OFFERED]]
        named = {key for _, key in references.find(self.data)} - {asset.pk for asset in offered}
        offered += files.filter(pk__in=named) if named else []
        return sorted(offered, key=lambda asset: asset.created_at, reverse=True)

    def _kind_of_file(self, reference: str) -> str:
        return next((asset.kind for asset in self._assets if references.to_asset(asset) == reference), "")
