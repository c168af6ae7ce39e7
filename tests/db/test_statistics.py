"""The statistics of the database, which are updated while others write."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from generation.engine import statistics
from projects.models import Project
from tests.factories import make_project, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has its own way")
def test_tables_that_nobody_has_analyzed_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "LARGE_BYTES", 0)
    make_scene(make_project())

    def estimate() -> float:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'projects_scene'")
            return float(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = -1 WHERE relname = 'projects_scene'")
    statistics.update_statistics()
    assert estimate() == Project.objects.count()
    for _ in range(2):
        make_scene(Project.objects.get())
    statistics.update_statistics()
    # a few more rows are no reason to look again
    assert estimate() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one writer at a time")
def test_they_wait_for_another_writer() -> None:
    make_scene(make_project())
    statistics.analyze()
    for _ in range(30):
        make_scene(Project.objects.get())
    holds, has_begun = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            Project.objects.update(name="Held")
            holds.set()
            has_begun.wait(5)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    holds.wait(5)
    release = threading.Timer(0.2, has_begun.set)
    release.start()
    statistics.update_statistics()
    writer.join()
    release.join()
