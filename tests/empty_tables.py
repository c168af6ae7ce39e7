"""How the database is emptied after a test that commits: its tables alone, with what migrations have put into two kept.

Django's own way sends `post_migrate`, whose handlers make content types and permissions anew, after each such test.
"""

from __future__ import annotations

from functools import cache

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection
from django.test import TransactionTestCase

# made once, with the database; no test changes them
KEPT = {Permission._meta.db_table, ContentType._meta.db_table}


def install() -> None:
    """Let all tests that commit empty the database so."""
    TransactionTestCase._fixture_teardown = lambda self: empty_tables()  # type: ignore[attr-defined]


def empty_tables() -> None:
    """Delete all rows, and the statistics of SQLite, by which the next test's queries would be planned."""
    connection.ops.execute_sql_flush(list(_statements()))
    if connection.vendor == "sqlite":
        _forget_statistics()


@cache
def _statements() -> tuple[str, ...]:
    existing = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(connection.ops.sql_flush(no_style(), [table for table in existing if table not in KEPT]))


def _forget_statistics() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'")
        if cursor.fetchone():
            cursor.execute("DELETE FROM sqlite_stat1")
            cursor.execute("ANALYZE sqlite_schema")
