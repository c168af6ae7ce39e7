"""Rows that are not from a shot list: every combination, all scenes without a take, the chosen takes of a draft."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from generation import references
from generation.actions.generate import find_model
from generation.actions.without_take import find_scenes_without_take
from generation.batches.row import Row
from generation.batches.shotlist import MAX_ROWS
from generation.models import GenerationJob
from generation.models.batch import Batch
from generation.models.status import Status
from projects.models import Project
from projects.problems import conflict, wrong_field


def matrix_rows(
    scenes: Sequence[str],
    prompts: Sequence[str],
    models: Sequence[str],
    seeds: Sequence[int],
    others: Mapping[str, Any],
) -> list[Row]:
    """Return a row for every scene × prompt × model × seed, in that order.

    `others` are values of all rows. Without seeds Runway chooses one. Raise Problem 422 for too few or too many.
    """
    if not scenes:
        raise wrong_field("scenes", _("Choose at least one scene."))
    if not models:
        raise wrong_field("models", _("Choose at least one model."))
    count = len(scenes) * max(len(prompts), 1) * len(models) * max(len(seeds), 1)
    if count > MAX_ROWS:
        raise wrong_field(
            "matrix",
            _("A batch has at most {max_rows} takes; this would be {count}.").format(max_rows=MAX_ROWS, count=count),
        )
    columns: dict[str, Sequence[Any]] = {
        "scene": scenes,
        "promptText": prompts or [None],
        "model": models,
        "seed": seeds or [None],
    }
    combinations = itertools.product(*columns.values())
    return _rows({**others, **dict(zip(columns, values, strict=True))} for values in combinations)


def rows_without_take(project: Project, values: Mapping[str, Any]) -> list[Row]:
    """Return a row for each scene without a take: as its last request, or with its newest picture.

    `values` replace those of all rows. Raise Problem 409 when there is no such scene.
    """
    proposals = find_scenes_without_take(project).proposals
    if not proposals:
        raise conflict(_("Every scene with a picture already has a take or is getting one."), "nothing_missing")
    return _rows(
        {
            "scene": proposal.scene.folder_name,
            "model": proposal.model.name,
            "promptImage": references.to_asset(proposal.picture),
            "promptText": proposal.prompt_text or None,
            "ratio": proposal.ratio,
            "duration": proposal.duration,
            **values,
        }
        for proposal in proposals
    )


def final_rows(draft: Batch, model: str, job_ids: Sequence[UUID] | None = None) -> list[Row]:
    """Return rows that repeat takes of a draft with another model: the same prompt, picture and seed.

    They are the chosen takes, or those of `job_ids`. Raise Problem 409 if none is chosen, 422 for ids that are not
    finished takes of the batch or for a model that does not exist.
    """
    finished = GenerationJob.objects.filter(batch=draft, status=Status.COMPLETED, asset__trashed_at=None)
    drafts = finished.filter(asset__selected=True) if job_ids is None else finished.filter(pk__in=job_ids)
    jobs = list(drafts.select_related("scene").order_by("scene__position", "take"))
    if job_ids is not None and len(jobs) < len(set(job_ids)):
        raise wrong_field("jobIds", _("jobIds must be finished takes of this batch."))
    if not jobs:
        raise conflict(_("No take of this batch is chosen in its scene. Choose the takes that you want to re-render."))
    return [Row(number, _final(job, model), was_sent=True) for number, job in enumerate(jobs, 1)]


def _final(job: GenerationJob, model_name: str) -> dict[str, Any]:
    model = find_model(job.kind, model_name)
    # a ratio or a duration that the model does not accept is left out, so that its own is used
    accepted = {
        name: value
        for name, value in job.parameters.items()
        if name in model.fields and not any(model.fields[name].check((name,), value))
    }
    return {"scene": job.scene.folder_name, "kind": job.kind, "model": model_name, **accepted}


def _rows(values: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [Row(number, row_values) for number, row_values in enumerate(values, 1)]
