"""What has become of a batch, counted from its jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.models import GenerationJob
from generation.models.batch import Batch
from generation.models.job_row import credits_expected
from generation.models.ledger import ZERO
from generation.models.status import AT_RUNWAY, ENDED, UNFINISHED, Status

STATE_LABELS = {
    "running": gettext_noop("Running"),
    "completed": gettext_noop("Done"),
    "unconfirmed": gettext_noop("Partly unconfirmed"),
    "partly": gettext_noop("Partly done"),
    "failed": gettext_noop("Failed"),
    "cancelled": gettext_noop("Cancelled"),
}
# throttled takes count as at Runway, where they wait for a free place
STATUSES_BY_LABEL = {
    "waiting": (Status.QUEUED, Status.SUBMITTING),
    "at Runway": AT_RUNWAY,
    "downloading": (Status.DOWNLOADING,),
    "done": (Status.COMPLETED,),
    "failed": (Status.FAILED,),
    "cancelled": (Status.CANCELLED,),
    "unconfirmed": (Status.UNCONFIRMED,),
}


@dataclass(frozen=True)
class BatchSummary:
    """Counts of a batch's jobs by status. A job that was tried again is left out: its successor counts."""

    batch: Batch
    counts: dict[str, int]
    progress: int
    """0 to 100."""
    reused: int
    """Jobs whose file was paid for before."""
    spent: Decimal
    """Credits charged, also for the jobs that were tried again."""
    expected: Decimal
    """Credits that the unfinished jobs will about cost."""

    @property
    def total(self) -> int:
        """All jobs."""
        return sum(self.counts.values())

    @property
    def unfinished(self) -> int:
        """Jobs that are on their way."""
        return self._count(UNFINISHED)

    @property
    def ended(self) -> int:
        """Jobs that are not on their way any more."""
        return self.total - self.unfinished

    @property
    def state(self) -> str:
        """One word for the whole batch, a key of STATE_LABELS."""
        if self.unfinished:
            return "running"
        if self.counts.get(Status.UNCONFIRMED):
            return "unconfirmed"
        for status in (Status.COMPLETED, Status.CANCELLED, Status.FAILED):
            if self.counts.get(status, 0) == self.total:
                return str(status)
        return "partly" if self.counts.get(Status.COMPLETED) else "failed"

    @property
    def label(self) -> str:
        """The state in words."""
        return _(STATE_LABELS[self.state])

    @property
    def labelled_counts(self) -> list[tuple[str, int]]:
        """How many jobs are in each state that has any."""
        counts = {label: self._count(statuses) for label, statuses in STATUSES_BY_LABEL.items()}
        return [(label, count) for label, count in counts.items() if count]

    @property
    def states(self) -> str:
        """The counts as a text, `3 waiting, 12 done`."""
        return ", ".join(f"{count} {label}" for label, count in self.labelled_counts)

    def _count(self, statuses: Sequence[Status]) -> int:
        return sum(self.counts.get(status, 0) for status in statuses)


def summarize(batch: Batch) -> BatchSummary:
    """Return the summary of one batch."""
    return summarize_all([batch])[0]


def summarize_all(batches: Sequence[Batch]) -> list[BatchSummary]:
    """Return the summaries of batches, in two queries however many there are."""
    jobs = GenerationJob.objects.filter(batch__in=batches).order_by()
    rows: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in (
        jobs.filter(successor=None)
        .values("batch", "status")
        .annotate(
            jobs=Count("pk"),
            progress_sum=Sum("progress"),
            reused=Count("cached_from"),
            expected=Sum(credits_expected(), filter=Q(credits_charged=None)),
        )
    ):
        rows[row["batch"]].append(dict(row))
    # also of the jobs that were tried again: they were paid for
    spent = dict(jobs.values("batch").annotate(sum=Sum("credits_charged")).values_list("batch", "sum"))
    return [_summary(batch, rows[batch.pk], spent.get(batch.pk) or ZERO) for batch in batches]


def _summary(batch: Batch, rows: Sequence[Mapping[str, Any]], spent: Decimal) -> BatchSummary:
    """`rows`: one for each status that jobs of the batch have."""
    total = sum(row["jobs"] for row in rows)
    progress_sum = sum(100 * row["jobs"] if row["status"] in ENDED else row["progress_sum"] for row in rows)
    return BatchSummary(
        batch=batch,
        counts={row["status"]: row["jobs"] for row in rows},
        progress=int(progress_sum / total) if total else 0,
        reused=sum(row["reused"] for row in rows),
        spent=spent,
        expected=sum((row["expected"] or ZERO for row in rows if row["status"] not in ENDED), ZERO),
    )
