"""Prices that are learned from bills: what teaches, what is held meanwhile, and that the ledger has all of it."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.test import Client
from pytest_django import Settings

from generation import actions, references
from generation.actions import auto_retry
from generation.batches.create import create_batch
from generation.batches.shotlist import rows_from_csv
from generation.engine import acceptance, apply_state, runway_account
from generation.forms.credit_limit import read_credit_limit
from generation.models import GenerationJob, LedgerEntry, ObservedPrice
from generation.models.ledger import HELD
from generation.models.status import Status
from generation.money import budget_settings, prices
from generation.money.balance import available_credits
from generation.money.job_credits import add_up
from generation.runway.task import CreatedTask, Task
from projects.actions import new_assets
from projects.mirror import rebuild
from projects.models import Project, Scene
from projects.problems import Problem
from tests import factories, media
from tests.db.test_projects_api import Caller

pytestmark = pytest.mark.django_db

UNKNOWN, KNOWN = "klingO3_pro", "gen4_turbo"


@pytest.fixture(autouse=True)
def live(settings: Settings) -> None:
    settings.RUNWAY_IS_SIMULATOR = False


@pytest.fixture
def owner() -> User:
    return factories.make_user("owner", is_staff=True)


@pytest.fixture
def scene(owner: User) -> Scene:
    return factories.make_scene(factories.make_project(owner, "Film"))


@pytest.fixture
def budget(owner: User, scene: Scene) -> None:
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=Decimal(1000))


def make_job(owner: User, scene: Scene, model: str = UNKNOWN, **values: Any) -> Any:
    picture = new_assets.store_upload(scene, "first.png", [media.picture()], only="image")
    parameters = {
        "promptText": f"take {scene.jobs.count()}",
        "promptImage": references.to_asset(picture),
        "ratio": "1280:720" if model == KNOWN else "1920:1080",
        "duration": values.pop("duration", 5),
    }
    return actions.create_job(owner, scene, kind="image_to_video", model=model, parameters=parameters, **values)[0]


def end(job: GenerationJob, credits: int | None, status: str = "SUCCEEDED") -> GenerationJob:
    """Let Runway accept the task, and end it with this bill."""
    if job.status == Status.QUEUED:
        job.move_to(Status.SUBMITTING)
        job.move_to(Status.PENDING, runway_task_id=f"task-{job.take}")
    cost = None if credits is None else Decimal(credits)
    apply_state.apply_task(job, Task(f"task-{job.take}", status, 100, ("https://x/a.mp4",), "No", "", cost, None))
    return job


def held(job: GenerationJob) -> Any:
    return LedgerEntry.objects.filter(HELD, job=job).aggregate(sum=Sum("credits"))["sum"]


def seen() -> list[str]:
    columns = ("model", "settings", "amount", "credits", "bills", "published", "expected", "simulated")
    return sorted(str(row) for row in ObservedPrice.objects.values_list(*columns))


def test_one_take_makes_the_price_known(owner: User, scene: Scene) -> None:
    assert make_job(owner, scene).credits_estimated is None
    end(GenerationJob.objects.get(), 85)
    assert make_job(owner, scene).credits_estimated == 85
    assert make_job(owner, scene, duration=10).credits_estimated is None
    price: Any = ObservedPrice.objects.get()
    assert (price.credits, price.bills, price.published, price.expected) == (85, 1, None, None)


@pytest.mark.usefixtures("budget")
def test_a_ceiling_is_held_until_the_bill(owner: User, scene: Scene) -> None:
    with pytest.raises(Problem) as caught:
        make_job(owner, scene)
    assert (caught.value.status, caught.value.code) == (409, "price_unknown")
    assert "maxCredits" in caught.value.message
    job = make_job(owner, scene, max_credits=Decimal(300))
    assert (job.credits_estimated, job.credits_ceiling, held(job)) == (None, 300, 300)
    assert add_up(GenerationJob.objects.all()).held == 300
    with pytest.raises(Problem, match="100 credits short"):
        make_job(owner, scene, max_credits=Decimal(800))
    end(job, 85)
    job.refresh_from_db()
    assert (job.credits_charged, held(job)) == (85, 0)
    assert LedgerEntry.objects.filter(job=job).aggregate(sum=Sum("credits", filter=~HELD))["sum"] == 85
    # now it needs none
    assert held(make_job(owner, scene)) == 85


def test_what_runway_estimates_replaces_the_ceiling(owner: User, scene: Scene) -> None:
    job = make_job(owner, scene, max_credits=Decimal(300))
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id="t", credits_estimated=90)
    assert held(job) == 90


def test_a_task_over_the_ceiling_goes_on_and_its_history_says_so(owner: User, scene: Scene) -> None:
    job = make_job(owner, scene, max_credits=Decimal(300))
    job.move_to(Status.SUBMITTING)
    acceptance.record_task(job, CreatedTask("t", Decimal(900)))
    message = job.events.get(status=Status.PENDING).message
    assert message.endswith("It will cost about 900 credits, more than the reserved 300 credits.")
    assert held(job) == 900


def test_a_failed_take_gives_its_ceiling_back_and_charges_nothing(owner: User, scene: Scene) -> None:
    job = end(make_job(owner, scene, max_credits=Decimal(300)), 0, "FAILED")
    entries: list[Any] = [(entry.kind, entry.credits) for entry in LedgerEntry.objects.filter(job=job).order_by("id")]
    assert entries == [("reservation", 300), ("release", -300)]
    # a retry is allowed as much
    retried: Any = actions.retry(owner, job)[0]
    assert (retried.credits_ceiling, held(retried)) == (300, 300)


def test_a_known_price_above_the_limit_is_refused(owner: User, scene: Scene) -> None:
    with pytest.raises(Problem) as caught:
        make_job(owner, scene, KNOWN, max_credits=Decimal(20))
    assert [(wrong.field, wrong.message) for wrong in caught.value.fields] == [
        ("maxCredits", "This costs 25 credits, more than maxCredits allows.")
    ]
    job = make_job(owner, scene, KNOWN, max_credits=Decimal(30))
    assert held(job) == 25


def test_a_retry_is_not_refused_for_the_limit_of_the_take_before(owner: User, scene: Scene) -> None:
    job = end(make_job(owner, scene, max_credits=Decimal(50)), 0, "FAILED")
    end(make_job(owner, scene, max_credits=Decimal(300)), 85)
    with pytest.raises(Problem, match="This costs 85 credits"):
        actions.retry(owner, job, max_credits=Decimal(50))
    assert held(actions.retry(owner, job)[0]) == 85


@pytest.mark.parametrize(
    ("status", "credits"), [("SUCCEEDED", 0), ("SUCCEEDED", None), ("FAILED", 40), ("CANCELLED", 40)]
)
def test_what_teaches_nothing(owner: User, scene: Scene, status: str, credits: int | None) -> None:
    end(make_job(owner, scene), credits, status)
    end(make_job(owner, scene, KNOWN), credits, status)
    assert seen() == []
    assert prices.rebuild() == 0


def test_a_task_that_ends_twice_has_one_bill(owner: User, scene: Scene) -> None:
    job = end(make_job(owner, scene), 85)
    job.fail("download_failed", "The disk.", retryable=True, clip_may_come=True)
    actions.retry(owner, job)
    job.refresh_from_db()
    end(job, 85)
    assert ObservedPrice.objects.get().bills == 1
    assert prices.rebuild() == 1


def test_the_simulator_teaches_nothing_about_runway(owner: User, scene: Scene, settings: Settings) -> None:
    settings.RUNWAY_IS_SIMULATOR = True
    job = make_job(owner, scene)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id=f"task-{job.take}")
    end(job, 7)
    assert make_job(owner, scene).credits_estimated == 7
    settings.RUNWAY_IS_SIMULATOR = False
    assert make_job(owner, scene).credits_estimated is None
    before = seen()
    assert prices.rebuild() == 1
    assert seen() == before


def test_an_error_in_learning_does_not_hold_up_a_paid_clip(
    owner: User, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(job: GenerationJob) -> None:
        raise KeyError(job.pk)

    monkeypatch.setattr(prices, "record_bill", fail)
    assert end(make_job(owner, scene), 85).status == Status.DOWNLOADING


def make_history(owner: User, scene: Scene) -> None:
    for model, duration, credits in [
        (UNKNOWN, 5, 85),
        (UNKNOWN, 10, 170),
        (UNKNOWN, 5, 90),
        (KNOWN, 5, 25),
        (KNOWN, 5, 30),
        (KNOWN, 5, 30),
        (KNOWN, 10, 60),
    ]:
        end(make_job(owner, scene, model, duration=duration), credits)


def test_the_table_is_made_again_from_the_ledger(owner: User, scene: Scene) -> None:
    make_history(owner, scene)
    before = seen()
    assert len(before) == 4
    assert {price.expected for price in ObservedPrice.objects.all()} == {None, Decimal(85), Decimal(25)}
    ObservedPrice.objects.update(credits=1)
    ObservedPrice.objects.first().delete()  # type: ignore[union-attr]
    out = StringIO()
    call_command("prices", "--rebuild", stdout=out)
    assert seen() == before
    assert "Read 7 bills." in out.getvalue()
    assert "30 credits, billed 2 times, 25 expected" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_table_comes_back_from_the_folders(owner: User, scene: Scene) -> None:
    make_history(owner, scene)
    for job in GenerationJob.objects.order_by("take"):
        job.move_to(Status.COMPLETED)
    before = seen()
    Project.objects.all().delete()
    ObservedPrice.objects.all().delete()
    rebuild.rebuild(owner)
    assert seen() == before
    assert make_job(owner, Scene.objects.get(), KNOWN).credits_estimated == 30


def test_rows_from_before_this_version_teach_nothing(owner: User, scene: Scene) -> None:
    end(make_job(owner, scene), 85)
    GenerationJob.objects.update(simulated=None)
    assert prices.rebuild() == 0


def test_the_balance_counts_what_is_held(owner: User, scene: Scene) -> None:
    runway_account.save_state(organization={"creditBalance": 1000})
    make_job(owner, scene, max_credits=Decimal(300))
    assert available_credits() == 700


@pytest.mark.usefixtures("budget")
def test_a_batch_holds_a_ceiling_for_each_take(owner: User, scene: Scene) -> None:
    new_assets.store_upload(scene, "first.png", [media.picture()], only="image")
    rows = rows_from_csv(
        f"scene,prompt,model,ratio,MaxCredits\nscene-1,one,{UNKNOWN},1920:1080,200\nscene-1,two,{KNOWN},,"
    )
    with pytest.raises(Problem) as caught:
        create_batch(owner, scene.project, rows, max_credits=Decimal(20))
    assert [wrong.field for wrong in caught.value.fields] == ["rows.2.maxCredits"]
    batch, _ = create_batch(owner, scene.project, rows, max_credits=Decimal(40))
    assert [held(job) for job in batch.jobs.order_by("take")] == [200, 25]
    wrong = rows_from_csv(f"scene,prompt,model,maxCredits\nscene-1,one,{UNKNOWN},lots\nscene-1,two,{UNKNOWN},0")
    with pytest.raises(Problem) as caught:
        create_batch(owner, scene.project, wrong)
    assert [wrong.field for wrong in caught.value.fields] == ["rows.1.maxCredits", "rows.2.maxCredits"]


def test_several_takes_hold_a_ceiling_each(owner: User, scene: Scene, budget: None) -> None:
    picture = new_assets.store_upload(scene, "first.png", [media.picture()], only="image")
    request: dict[str, Any] = {
        "kind": "image_to_video",
        "model": UNKNOWN,
        "parameters": {"promptText": "fog", "promptImage": references.to_asset(picture), "duration": 5},
        "idempotency_key": "k",
    }
    with pytest.raises(Problem, match="200 credits short"):
        actions.create_jobs(owner, scene, 4, max_credits=Decimal(300), **request)
    jobs = actions.create_jobs(owner, scene, 3, max_credits=Decimal(300), **request)
    assert [held(job) for job in jobs] == [300, 300, 300]


def test_the_command_refuses_a_wrong_limit(owner: User, scene: Scene, tmp_path: Path) -> None:
    shots = tmp_path / "shots.csv"
    shots.write_text("scene,prompt\nscene-1,fog")
    with pytest.raises(CommandError, match="maxCredits must be a number of credits from"):
        call_command("batch", "film", str(shots), "--max-credits", "many")


@pytest.mark.parametrize("text", ["0", "-1", "1.005", "NaN", "Infinity", "1e9", "", "5 credits", True])
def test_a_limit_is_a_number_of_credits(text: object) -> None:
    with pytest.raises(Problem, match="maxCredits must be a number of credits"):
        prices.read_ceiling(text)
    if text != "":
        with pytest.raises(Problem, match="maxCredits must be a number of credits"):
            read_credit_limit(text)


@pytest.mark.parametrize(
    ("text", "limit"),
    [(" 50 ", "50"), ("50.5", "50.5"), ("50,5", "50.5"), ("50.0", "50"), (50, "50"), ("", None), (None, None)],
)
def test_a_limit_as_people_write_it(text: object, limit: str | None) -> None:
    assert read_credit_limit(text) == (None if limit is None else Decimal(limit))


QUOTE = {
    "kind": "text_to_video",
    "model": UNKNOWN,
    "promptText": "fog",
    "ratio": "1920:1080",
    "duration": 5,
    "projectId": "film",
    "sceneId": "scene-1",
}


@pytest.mark.usefixtures("budget")
def test_the_api_tells_a_price_and_where_it_comes_from(owner: User, scene: Scene) -> None:
    call = Caller(owner)
    quote = call("POST", "/generations/quote", QUOTE)
    assert (quote["credits"], quote["certainty"], quote["priceSource"]) == (None, "unknown", "none")
    assert "maxCredits" in quote["refusal"]
    assert call("POST", "/generations/quote", QUOTE | {"maxCredits": 300})["refusal"] is None
    assert call("POST", "/generations", QUOTE, status=409)["code"] == "price_unknown"
    job = call("POST", "/generations", QUOTE | {"maxCredits": 300}, status=202)
    assert (job["creditsEstimated"], job["maxCredits"]) == (None, 300)
    end(GenerationJob.objects.get(), 85)
    quote = call("POST", "/generations/quote", QUOTE)
    assert (quote["credits"], quote["certainty"], quote["priceSource"], quote["bills"]) == (85, "seen_once", "bill", 1)
    assert GenerationJob.objects.count() == 1
    items = call("POST", "/batches/preview", {"projectId": "film", "items": [_as_row(QUOTE)]})["items"]
    assert [(item["credits"], item["certainty"], item["priceSource"]) for item in items] == [(85, "seen_once", "bill")]
    price, *others = call("GET", "/prices")["prices"]
    assert (price["model"], price["amount"], price["credits"], others) == (UNKNOWN, 5, 85, [])
    assert price["settings"] == {"per": "second", "ratio": "2073600 pixels"}
    assert call("GET", "/prices?model=gen4_turbo")["prices"] == []


@pytest.mark.parametrize("value", [0.001, -1, 1e9, "5", True, 1.005])
def test_a_wrong_number_of_credits_is_one_error_at_its_field(owner: User, scene: Scene, value: object) -> None:
    call = Caller(owner)
    wrong = call("POST", "/generations", QUOTE | {"maxCredits": value}, status=422)
    assert [error["field"] for error in wrong["errors"]] == ["maxCredits"]
    assert GenerationJob.objects.count() == 0
    if value != 1e9:
        budget = {"projectId": "film", "period": "total", "credits": value}
        assert [error["field"] for error in call("PUT", "/budgets", budget, status=422)["errors"]] == ["credits"]


def _as_row(request: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in request.items() if name not in ("projectId", "sceneId")}
    return values | {"scene": "scene-1"}


def test_the_same_key_with_another_limit_is_another_request(owner: User, scene: Scene) -> None:
    call = Caller(owner)
    call.client.defaults["HTTP_IDEMPOTENCY_KEY"] = "k"
    first = call("POST", "/generations", QUOTE | {"maxCredits": 300}, status=202)
    assert call("POST", "/generations", QUOTE | {"maxCredits": 300.0})["jobId"] == first["jobId"]
    assert call("POST", "/generations", QUOTE | {"maxCredits": 400}, status=409)["code"] == "idempotency_key_reused"


def test_the_automatic_retry_counts_the_ceiling(owner: User, scene: Scene) -> None:
    rule = auto_retry.enable(owner, scene.project, takes=1, credits=Decimal(500))
    job = make_job(owner, scene, max_credits=Decimal(300))
    GenerationJob.objects.filter(pk=job.pk).update(automatic=True)
    assert auto_retry.spent_credits(rule) == 300


def test_a_change_is_told_the_same_day_to_who_may_spend(owner: User, scene: Scene) -> None:
    client = Client()
    client.force_login(owner)
    end(make_job(owner, scene, KNOWN), 25)
    assert "other prices" not in client.get("/").content.decode()
    end(make_job(owner, scene, KNOWN), 30)
    for path in ("/", "/queue/", "/usage/"):
        page = " ".join(client.get(path).content.decode().split())
        assert "Gen-4 Turbo (5 seconds, first frame 1, 0.9 MP) 30 instead of 25" in page
    assert "Prices as billed" in page
    client.force_login(factories.make_user("guest"))
    assert "other prices" not in client.get("/").content.decode()
