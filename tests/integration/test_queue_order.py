"""The order of the queue, pauses, and actions on several takes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from generation import actions
from generation.engine import slots
from generation.models import GenerationJob, Pause, RunwayState
from generation.models.status import Status
from generation.money import budget_settings
from projects import actions as projects_actions
from projects.models import Scene
from projects.problems import Problem
from tests import factories
from tests.fakes.runway import FakeRunway
from tests.integration.engine_steps import look, make_job, poll_once, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def queue_order() -> list[str]:
    waiting = slots.in_queue_order(GenerationJob.objects.filter(status=Status.QUEUED), cheapest_first=False)
    return [f"{job.project.slug[0]}{job.take}" for job in waiting.select_related("project")]


@pytest.fixture
def four(owner: User, scene: Scene, runway: FakeRunway) -> list[GenerationJob]:
    return [make_job(owner, scene) for _ in range(4)]


def test_queued_takes_are_reordered(owner: User, four: list[GenerationJob]) -> None:
    one, two, three, last = four
    first = queue_order()[0][0]

    def now() -> str:
        return "".join(name.removeprefix(first) for name in queue_order())

    actions.move(owner, [last], "front")
    assert now() == "4123"
    actions.move(owner, [last], "down")
    assert now() == "1423"
    actions.move(owner, [three], "up")
    assert now() == "1432"
    actions.move(owner, [one, last], "back")
    assert now() == "3214"
    actions.move(owner, [two], "after", beside=one.pk)
    assert now() == "3124"
    actions.move(owner, [last], "before", beside=three.pk)
    assert now() == "4312"
    # at the ends of the queue nothing moves
    actions.move(owner, [last], "up")
    actions.move(owner, [two], "down")
    assert now() == "4312"
    # past the previous take that is shown
    actions.move(owner, [two], "up", shown={two.pk, three.pk})
    assert now() == "4231"
    assert [job.pk for job in slots.sendable_jobs()] == [last.pk, two.pk, three.pk, one.pk]
    assert look(last).version > 1
    assert look(last).events.filter(message=f"{owner} moved it to the front.").exists()


def test_a_new_take_is_queued_last(owner: User, scene: Scene, four: list[GenerationJob]) -> None:
    actions.move(owner, [four[0]], "back")
    make_job(owner, scene)
    assert [name[1] for name in queue_order()] == ["2", "3", "4", "1", "5"]


def test_takes_of_others_keep_their_places(owner: User, scene: Scene, four: list[GenerationJob]) -> None:
    other = factories.make_user()
    theirs = make_job(other, factories.make_scene(factories.make_project(other, "Zebra")))
    mine = make_job(owner, scene)
    assert [name[-1] for name in queue_order()] == ["1", "2", "3", "4", "1", "5"]
    actions.move(owner, [mine], "front")
    assert [name[-1] for name in queue_order()] == ["5", "1", "2", "3", "1", "4"]
    assert queue_order()[4] == "z1"
    with pytest.raises(Problem, match="no longer in the queue"):
        actions.move(owner, [theirs], "front")
    with pytest.raises(Problem, match="where must be one of"):
        actions.move(owner, [mine], "sideways")


def test_a_sent_take_cannot_be_moved(owner: User, four: list[GenerationJob]) -> None:
    sent = submitted(four[0])
    assert sent.status == Status.PENDING
    for job, beside in ((sent, None), (four[1], sent.pk)):
        with pytest.raises(Problem, match="no longer in the queue"):
            actions.move(owner, [job], "before", beside=beside)


def test_a_paused_project_sends_nothing_new(owner: User, four: list[GenerationJob], runway: FakeRunway) -> None:
    project = four[0].project
    sent = submitted(four[0])
    actions.pause(owner, project)
    assert slots.sendable_jobs() == []
    job = submitted(four[1])
    assert (job.status, job.waiting_code) == (Status.QUEUED, "paused")
    assert "was paused by owner" in job.waiting_message
    assert len(runway.creates) == 1
    # tasks at Runway continue
    runway.move(sent.runway_task_id, "RUNNING", progress=0.5)
    assert poll_once(sent).status == Status.RUNNING
    # a second pause changes nothing
    before = look(four[2]).version
    actions.pause(owner, project)
    assert look(four[2]).version == before
    actions.resume(owner, project)
    assert [look(job).waiting_code for job in four[1:]] == ["", "", ""]
    assert [job.pk for job in slots.sendable_jobs()] == [job.pk for job in four[1:]]
    assert submitted(four[1]).status == Status.PENDING


def test_paused_takes_use_no_slots(owner: User, four: list[GenerationJob], runway: FakeRunway) -> None:
    runway.limit("gen4_turbo", 0)
    other = make_job(owner, factories.make_scene(factories.make_project(owner, "Zebra")))
    assert not slots.has_slot(other)
    actions.pause(owner, four[0].project)
    assert slots.has_slot(other)
    assert submitted(other).status == Status.PENDING


def test_pauses_of_the_studio_and_of_a_project(owner: User, four: list[GenerationJob], runway: FakeRunway) -> None:
    with pytest.raises(Problem, match="Only the studio's staff"):
        actions.pause(owner, None)
    owner.is_staff = True
    owner.save()
    project = four[0].project
    actions.pause(owner, None)
    assert "The queue was paused" in look(four[0]).waiting_message
    assert submitted(four[0]).status == Status.QUEUED
    actions.pause(owner, project)
    actions.resume(owner, None)
    assert "The project was paused" in look(four[0]).waiting_message
    actions.pause(owner, None)
    actions.resume(owner, project)
    assert "The queue was paused" in look(four[0]).waiting_message
    actions.resume(owner, None)
    assert not Pause.objects.exists()
    assert submitted(four[0]).status == Status.PENDING


def test_pausing_needs_the_right_to_spend(owner: User, four: list[GenerationJob]) -> None:
    editor = factories.make_user("editor")
    projects_actions.add_member(factories.owner_of(four[0].project), four[0].project, "editor", "editor")
    for act in (actions.pause, actions.resume):
        with pytest.raises(Problem, match="Ask its owner"):
            act(editor, four[0].project)


def test_a_waiting_reason_with_a_due_time_outlasts_a_pause(owner: User, four: list[GenerationJob]) -> None:
    parked = four[0]
    GenerationJob.objects.filter(pk=parked.pk).update(
        waiting_code="daily_limit", waiting_message="The day is full.", due_at="2126-01-01T00:00Z"
    )
    actions.pause(owner, parked.project)
    actions.resume(owner, parked.project)
    assert look(parked).waiting_code == "daily_limit"


def test_cancel_all_counts_refusals(owner: User, four: list[GenerationJob], runway: FakeRunway) -> None:
    there, *waiting = [submitted(four[0]), *four[1:]]
    waiting[0].move_to(Status.CANCELLED, message="Cancelled by somebody.")
    stranger = make_job(factories.make_user(), factories.make_scene())
    outcome = actions.cancel_all(owner, [there, *waiting, stranger])
    assert outcome.done == 3
    assert outcome.refusals == (
        "1 was not: The take is already cancelled. 1 was not: You do not have permission in that project."
        " Ask its owner."
    )
    assert [look(job).status for job in waiting] == [Status.CANCELLED] * 3
    # the next poll cancels it at Runway, not the request
    assert look(there).status == Status.PENDING
    assert poll_once(there).status == Status.CANCELLED
    assert look(stranger).status == Status.QUEUED


def failed(job: GenerationJob) -> GenerationJob:
    job.move_to(Status.FAILED, message="It broke.", error_code="INTERNAL", error_retryable=True)
    return look(job)


def test_retry_all_creates_each_take_once(owner: User, four: list[GenerationJob]) -> None:
    jobs = [failed(job) for job in four]
    again = [actions.retry_all(owner, [look(job) for job in jobs]) for _ in range(2)]
    assert [outcome.done for outcome in again] == [4, 4]
    assert GenerationJob.objects.filter(retry_of__in=jobs).count() == 4
    assert GenerationJob.objects.count() == 8


def test_retry_all_checks_the_sum_against_the_budget_first(owner: User, four: list[GenerationJob]) -> None:
    jobs = [failed(job) for job in four]
    budget_settings.set_budget(owner, project=jobs[0].project, username=None, period="total", credits=Decimal(99))
    with pytest.raises(Problem, match="this costs about 100"):
        actions.retry_all(owner, jobs)
    assert GenerationJob.objects.count() == 4


def test_manual_order_wins_over_cheapest_first(owner: User, scene: Scene, runway: FakeRunway) -> None:
    dear, cheap, middle = (make_job(owner, scene, duration=seconds) for seconds in (10, 2, 5))
    RunwayState.objects.create(pk=1, cheapest_first=True)
    assert [job.pk for job in slots.sendable_jobs()] == [cheap.pk, middle.pk, dear.pk]
    actions.move(owner, [dear], "front")
    assert [job.pk for job in slots.sendable_jobs()] == [dear.pk, cheap.pk, middle.pk]
    actions.move(owner, [middle], "up")
    assert [job.pk for job in slots.sendable_jobs()] == [dear.pk, middle.pk, cheap.pk]
