"""Ways to a batch other than a list: all scenes without a take, every combination, the chosen takes once more."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from generation import references
from generation.actions.without_take import lacking
from generation.batches.shotlist import MOST_ROWS, Row
from generation.models import GenerationJob
from generation.models.batch import Batch
from generation.models.status import Status
from generation.runway import catalog
from projects.models import Project
from projects.problems import conflict, wrong_field


def matrix(
    scenes: Sequence[str],
    prompts: Sequence[str],
    models: Sequence[str],
    seeds: Sequence[int],
    others: Mapping[str, Any],
) -> list[Row]:
    """Every scene × prompt × model × seed, in that order; without seeds Runway chooses."""
    if not scenes:
        raise wrong_field("scenes", "Choose at least one scene.")
    if not models:
        raise wrong_field("models", "Choose at least one model.")
    count = len(scenes) * max(len(prompts), 1) * len(models) * max(len(seeds), 1)
    if count > MOST_ROWS:
        raise wrong_field("matrix", f"A batch has at most {MOST_ROWS} takes; this would be {count}.")
    values: list[Sequence[Any]] = [scenes, prompts or [None], models, seeds or [None]]
    names = ("scene", "promptText", "model", "seed")
    return _rows({**others, **dict(zip(names, each, strict=True))} for each in itertools.product(*values))


def without_take(project: Project, given: Mapping[str, Any]) -> list[Row]:
    """As each scene's last take was asked for, or with its newest picture; `given` holds for all."""
    found = lacking(project).wishes
    if not found:
        raise conflict("Every scene that has a picture has a take, or one is under way.", "nothing_missing")
    return _rows(
        {
            "scene": wish.scene.folder_name,
            "model": wish.model.name,
            "promptImage": references.to_asset(wish.picture),
            "promptText": wish.prompt_text or None,
            "ratio": wish.ratio,
            "duration": wish.duration,
            **given,
        }
        for wish in found
    )


def finals(batch: Batch, model: str, job_ids: Sequence[UUID] | None = None) -> list[Row]:
    """The good model for the chosen takes of a draft, or for those named: the same prompt, picture and seed."""
    done = GenerationJob.objects.filter(batch=batch, status=Status.COMPLETED, asset__trashed_at=None)
    chosen = done.filter(asset__selected=True) if job_ids is None else done.filter(pk__in=job_ids)
    jobs = list(chosen.select_related("scene").order_by("scene__position", "take"))
    if job_ids is not None and len(jobs) < len(set(job_ids)):
        raise wrong_field("jobIds", "jobIds must be finished takes of this batch.")
    if not jobs:
        raise conflict("No take of this batch is the chosen one of its scene: choose those that are to be made well.")
    return _rows(_final(job, model) for job in jobs)


def _final(job: GenerationJob, name: str) -> dict[str, Any]:
    model = catalog.find(job.kind, name)
    if model is None:
        names = ", ".join(known.name for known in catalog.models(job.kind))
        raise wrong_field("model", f"model must be one of {names}.")
    # a shape or a length that it does not make is left to it
    taken = {
        field: value
        for field, value in job.parameters.items()
        if field in model.fields and not any(model.fields[field].check((field,), value))
    }
    return {"scene": job.scene.folder_name, "kind": job.kind, "model": name, **taken}


def _rows(told: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [Row(number, given) for number, given in enumerate(told, 1)]
