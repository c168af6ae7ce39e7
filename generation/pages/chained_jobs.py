"""Several queries of jobs that a page shows as one list."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import prefetch_related_objects

from generation.models import GenerationJob, JobQuerySet
from generation.models.job_row import input_files
from generation.models.slices import load_slice


class ChainedJobs:
    """Several queries one after the other, sliced as one list; `counts` has the number of rows of each."""

    def __init__(self, queries: Sequence[JobQuerySet], counts: Sequence[int]) -> None:
        self._queries = queries
        self._counts = counts

    def __len__(self) -> int:
        return sum(self._counts)

    def __getitem__(self, rows: slice) -> list[GenerationJob]:
        jobs: list[GenerationJob] = []
        start, stop = rows.start, rows.stop
        for query, count in zip(self._queries, self._counts, strict=True):
            # start and stop are relative to this query: negative where the page begins in an earlier one
            if start < count and stop > 0:
                jobs += load_slice(query, max(start, 0), stop)
            start, stop = start - count, stop - count
        # once for the whole page; a prefetch of each query would cost one more query each
        prefetch_related_objects(jobs, input_files())
        return jobs
