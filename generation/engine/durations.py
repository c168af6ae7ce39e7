"""How long takes usually run at Runway, by the takes that this studio has finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from uuid import UUID

from generation.models import GenerationJob
from generation.models.job import JobQuerySet
from generation.models.status import Status

# only the newest takes of a model say how fast it is now
MAX_SAMPLES = 60
# how many takes are looked at for all models together
MAX_RECENT = 300
# people are not shown the median of fewer takes
MIN_SAMPLES_SHOWN = 3


@dataclass(frozen=True)
class TypicalDuration:
    """The seconds that finished takes of one model took from their start at Runway to the file on disk."""

    seconds_by_length: Mapping[object, Sequence[float]]
    """The seconds of each take, by the clip length that its request names."""

    def of_length(self, length: object, min_samples: int = 1) -> float | None:
        """Return the median for a requested clip length; None for fewer takes than `min_samples`."""
        seconds = self.seconds_by_length.get(length, ())
        return median(seconds) if len(seconds) >= min_samples else None

    def of_model(self, min_samples: int = 1) -> float | None:
        """Return the median over all clip lengths; None for fewer takes than `min_samples`."""
        seconds = [each for samples in self.seconds_by_length.values() for each in samples]
        return median(seconds) if len(seconds) >= min_samples else None


def load_typical_duration(model: str) -> TypicalDuration:
    """Read the newest finished takes of a model, in one query."""
    # without reused takes and the sample, which never were at Runway
    finished = GenerationJob.objects.filter(model=model, status=Status.COMPLETED, submitted_at__isnull=False)
    return _by_model(finished.order_by("-finished_at")[:MAX_SAMPLES]).get(model, TypicalDuration({}))


def load_recent_durations(kind: str) -> dict[str, TypicalDuration]:
    """Return how long the newest finished takes of a kind ran, by model, out of those of all models."""
    newest = GenerationJob.objects.filter(status=Status.COMPLETED).order_by("-created_at")[:MAX_RECENT]
    return _durations_of(tuple(newest.values_list("pk", flat=True)), kind)


@lru_cache(maxsize=32)
def _durations_of(keys: tuple[UUID, ...], kind: str) -> dict[str, TypicalDuration]:
    """Read finished takes, whose times never change; each page asks for nearly the same ones."""
    return _by_model(GenerationJob.objects.filter(pk__in=keys).order_by(), kind)


def _by_model(finished: JobQuerySet, kind: str = "") -> dict[str, TypicalDuration]:
    samples: dict[str, dict[object, list[float]]] = {}
    columns = ("model", "kind", "parameters__duration", "running_at", "submitted_at", "finished_at")
    for model, its_kind, length, running_at, submitted_at, finished_at in finished.values_list(*columns):
        # a short task may begin and end between two polls, and then nobody has seen it running
        started_at = running_at or submitted_at
        if submitted_at and started_at and finished_at and kind in ("", its_kind):
            seconds = (finished_at - started_at).total_seconds()
            samples.setdefault(model, {}).setdefault(length, []).append(seconds)
    return {model: TypicalDuration(by_length) for model, by_length in samples.items()}


def typical_seconds(job: GenerationJob) -> float | None:
    """Return the median of takes of the job's model and clip length; None when too few of them are finished."""
    return load_typical_duration(job.model).of_length(job.parameters.get("duration"), MIN_SAMPLES_SHOWN)
