"""The statistics by which the database chooses its plans: kept up to date by the start and by the sweep."""

from __future__ import annotations

import time

from django.db import connection, transaction

INTERVAL_SECONDS = 24 * 3600.0
# rows of an index that SQLite looks at: a table of millions takes milliseconds
_ROWS = 1000
# of all tables, and not only those that this connection has read
_ALL_TABLES = 0x10002
_due_at = 0.0


def update_statistics() -> None:
    """Update those of SQLite, for the tables that have grown; PostgreSQL does this by itself (autovacuum)."""
    if connection.vendor == "sqlite":
        # a transaction that begins as a writer waits for others; without one, SQLite gives up when it begins to write
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {_ROWS}")
            cursor.execute(f"PRAGMA optimize = {_ALL_TABLES}")


def update_statistics_daily() -> None:
    """Update them once a day in the process that sweeps."""
    global _due_at
    if time.monotonic() >= _due_at:
        update_statistics()
        _due_at = time.monotonic() + INTERVAL_SECONDS


def analyze() -> None:
    """Look at all tables, after a migration has made indexes; on PostgreSQL, too."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {_ROWS}")
        cursor.execute("ANALYZE")
