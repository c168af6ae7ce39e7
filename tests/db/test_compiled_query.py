"""A query that is compiled once returns what the query set does, for each person."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from generation.models import GenerationJob, ObservedPrice, Pause, RunwayState
from generation.money.balance import available_credits
from generation.pages.context import _header_facts, header_facts
from projects.actions import create_project, create_scene
from projects.models.compiled_query import CompiledQuery

pytestmark = pytest.mark.django_db


def test_the_header_has_the_facts_of_the_person(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    people = [User.objects.create(username=name) for name in ("ann", "bob", "cleo")]
    for number, person in enumerate(people[:2]):
        scene = create_scene(create_project(person, f"Film of {person.username}"))
        for take in range(1, number + 2):
            GenerationJob.objects.create(
                project=scene.project, scene=scene, created_by=person, model="gen4_turbo", take=take,
                progress=take * 10, credits_estimated=Decimal("12.5"),
            )  # fmt: skip
    RunwayState.objects.create(
        pk=1, condition="ok", since=timezone.now(), organization={"creditBalance": 100}, organization_at=timezone.now()
    )
    Pause.objects.create(scope=str(scene.project.pk), project=scene.project, paused_by=people[0])
    for person in people:
        (expected,) = _header_facts(person.pk)
        with django_assert_num_queries(1):
            facts = header_facts(person)
        for name in ("condition", "since", "paused"):
            assert facts[name] == expected[name]
    counts = [(facts["count"], facts["progress"], facts["paused"]) for facts in map(header_facts, people)]
    assert counts == [(1, 10, False), (2, 15, True), (0, 0, False)]
    assert header_facts(people[2])["credits_left"] == Decimal("62.5")


def test_what_was_sent_since_runway_told_the_balance_is_held() -> None:
    person, asked_at = User.objects.create(username="ann"), timezone.now()
    scene = create_scene(create_project(person, "Film"))
    RunwayState.objects.create(
        pk=1, condition="ok", since=asked_at, organization={"creditBalance": 100}, organization_at=asked_at
    )
    for take, (status, seconds) in enumerate(
        (("running", -1), ("running", 1), ("submitting", -1), ("completed", 1)), 1
    ):
        GenerationJob.objects.create(
            project=scene.project, scene=scene, created_by=person, model="gen4_turbo", take=take, status=status,
            runway_task_id=f"task-{take}", submitted_at=asked_at + timedelta(seconds=seconds),
            credits_estimated=Decimal(10) ** (take - 2), finished_at=asked_at if status == "completed" else None,
        )  # fmt: skip
    # the first one is in the balance already
    held = Decimal("1") + 10 + 100
    assert header_facts(person)["credits_left"] == available_credits() == 100 - held


def test_a_change_of_price_is_news_for_a_day() -> None:
    person, now = User.objects.create(username="ann"), timezone.now()
    price = ObservedPrice.objects.create(
        simulated=True, kind="image_to_video", model="gen4_turbo", settings="", amount=5, credits=30, expected=25,
        since=now - timedelta(hours=23), last_at=now,
    )  # fmt: skip
    assert header_facts(person)["price_changed"]
    ObservedPrice.objects.filter(pk=price.pk).update(since=now - timedelta(hours=25))
    assert not header_facts(person)["price_changed"]


def test_values_are_converted_and_constants_stay() -> None:
    people = [User.objects.create(username=name) for name in ("ann", "bob")]
    query = CompiledQuery(
        lambda key: User.objects.filter(pk=key).values("username", "date_joined", tokens=Count("pk", filter=Q(pk=key)))
    )
    for person in people:
        row = query.first(person.pk)
        assert row == {"username": person.username, "date_joined": person.date_joined, "tokens": 1}
    assert query.first(people[1].pk + 1) is None
