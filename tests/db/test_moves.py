"""The table of moves, and `move_to()`, for every pair of states."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from generation.models import GenerationJob, IllegalMove, JobEvent, LostRace
from generation.models.status import ENDED, MOVES, UNFINISHED, Status
from projects import actions
from tests import factories

pytestmark = pytest.mark.django_db

PAIRS = [(old, new) for old in Status for new in Status]


@pytest.fixture
def job() -> GenerationJob:
    owner = User.objects.create_user("owner")
    scene = actions.create_scene(actions.create_project(owner, "Film"))
    return factories.make_job(scene, created_by=owner)


def put(job: GenerationJob, status: Status) -> GenerationJob:
    GenerationJob.objects.filter(pk=job.pk).update(status=status)
    return GenerationJob.objects.get(pk=job.pk)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_every_pair(job: GenerationJob, old: Status, new: Status) -> None:
    job = put(job, old)
    version = job.version
    if new in MOVES[old]:
        job.move_to(new, message="because")
        assert (job.status, job.version) == (new, version + 1)
        event = job.events.get(kind=JobEvent.Kind.MOVE)
        assert (event.status, event.message) == (new, "because")
        assert (job.finished_at is not None) == (new in ENDED)
    else:
        with pytest.raises(IllegalMove):
            job.move_to(new)
        job.refresh_from_db()
        assert (job.status, job.version) == (old, version)
        assert not job.events.exists()


def test_every_state_is_ended_or_unfinished() -> None:
    assert set(ENDED) | set(UNFINISHED) == set(Status)
    assert not set(ENDED) & set(UNFINISHED)
    assert {status for status in Status if not MOVES[status]} == {Status.COMPLETED, Status.CANCELLED}


def test_the_second_of_two_moves_writes_nothing(job: GenerationJob) -> None:
    same = GenerationJob.objects.get(pk=job.pk)
    job.move_to(Status.SUBMITTING)
    with pytest.raises(LostRace):
        same.move_to(Status.CANCELLED)
    job.refresh_from_db()
    assert job.status == Status.SUBMITTING
    assert job.events.count() == 1


def test_a_lost_claim_moves_nothing(job: GenerationJob) -> None:
    GenerationJob.objects.filter(pk=job.pk).update(claimed_by="another")
    with pytest.raises(LostRace):
        job.move_to(Status.SUBMITTING, claim="mine")


def test_a_move_clears_the_waiting_reason(job: GenerationJob) -> None:
    job.wait("runway_busy", "Runway is busy.", failed_attempt=True)
    assert (job.waiting_code, job.attempts, job.version) == ("runway_busy", 1, 2)
    job.wait("runway_busy", "Runway is busy.", failed_attempt=True)
    assert (job.attempts, job.version) == (2, 3)  # pages show the number of attempts
    job.move_to(Status.SUBMITTING)
    assert (job.waiting_code, job.waiting_message, job.attempts) == ("", "", 0)
    assert job.waiting_since is None


def test_completed_has_full_progress(job: GenerationJob) -> None:
    job.move_to(Status.COMPLETED)
    assert job.progress == 100
