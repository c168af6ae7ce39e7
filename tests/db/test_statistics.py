"""The statistics of the database, which are updated while others write."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from generation.engine import statistics
from projects.models import Project
from tests.factories import make_project, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


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
