"""A new database gets its tables from the models: they are those that the migrations make, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.plugin import DjangoDbBlocker

from config.management import new_database

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="each needs a database of its own, a file")


@pytest.fixture
def empty_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[None]:
    """Connect to an empty file."""
    name = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = str(tmp_path / "empty.sqlite3")
        yield
        connection.close()
        connection.settings_dict["NAME"] = name


@pytest.mark.usefixtures("empty_database")
def test_it_has_the_tables_that_the_migrations_make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert new_database.is_new()
    call_command("migrate", verbosity=0)
    assert not new_database.is_new()
    migrations, tables = set(MigrationRecorder(connection).applied_migrations()), _tables()
    connection.close()
    connection.settings_dict["NAME"] = str(tmp_path / "by-migrations.sqlite3")
    monkeypatch.setattr(new_database, "is_new", lambda: False)
    call_command("migrate", verbosity=0)
    assert "generation_generationjob" in tables
    assert _tables() == tables
    assert set(MigrationRecorder(connection).applied_migrations()) == migrations


def _tables() -> dict[str, list[str]]:
    """Return for each table its columns, constraints and indexes, without the names that SQLite numbers."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        indexes = dict(cursor.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index'").fetchall())
        tables = {}
        for name in names:
            constraints = connection.introspection.get_constraints(cursor, name)
            lines = [str(row[1:]) for row in cursor.execute(f"PRAGMA table_info({name})").fetchall()]
            lines += [f"{indexes.get(key) or ''} {_in_order(each)}" for key, each in constraints.items()]
            tables[name] = sorted(lines)
    return tables


def _in_order(constraint: Mapping[str, object]) -> str:
    return str(sorted(constraint.items()))
