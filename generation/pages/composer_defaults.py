"""What the composer of a scene shows before anything is typed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from generation import references
from generation.forms import ratios
from generation.forms.composer_fields import accepted_values, write_composer
from generation.models import GenerationJob, JobInput
from generation.pages.composer_form import KIND
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Scene


def initial_values(scene: Scene, pictures: Sequence[Asset], take: int | None = None) -> dict[str, Any]:
    """Return an earlier take's settings, by default the last one's, so that the next differs by what is changed.

    A take that came from another scene, whose picture it begins with, has settings for that scene and not for this one.
    """
    jobs = GenerationJob.objects.takes().filter(scene=scene, kind=KIND).only("model", "parameters")
    frames = JobInput.objects.filter(job=OuterRef("pk"), place__in=JobInput.FIRST_FRAME)
    own = jobs.exclude(Exists(frames.exclude(asset__scene=scene))).order_by("-take")
    job = (jobs.filter(take=take) if take else own).first()
    newest = pictures[-1] if pictures else None
    initial: dict[str, Any] = {"image": newest.pk if newest else None, "takes": 1, "key": uuid.uuid4()}
    if job is None or (take is None and catalog.find(KIND, job.model) is None):
        model = find_model(None)
        return initial | {"model": model.name} | (closest_shape(model, newest) if newest else {})
    return initial | _values_of_take(job, pictures, keep_seed=take is not None)


def _values_of_take(job: GenerationJob, pictures: Sequence[Asset], *, keep_seed: bool) -> dict[str, Any]:
    model = find_model(job.model)
    settings = accepted_values(model, write_composer(model, job.parameters))
    if not keep_seed:
        # with the same seed each new take would be the last one again
        settings.pop("seed", None)
    values = {
        "prompt_text": job.parameters.get("promptText"),
        "last_image": references.frame_id(job.parameters, "last"),
        **settings,
        "model": model.name,
    }
    first = references.frame_id(job.parameters, "first")
    return values | ({"image": first} if any(picture.pk == first for picture in pictures) else {})


def closest_shape(model: CatalogModel, picture: Asset, current: str = "") -> dict[str, str]:
    """Return the model's ratio that crops a picture least; nothing where `current`, a ratio, crops it as little."""
    if not (picture.width and picture.height):
        return {}
    ratio = ratios.closest(model, picture.width, picture.height)
    if ratio is None or ratios.is_as_close(current, ratio, picture.width / picture.height):
        return {}
    return {"ratio": ratio}


def find_model(name: object) -> CatalogModel:
    """Return the model of this name, or the first of the catalog."""
    return catalog.find(KIND, str(name)) or catalog.models(KIND)[0]
