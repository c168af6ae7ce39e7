"""Several machines share a database, and each has a journal of its own."""

from __future__ import annotations

import uuid

import pytest

from generation.engine import journal
from generation.engine.adoption import Adoption
from generation.models.status import Status
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_senders_machine_comes_back_and_adopts_its_task() -> None:
    """Another machine has given the request up, since it found nothing in its own journal."""
    job = factories.make_job(factories.make_scene(), status=Status.UNCONFIRMED, error_code="unconfirmed")
    task_id = str(uuid.uuid4())
    Adoption().look()
    job.refresh_from_db()
    assert job.status == Status.UNCONFIRMED
    journal.write(str(job.pk), task_id)
    Adoption().look()
    job.refresh_from_db()
    assert (job.status, job.runway_task_id, job.error_code) == (Status.PENDING, task_id, "")


def test_what_a_person_has_given_up_stays_so() -> None:
    job = factories.make_job(factories.make_scene(), status=Status.FAILED, error_code="given_up")
    journal.write(str(job.pk), str(uuid.uuid4()))
    Adoption().look()
    job.refresh_from_db()
    assert job.status == Status.FAILED
