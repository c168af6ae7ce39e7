"""Ask for a take, or for whatever a model makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from generation import references
from generation.actions import quote
from generation.actions.create import Asked, create_once, digest_of, known_job, queue_must_answer
from generation.engine import inputs
from generation.models import GenerationJob
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Scene
from projects.problems import Problem, wrong_field, wrong_fields

DEFAULT_KIND = catalog.DEFAULT_KIND
DEFAULT_MODEL = "gen4_turbo"
# of the narrow door, where the model takes them
RATIO, DURATION = "1280:720", 5


def create_job(
    user: User,
    scene: Scene,
    *,
    kind: str,
    model: str,
    parameters: Mapping[str, Any],
    reuse: bool | None = None,
    idempotency_key: str | None = None,
    confirm_refused: bool = False,
) -> tuple[GenerationJob, bool]:
    """Take one request of any kind; the job, and whether it is new.

    `parameters` have Runway's wire names. Where a file goes stands `asset:{id}` of the project, an http(s) address, or
    a data URI. The same key from the same person gives the same job again. Where the same was paid before, and `reuse`
    or a seed asks for it, the job is completed at once by a link to that file.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    found = model_of(kind, model)
    if problems := found.check(given):
        raise wrong_fields(*problems)
    digest = digest_of(scene.pk, kind, model, given, *([] if reuse is None else [reuse]))
    asked = Asked(user, scene, found, given, idempotency_key, digest, confirm_refused, reuse)
    if known := known_job(asked.user, asked.key, asked.digest):
        return known, False
    queue_must_answer()
    return create_once(asked, inputs.store(scene, found, given))


def paid_before(user: User, scene: Scene, kind: str, model: str, parameters: Mapping[str, Any]) -> GenerationJob | None:
    """The finished take that this request would get for nothing, by its seed; None also where the request is wrong."""
    given = {name: value for name, value in parameters.items() if value is not None}
    found = catalog.find(kind, model)
    if found is None or "seed" not in given or found.check(given):
        return None
    try:
        return quote.make(user, scene, found, inputs.look_up(scene, found, given), None).source
    except Problem:
        return None


def generate(
    user: User,
    scene: Scene,
    *,
    model: str = DEFAULT_MODEL,
    prompt_text: str | None,
    ratio: str | None = None,
    duration: int | None = None,
    seed: int | None = None,
    image: Asset | None = None,
    image_address: str | None = None,
    reuse: bool | None = None,
    idempotency_key: str | None = None,
    confirm_refused: bool = False,
) -> tuple[GenerationJob, bool]:
    """A take from a picture: the narrow door to `create_job`.

    `image_address` is a data URI or an http(s) address. Without a ratio or a duration: ours, where the model takes it.
    """
    found = model_of(DEFAULT_KIND, model)
    if image is not None and image_address:
        raise wrong_field("imageId", "Give either imageId or promptImage, not both.")
    if image is not None and image.kind != Asset.Kind.IMAGE:
        raise wrong_field("imageId", "imageId must be a picture of the scene.")
    given = {
        "promptText": prompt_text,
        "promptImage": references.to_asset(image) if image else image_address,
        "ratio": ratio or ours(found, "ratio", RATIO),
        "duration": ours(found, "duration", DURATION) if duration is None else duration,
        "seed": seed,
    }
    return create_job(
        user,
        scene,
        kind=DEFAULT_KIND,
        model=model,
        parameters=given,
        reuse=reuse,
        idempotency_key=idempotency_key,
        confirm_refused=confirm_refused,
    )


def model_of(kind: str, model: str) -> CatalogModel:
    if kind not in catalog.kinds():
        raise wrong_field("kind", f"kind must be one of {', '.join(catalog.kinds())}.")
    found = catalog.find(kind, model)
    if found is None:
        names = ", ".join(known.name for known in catalog.models(kind))
        raise wrong_field("model", f"model must be one of {names}.")
    return found


def ours(model: CatalogModel, name: str, preferred: object) -> Any:
    """What we prefer where the model takes it, else its own; None for a field that it does not have."""
    field = model.fields.get(name)
    if field is None:
        return None
    return model.value_or_default({}, name) if any(field.check((name,), preferred)) else preferred
