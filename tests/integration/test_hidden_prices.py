"""A Runway whose prices no catalog knows: after one take of each kind and model, every estimate equals the bill."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from generation import actions
from generation.actions.quote import Quote
from generation.models import GenerationJob, ObservedPrice
from generation.money import budget_settings, prices
from generation.money.estimates import Certainty
from generation.runway import catalog
from projects.models import Scene
from projects.problems import Problem
from tests import catalog_requests
from tests.integration.test_kinds import EVERY, Files, downloading
from tests.integration.test_simulator import Simulator

pytestmark = pytest.mark.django_db

CEILING = Decimal(100_000)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    options = ("--task-seconds", "0.01", "--small", "--concurrency", "200", "--credits", "9999999")
    with Simulator(tmp_path_factory.mktemp("simulator"), *options, "--hidden-prices", "7") as running:
        yield running


@pytest.fixture(autouse=True)
def runway(simulator: Simulator, settings: Settings) -> None:
    settings.RUNWAY_API_URL, settings.RUNWAY_API_KEY = simulator.url, "key_test"
    settings.RUNWAY_POLL_SECONDS, settings.RUNWAY_IS_SIMULATOR = 0.01, False


@pytest.fixture(autouse=True)
def budget(owner: User, scene: Scene) -> None:
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=10 * CEILING)


def take(owner: User, scene: Scene, request: dict[str, Any]) -> GenerationJob:
    """Return a job whose bill has come."""
    return downloading(actions.create_job(owner, scene, **request, max_credits=CEILING)[0])


def quote(owner: User, scene: Scene, request: dict[str, Any]) -> Quote:
    return actions.quote_request(owner, scene, **request)


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_model_can_be_requested_under_a_budget(kind: str, name: str, owner: User, scene: Scene) -> None:
    model = catalog.find(kind, name)
    assert model is not None
    request: dict[str, Any] = {"kind": kind, "model": name, "parameters": catalog_requests.least(model, Files(scene))}
    if quote(owner, scene, request).credits is None:
        with pytest.raises(Problem, match="maxCredits"):
            actions.create_job(owner, scene, **request)
    job = take(owner, scene, request)
    known = quote(owner, scene, request).estimate
    assert (known.credits, known.certainty in (Certainty.SEEN_ONCE, Certainty.CERTAIN)) == (job.credits_charged, True)
    # the next one needs no limit
    assert actions.create_job(owner, scene, **request)[0].credits_estimated == job.credits_charged
    before = ObservedPrice.objects.values_list("settings", "amount", "credits", "bills", "expected")
    learned = list(before)
    assert (prices.rebuild(), list(before.all())) == (1, learned)


def test_two_lengths_tell_the_price_of_every_length(owner: User, scene: Scene) -> None:
    def request(seconds: int, prompt: str = "fog") -> dict[str, Any]:
        parameters = {"promptText": prompt, "ratio": "1920:1080", "duration": seconds, "audio": True}
        return {"kind": "text_to_video", "model": "klingO3_pro", "parameters": parameters}

    for seconds in (5, 10):
        take(owner, scene, request(seconds))
    price = quote(owner, scene, request(7, "another prompt"))
    assert (price.credits, price.estimate.certainty) == (
        take(owner, scene, request(7)).credits_charged,
        Certainty.CERTAIN,
    )
