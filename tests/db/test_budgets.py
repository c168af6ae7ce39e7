"""Budgets: what counts, who may set them, and that simultaneous requests cannot go over them."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from generation import actions
from generation.models import Budget, GenerationJob
from generation.models.status import Status
from generation.money import budget_settings, budgets
from projects.actions import new_assets
from projects.models import Membership, Project, Scene
from projects.problems import Problem
from tests import factories, media


@pytest.fixture
def owner(db: None) -> User:
    return factories.make_user("anna")


@pytest.fixture
def project(owner: User) -> Project:
    return factories.make_project(owner, "Film")


@pytest.fixture
def scene(project: Project) -> Scene:
    return factories.make_scene(project)


def budget(credits: int, project: Project | None = None, person: User | None = None, period: str = "total") -> Budget:
    scope = f"{project}/{person}/{period}"
    return Budget.objects.create(scope=scope, project=project, person=person, period=period, credits=credits)


def spend(scene: Scene, charged: int | None, estimated: int = 25) -> GenerationJob:
    status = Status.RUNNING if charged is None else Status.COMPLETED
    owner = scene.project.memberships.get(role="owner").user
    return factories.make_job(
        scene, status=status, created_by=owner, model="gen4_turbo",
        take=scene.jobs.count() + 1, credits_charged=charged, credits_estimated=estimated,
    )  # fmt: skip


def refusal(user: User, project: Project, credits: int | None) -> str:
    with pytest.raises(Problem) as caught:
        budgets.check(user, project, None if credits is None else Decimal(credits))
    assert caught.value.status == 409
    return f"{caught.value.code}: {caught.value.message}"


def test_spent_and_held_credits_count(owner: User, scene: Scene) -> None:
    budget(100, scene.project)
    spend(scene, 25)
    spend(scene, None)
    budgets.check(owner, scene.project, Decimal(50))
    message = refusal(owner, scene.project, 60)
    assert message == (
        "budget_exceeded: You are 10 credits short: this costs about 60, and the budget on “Film” has 50 of 100 credits"
        " left. Nothing was started."
    )
    budgets.check(owner, scene.project, Decimal(0))


def test_each_budget_counts_its_own_project_and_person(owner: User, scene: Scene) -> None:
    other, ben = factories.make_project(owner, "Other"), factories.make_user("ben")
    spend(scene, 90)
    for scope in ({"project": scene.project}, {"person": owner}, {"project": scene.project, "person": owner}, {}):
        Budget.objects.all().delete()
        budget(100, **scope)
        assert "15 credits short" in refusal(owner, scene.project, 25)
        if "project" in scope:
            budgets.check(owner, other, Decimal(25))
        if "person" in scope:
            budgets.check(ben, scene.project, Decimal(25))


def test_a_budget_of_a_day_counts_all_held_credits(owner: User, scene: Scene) -> None:
    budget(50, scene.project, period="day")
    entry = spend(scene, 40).ledger.get(kind="charge")
    yesterday = timezone.now().date() - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE generation_ledgerentry SET day = %s WHERE id = %s", [yesterday, entry.pk])
    budgets.check(owner, scene.project, Decimal(50))
    spend(scene, None, 20)
    assert "20 credits short" in refusal(owner, scene.project, 50)


def test_an_unknown_price_is_refused_under_a_budget(owner: User, scene: Scene) -> None:
    budgets.check(owner, scene.project, None)
    budget(1000, scene.project)
    assert refusal(owner, scene.project, None).startswith("price_unknown: The price of this model is not known")


def test_who_may_set_and_see_which_budget(owner: User, project: Project) -> None:
    staff, ben = factories.make_user("staff", is_staff=True), factories.make_user("ben")
    Membership.objects.create(project=project, user=ben, role="editor", may_spend=True)

    def set_day_budget(user: User, on: Project | None, name: str | None, credits: str = "100") -> Any:
        return budget_settings.set_budget(user, project=on, username=name, period="day", credits=Decimal(credits))

    assert set_day_budget(owner, project, None).credits == 100
    assert set_day_budget(owner, project, None, "50").credits == 50
    assert set_day_budget(owner, project, "ben").person == ben
    assert set_day_budget(staff, None, None).project is None
    assert set_day_budget(staff, None, "ben").person == ben
    assert Budget.objects.count() == 4
    wrong: list[tuple[int, User, Project | None, str | None, str]] = [
        (403, ben, project, None, "1"),
        (403, staff, project, None, "1"),
        (403, owner, None, None, "1"),
        (422, owner, project, "staff", "1"),
        (422, owner, project, None, "-1"),
        (422, owner, project, None, "0.001"),
        (422, staff, None, "nobody", "1"),
    ]
    for status, user, on, name, credits in wrong:
        with pytest.raises(Problem) as caught:
            set_day_budget(user, on, name, credits)
        assert caught.value.status == status
    assert {visible.scope for visible in budget_settings.visible_to(ben)} == set(
        Budget.objects.values_list("scope", flat=True)
    )
    assert set(budget_settings.visible_to(factories.make_user())) == set(
        Budget.objects.filter(project=None, person=None)
    )


def request_take(user: User, scene: Scene, **more: Any) -> GenerationJob:
    image = scene.assets.first() or new_assets.store_upload(scene, "a.jpg", [media.picture()], only="image")
    values = {"model": "gen4_turbo", "prompt_text": "push in", "ratio": "1280:720", "duration": 5, "image": image}
    return actions.generate(user, scene, **{**values, **more})[0]


@pytest.mark.django_db
def test_nothing_is_started_over_budget(owner: User, scene: Scene) -> None:
    budget(30, scene.project)
    job = request_take(owner, scene)
    with pytest.raises(Problem, match="20 credits short"):
        request_take(owner, scene, image=None, image_address=data_uri())
    assert scene.jobs.count() == 1
    assert scene.assets.filter(trashed_at=None).count() == 1  # the second picture is in the trash
    scene.refresh_from_db()
    assert scene.next_take == 2
    job.move_to(Status.FAILED)
    assert actions.retry(owner, job)[0].take == 2  # what was held is free again


def data_uri() -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(media.picture()).decode()}"


@pytest.mark.django_db
def test_a_retry_counts_but_downloading_a_paid_clip_does_not(owner: User, scene: Scene) -> None:
    job = request_take(owner, scene)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id="t")
    job.move_to(Status.DOWNLOADING, credits_charged=25)
    job.move_to(Status.FAILED, clip_may_come=True)
    budget(25, scene.project)
    assert actions.retry(owner, job) == (job, False)
    job.move_to(Status.FAILED, clip_may_come=False)
    with pytest.raises(Problem, match="25 credits short"):
        actions.retry(owner, job)


@pytest.mark.django_db
def test_sending_again_over_budget_leaves_the_job_unconfirmed(owner: User, scene: Scene) -> None:
    job = request_take(owner, scene)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.UNCONFIRMED)
    budget(10, scene.project)
    with pytest.raises(Problem, match="15 credits short"):
        actions.send_again(owner, job)
    job.refresh_from_db()
    assert job.status == Status.UNCONFIRMED


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_cannot_go_over_budget_together(owner: User, scene: Scene) -> None:
    budget(30, scene.project)
    new_assets.store_upload(scene, "a.jpg", [media.picture()], only="image")
    begin, outcomes = threading.Barrier(4), []

    def request() -> None:
        begin.wait()
        try:
            request_take(owner, scene)
            outcomes.append("taken")
        except Problem as problem:
            outcomes.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=request) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["budget_exceeded"] * 3 + ["taken"]
    assert scene.jobs.count() == 1
