"""What people request, as a job: of any kind by `create_job()`, or a video from a picture by `generate()`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from generation import references
from generation.actions.job_request import JobRequest, create_once, find_repeated, request_digest, require_queue
from generation.actions.quote import Quote, make_quote
from generation.engine import inputs
from generation.models import GenerationJob
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Scene
from projects.problems import Problem, wrong_field, wrong_fields

DEFAULT_KIND = catalog.DEFAULT_KIND
DEFAULT_MODEL = "gen4_turbo"
# of `generate()`, for models that take them
DEFAULT_RATIO, DEFAULT_DURATION = "1280:720", 5


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
    max_credits: Decimal | None = None,
) -> tuple[GenerationJob, bool]:
    """Create the job of a request, and return it and whether it was created now.

    `parameters` have Runway's names; a file is `asset:{id}` of the project, an http(s) address, or a data URI. The same
    key from the same person returns the same job. A request that was paid for before is completed at once with the
    files of that take when `reuse` or a seed says so. `max_credits` is the most that it may cost: it is held for a
    price that is unknown. Raise Problem 422 for wrong parameters or a higher price, 409 from the checks, 503 when the
    queue is away.
    """
    catalog_model = find_model(kind, model)
    values = _without_none(parameters)
    if problems := catalog_model.check(values):
        raise wrong_fields(*problems)
    limit = [] if max_credits is None else [f"at most {max_credits.normalize():f}"]
    digest = request_digest(scene.pk, kind, model, values, *([] if reuse is None else [reuse]), *limit)
    if repeated := find_repeated(user, idempotency_key, digest):
        return repeated, False
    # a repeated request was answered above: it needs no queue
    require_queue()
    request = JobRequest(
        user, scene, catalog_model, values, idempotency_key, digest, confirm_refused, reuse, max_credits=max_credits
    )
    return create_once(request, inputs.store(scene, catalog_model, values))


def paid_before(user: User, scene: Scene, kind: str, model: str, parameters: Mapping[str, Any]) -> GenerationJob | None:
    """Return the finished job whose files a request with a seed would get for nothing; None also for a wrong one."""
    catalog_model = catalog.find(kind, model)
    values = _without_none(parameters)
    if catalog_model is None or "seed" not in values or catalog_model.check(values):
        return None
    try:
        return make_quote(user, scene, catalog_model, inputs.look_up(scene, catalog_model, values), None).source
    except Problem:
        return None


def quote_request(
    user: User, scene: Scene, *, kind: str, model: str, parameters: Mapping[str, Any], reuse: bool | None = None
) -> Quote:
    """Return what `create_job()` with the same arguments would cost; nothing is stored. Raise Problem 422.

    A file that is not in the project yet is not looked at: where the price depends on it, it is unknown.
    """
    catalog_model = find_model(kind, model)
    values = _without_none(parameters)
    if problems := catalog_model.check(values):
        raise wrong_fields(*problems)
    return make_quote(user, scene, catalog_model, inputs.preview(scene, catalog_model, values), reuse)


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
    max_credits: Decimal | None = None,
) -> tuple[GenerationJob, bool]:
    """Create a video from a picture, as `create_job()` does.

    The picture is an `image` of the project, or an `image_address`: a data URI or an http(s) address. Without a ratio
    or a duration the defaults above are used if the model takes them, else its own.
    """
    catalog_model = find_model(DEFAULT_KIND, model)
    if image is not None and image_address:
        raise wrong_field("imageId", _("Give either imageId or promptImage, not both."))
    if image is not None and image.kind != Asset.Kind.IMAGE:
        raise wrong_field("imageId", _("imageId must be a picture of the scene."))
    parameters = {
        "promptText": prompt_text,
        "promptImage": references.to_asset(image) if image else image_address,
        "ratio": ratio or preferred_value(catalog_model, "ratio", DEFAULT_RATIO),
        "duration": preferred_value(catalog_model, "duration", DEFAULT_DURATION) if duration is None else duration,
        "seed": seed,
    }
    return create_job(
        user,
        scene,
        kind=DEFAULT_KIND,
        model=model,
        parameters=parameters,
        reuse=reuse,
        idempotency_key=idempotency_key,
        confirm_refused=confirm_refused,
        max_credits=max_credits,
    )


def find_model(kind: str, model: str) -> CatalogModel:
    """Return a model of the catalog by its kind and name. Raise Problem 422 for an unknown one."""
    if kind not in catalog.kinds():
        raise wrong_field("kind", _("kind must be one of {names}.").format(names=", ".join(catalog.kinds())))
    catalog_model = catalog.find(kind, model)
    if catalog_model is None:
        names = ", ".join(each.name for each in catalog.models(kind))
        raise wrong_field("model", _("model must be one of {names}.").format(names=names))
    return catalog_model


def preferred_value(model: CatalogModel, name: str, preferred: object) -> Any:
    """Return `preferred` if the model takes it for a field, else the model's default; None without such a field."""
    field = model.fields.get(name)
    if field is None:
        return None
    return model.value_or_default({}, name) if any(field.check((name,), preferred)) else preferred


def _without_none(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}
