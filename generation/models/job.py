"""One request for one take, and its moves from state to state."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from generation.models.event import JobEvent
from generation.models.job_input import JobInput
from generation.models.job_message import job_message
from generation.models.job_row import MAX_WAITING_MESSAGE, JobRow, input_files
from generation.models.ledger import LedgerEntry
from generation.models.status import (
    AT_RUNWAY,
    ENDED,
    MOVES,
    UNFINISHED,
    WAITS_FOR_TAKE,
    WITHOUT_TAKE,
    IllegalMove,
    LostRace,
    Status,
)
from generation.models.webhook_messages import tell_job_ended
from projects import mirror
from projects.live import publish
from projects.models import Asset

logger = logging.getLogger("dailies.jobs")


class JobQuerySet(models.QuerySet["GenerationJob"]):
    """Questions about many jobs."""

    def unfinished(self) -> JobQuerySet:
        """Select the jobs that are on their way."""
        return self.in_state(*UNFINISHED)

    def in_state(self, *statuses: Status) -> JobQuerySet:
        """Select the jobs in some of the unfinished states, by the partial index `unfinished_jobs`.

        By an index of states a database would read all jobs, once its statistics say that a state has thousands.
        """
        return self.filter(status__in=statuses, finished_at__isnull=True)

    def queued(self) -> JobQuerySet:
        """Select the jobs that wait here."""
        return self.in_state(Status.QUEUED)

    def at_runway(self) -> JobQuerySet:
        """Select the jobs whose task Runway has and has not ended."""
        return self.in_state(*AT_RUNWAY)

    def with_related(self) -> JobQuerySet:
        """Load what messages and the JSON of a job need: project, scene, file, person and report, in one query."""
        return self.select_related("project", "scene", "asset", "created_by", "quality")

    def with_first_frame(self) -> JobQuerySet:
        """Load the files that go into each request, in one more query; `first_frame` asks for them."""
        return self.prefetch_related(input_files())

    def takes(self) -> JobQuerySet:
        """Select the jobs that make a video; pictures and sounds are not takes."""
        return self.filter(makes="video")

    def locked(self) -> JobQuerySet:
        """Lock the jobs in the order of their keys until the end of the transaction, see projects/models/locks.py."""
        # no_key: adding a row that refers to one of them, such as an event, need not wait
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def update_in_order(self, **values: Any) -> int:
        """Do what `update()` does, which locks its rows in an order of the database's own."""
        if not connection.features.has_select_for_update:
            return self.update(**values)  # SQLite has one lock for all
        with transaction.atomic():
            return GenerationJob.objects.filter(pk__in=self.locked().values("pk")).update(**values)

    def due(self, now: datetime) -> JobQuerySet:
        """Select the jobs whose next step is due at `now`."""
        return self.filter(models.Q(due_at__isnull=True) | models.Q(due_at__lte=now))

    def waiting_for(self, cache_key: str) -> JobQuerySet:
        """Select the queued jobs that wait for the same request of another job."""
        return self.queued().filter(cache_key=cache_key, waiting_code=WAITS_FOR_TAKE)


JobManager = models.Manager.from_queryset(JobQuerySet)


