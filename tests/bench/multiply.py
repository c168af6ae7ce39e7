"""A history of a million jobs in PostgreSQL: copies of a smaller one, each further back in time, made by the database.

From Python each job with its events, entries and file takes a millisecond and a place in memory; a copy takes a tenth.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, models

from generation.models import GenerationJob, JobEvent, LedgerEntry
from generation.money import rollup
from projects.models import Asset

# of tests/bench/history.py
MINUTES_BETWEEN_JOBS = 3
# above the numbers of the history and of its retries
_NUMBERS = 2_000_000
_MOMENTS = ("checked_at", "created_at", "changed_at", "submitted_at", "finished_at")
_OF_ENDED = "job_id IN (SELECT id FROM generation_generationjob WHERE finished_at IS NOT NULL)"


def multiply(jobs: int, copies: int) -> None:
    """Add `copies` copies of all ended jobs of a history of so many jobs, with their files, events and entries."""
    last_event, last_entry = _last(JobEvent), _last(LedgerEntry)
    for copy in range(1, copies + 1):
        days = copy * (jobs * MINUTES_BETWEEN_JOBS // (24 * 60) + 1)

        def key(column: str, copy: int = copy) -> str:
            return f"md5({column}::text || '{copy}')::uuid"

        def moments(*columns: str, days: int = days) -> dict[str, str]:
            return {column: f"{column} - interval '{days} days'" for column in columns}

        number = {"take": f"take + {copy * _NUMBERS}"}
        file_name = {"file_name": f"'{copy}-' || file_name"}
        _copy(Asset, {"id": key("id"), **file_name, **moments("created_at"), **number}, "file_name LIKE 'take-%'")
        unique = {
            "id": key("id"),
            "asset_id": key("asset_id"),
            "retry_of_id": key("retry_of_id"),
            "runway_task_id": f"{key('runway_task_id')}::text",
            "refused_digest": f"left(refused_digest, 62) || '-{copy}'",
            "cache_key": f"md5(cache_key || '{copy}')",
        }
        _copy(GenerationJob, unique | number | moments(*_MOMENTS), f"finished_at IS NOT NULL AND take < {_NUMBERS}")
        job = {"job_id": key("job_id")}
        _copy(JobEvent, job | moments("at"), f"id <= {last_event} AND {_OF_ENDED}")
        _copy(LedgerEntry, job | moments("at") | {"day": f"day - {days}"}, f"id <= {last_entry} AND {_OF_ENDED}")
    rollup.roll_up()


def _last(model: type[models.Model]) -> int:
    return int(model._default_manager.order_by("-pk").values_list("pk", flat=True)[0])


def _copy(model: type[models.Model], changes: Mapping[str, str], where: str) -> None:
    """Add a copy of rows, with other values of some columns; what counts by itself goes on counting."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changes.get(column, f'"{column}"') for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {where}")  # noqa: S608 - ours
