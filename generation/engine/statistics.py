"""The statistics by which the database chooses its plans: kept up to date by the start and by the sweep.

PostgreSQL has autovacuum for this; where that is turned off, or has not come yet after a restored backup, the sweep
does it.
"""

from __future__ import annotations

import time

from django.db import connection, transaction

INTERVAL_SECONDS = {"sqlite": 24 * 3600.0, "postgresql": 300.0}
# rows of an index that SQLite looks at: a table of millions takes milliseconds
_ROWS = 1000
# of all tables, and not only those that this connection has read
_ALL_TABLES = 0x10002
LARGE_BYTES = 1_000_000
# of PostgreSQL's tables those that were never looked at, and those of which a third has changed since: autovacuum comes
# at a tenth. Small ones are read whole anyway
_OUTDATED = """
SELECT c.oid::regclass FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relowner = current_user::regrole
AND pg_relation_size(c.oid) > %s
AND (c.reltuples < 0 OR s.n_mod_since_analyze > 10000 + c.reltuples / 3)
"""
_due_at = 0.0


def update_statistics() -> None:
    """Update those of the tables that have grown."""
    if connection.vendor == "postgresql":
        _analyze_outdated()
    else:
        # a transaction that begins as a writer waits for others; without one, SQLite gives up when it begins to write
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {_ROWS}")
            cursor.execute(f"PRAGMA optimize = {_ALL_TABLES}")


def _analyze_outdated() -> None:
    """Look at the large tables of PostgreSQL that nobody has looked at: 30,000 rows of each, whatever its size."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED, [LARGE_BYTES])
        for (table,) in cursor.fetchall():
            # as PostgreSQL writes its name, with quotes where it needs them
            cursor.execute(f"ANALYZE {table}")


def keep_statistics() -> None:
    """Update them from time to time in the process that sweeps."""
    global _due_at
    if time.monotonic() >= _due_at:
        update_statistics()
        _due_at = time.monotonic() + INTERVAL_SECONDS[connection.vendor]


def analyze() -> None:
    """Look at all tables, after a migration has made indexes; on PostgreSQL, too."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {_ROWS}")
        cursor.execute("ANALYZE")