class GenerationJob(JobRow):
    """One request for one take. Only `move_to()` changes `status`."""

    objects = JobManager()

    def move_to(
        self,
        status: Status,
        *,
        message: str = "",
        data: dict[str, Any] | None = None,
        claim: str | None = None,
        **changes: Any,
    ) -> None:
        """Move the job to another state and set `changes` with it, by compare-and-set.

        Raise IllegalMove when the table of moves has no such arrow, LostRace when the row (or the claim on it) has
        changed since it was read. The event and the ledger are written in the same transaction; scene.json and the
        message to the browsers follow the commit, and cannot fail the caller. What webhooks are told is in it too.
        """
        old = Status(self.status)
        if status not in MOVES[old]:
            raise IllegalMove(f"{old} → {status}")
        now = timezone.now()
        blank = dict.fromkeys(("waiting_code", "waiting_message", "claimed_by"), "")
        cleared = dict.fromkeys(("waiting_since", "due_at", "claim_expires_at"))
        # without a take there is nothing to check, and the index of what is unchecked stays small
        ends = {"finished_at": now if status in ENDED else None, "checked_at": now if status in WITHOUT_TAKE else None}
        values = {**blank, **cleared, "attempts": 0, **ends, **changes}
        if status == Status.COMPLETED:
            values["progress"] = 100
        with transaction.atomic():
            # first, since this locks the scene
            mirror.changed(self.scene)
            if not self._unchanged(claim).update(status=status, version=F("version") + 1, changed_at=now, **values):
                raise LostRace(f"{self.pk}: {old} → {status}")
            self.add_event(JobEvent.Kind.MOVE, message, data, status=status)
            self._reload(**changes)
            self.record_credits(message)
            if status in ENDED:
                tell_job_ended(self)
            self.publish_on_commit()
        self._log("move", f"{old}→{status} {message}")

    def fail(self, code: str, message: str, *, retryable: bool, claim: str | None = None, **changes: Any) -> None:
        """Move the job to `failed`, with a `code` for programs and a `message` for people; raise as `move_to()` does.

        `retryable` says that the same request may succeed when it is tried again.
        """
        self.move_to(
            Status.FAILED,
            message=message,
            claim=claim,
            error_code=code[:80],
            error_message=message,
            error_retryable=retryable,
            **changes,
        )

    def wait(
        self,
        code: str,
        message: str,
        due_at: datetime | None = None,
        *,
        failed_attempt: bool = False,
        claim: str | None = None,
    ) -> None:
        """Note why the job does not move and when its step is due again; pages hear of a new reason or attempt.

        Raise LostRace when the row, or the claim on it, has changed since it was read.
        """
        message = message[:MAX_WAITING_MESSAGE]
        new_reason = (self.waiting_code, self.waiting_message) != (code, message)
        visible = new_reason or failed_attempt
        values: dict[str, Any] = {"waiting_code": code, "waiting_message": message, "due_at": due_at}
        if self.waiting_code != code:
            values["waiting_since"] = timezone.now()
        if failed_attempt:
            values["attempts"] = F("attempts") + 1
        if visible:
            values |= {"version": F("version") + 1, "changed_at": timezone.now()}
        with transaction.atomic():
            if not self._unchanged(claim).update(**values):
                raise LostRace(f"{self.pk}: waits no longer in {self.status}")
            if new_reason:
                self.add_event(JobEvent.Kind.WAIT, message, {"code": code})
            self._reload()
            if visible:
                self.publish_on_commit()
        if new_reason:
            self._log("wait", f"{code}: {message}")

    def annotate(self, **values: str) -> None:
        """Set the mark or the note; without values, tell the pages that the report or the choice has changed."""
        with transaction.atomic():
            # first, since this locks the scene
            mirror.changed(self.scene)
            GenerationJob.objects.filter(pk=self.pk).update(
                version=F("version") + 1, changed_at=timezone.now(), **values
            )
            self._reload()
            self.publish_on_commit()

    def add_event(
        self,
        kind: JobEvent.Kind,
        message: str = "",
        data: dict[str, Any] | None = None,
        *,
        status: str = "",
        runway_task_id: str | None = None,
    ) -> JobEvent:
        """Append an event. Raise IntegrityError when another job has that task id."""
        return JobEvent.objects.create(
            job=self, kind=kind, message=message, data=data or {}, status=status, runway_task_id=runway_task_id
        )

    def record_credits(self, reason: str, *, new: bool = False) -> None:
        """Enter in the ledger what the row says now; call it in the transaction that made or changed the row.

        A job that is restored from its folder may have ended long ago: its first entries count for that day.
        """
        day = (self.finished_at or self.created_at).astimezone(UTC).date() if new else None
        LedgerEntry.objects.record(self.credits, reason, day, new=new)

    def mirror_and_publish(self) -> None:
        """Write scene.json and tell the browsers once the running transaction is committed."""
        mirror.changed(self.scene)
        self.publish_on_commit()

    def publish_on_commit(self) -> None:
        """Tell the browsers once the running transaction is committed."""
        publish.publish_on_commit([job_message(self)])

    @property
    def first_frame(self) -> Asset | None:
        """The project's picture that the take begins with, if any; see `with_first_frame()`."""
        return next((row.asset for row in self.input_rows.all() if row.place in JobInput.FIRST_FRAME), None)

    def _unchanged(self, claim: str | None) -> JobQuerySet:
        """Select the row as long as its state and claim are as they were read."""
        row = GenerationJob.objects.filter(pk=self.pk, status=self.status)
        return row if claim is None else row.filter(claimed_by=claim)

    def _reload(self, **changes: Any) -> None:
        """Read the row's own columns anew; related rows stay loaded, those in `changes` are set."""
        columns = [field.attname for field in self._meta.concrete_fields if not field.is_relation]
        self.refresh_from_db(fields=columns)
        for name, value in changes.items():
            if self._meta.get_field(name).is_relation:
                setattr(self, name, value)

    def _log(self, event: str, text: str) -> None:
        logger.info("%s job=%s project=%s task=%s %s", event, self.pk, self.project.slug, self.runway_task_id, text)
