"""The usage report by the API and the page, its filters, and who may see what."""

from __future__ import annotations

import base64
import csv
import io
import re
import statistics
import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.models import DaySpend, GenerationJob, LedgerEntry
from generation.models.status import Status
from generation.money import chart, ledger_csv, rollup
from generation.money.take_costs import forget_counts
from generation.money.totals import CreditTotals
from projects.access.tokens import create_token
from projects.models import Asset, Scene
from tests import factories
from tests.bench import usage as bench
from tests.db.pages.makers import add_clip, add_job, text

pytestmark = pytest.mark.django_db

TODAY = timezone.now().date


@pytest.fixture
def owner() -> User:
    return factories.make_user("anna")


@pytest.fixture
def scene(owner: User) -> Scene:
    return factories.make_scene(factories.make_project(owner, "Film"), "Harbour")


@pytest.fixture
def client(owner: User) -> Client:
    return signed_in(owner)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def spend(scene: Scene, credits: int, model: str = "gen4_turbo", by: User | None = None, **more: Any) -> GenerationJob:
    values = {"created_by": by} if by else {}
    return add_job(
        scene, credits_charged=credits, model=model, finished_at=timezone.now(), **{**values, **more}
    )  # fmt: skip


def usage(client: Client, **query: str) -> Any:
    answer = client.get("/api/usage", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def set_day(job: GenerationJob, day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE generation_ledgerentry SET day = %s WHERE job_id = %s", [day, job.pk.hex])


def test_totals_by_day_project_scene_model_and_person(client: Client, owner: User, scene: Scene) -> None:
    ben = factories.make_user("ben")
    spend(scene, 25)
    spend(scene, 60, "gen4.5", ben)
    spend(factories.make_scene(factories.make_project(owner, "Other")), 10)
    GenerationJob.objects.filter(model="gen4.5").update(mark="rejected")
    failed = add_job(scene, Status.RUNNING, runway_task_id="t")
    failed.move_to(Status.FAILED, credits_charged=5)
    add_job(scene, Status.RUNNING)
    report = usage(client)
    total = report["total"]
    assert (total["spent"], total["charged"], total["refunded"], total["held"]) == (100, 120, 20, 25)
    assert (total["takesCompleted"], total["spentOnFailed"], total["spentOnRejected"]) == (3, 5, 60)
    assert [(row["name"], row["spent"]) for row in report["byProject"]] == [("Film", 90), ("Other", 10)]
    assert [(row["sceneId"], row["spent"]) for row in report["byScene"]] == [("scene-1", 90), ("scene-1", 10)]
    assert [(row["model"], row["spent"]) for row in report["byModel"]] == [("gen4.5", 60), ("gen4_turbo", 40)]
    assert [(row["username"], row["spent"]) for row in report["byPerson"]] == [("ben", 60), ("anna", 40)]
    assert report["byDay"] == [{"day": TODAY().isoformat(), "spent": 100, "charged": 120, "refunded": 20}]
    assert usage(client, project=scene.project.slug, person="anna")["total"]["spent"] == 30
    assert usage(client, model="gen4.5")["total"]["spent"] == 60


def test_a_range_of_days(client: Client, scene: Scene) -> None:
    for days, credits in ((0, 1), (1, 2), (40, 4)):
        set_day(spend(scene, credits), TODAY() - timedelta(days=days))
    yesterday = (TODAY() - timedelta(days=1)).isoformat()
    assert usage(client)["total"]["spent"] == 7
    assert usage(client, since=yesterday)["total"]["spent"] == 3
    assert usage(client, until=yesterday)["total"]["spent"] == 6
    assert usage(client, since=yesterday, until=yesterday)["total"]["spent"] == 2
    assert usage(client, until="9999-12-31")["total"]["spent"] == 7


def test_what_ended_long_ago_is_counted_every_ten_minutes(client: Client, scene: Scene) -> None:
    def completed(**query: str) -> int:
        return int(usage(client, **query)["total"]["takesCompleted"])

    def complete(days: int) -> None:
        add_job(scene, finished_at=timezone.now() - timedelta(days=days))

    today, old = TODAY(), (TODAY() - timedelta(days=30)).isoformat()
    for days in (0, 1, 2, 40):
        complete(days)
    assert completed() == 4
    assert completed(since=today.isoformat()) == 1
    assert completed(since=(today - timedelta(days=2)).isoformat()) == 3
    assert [completed(until=old), completed(since=old)] == [1, 3]
    # what ends now counts at once; an import of old takes a little later
    for days in (0, 1, 50):
        complete(days)
    assert completed() == 6
    forget_counts()
    assert completed() == 7


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"since": "yesterday"}, 422),
        ({"until": "2026-02-30"}, 422),
        ({"since": "2026-03-01", "until": "2026-02-01"}, 422),
        ({"project": "none"}, 404),
        ({"person": "nobody"}, 404),
    ],
)
def test_the_api_refuses_wrong_filters_and_the_page_ignores_them(
    client: Client, query: dict[str, str], status: int
) -> None:
    assert client.get("/api/usage", query).status_code == status
    assert client.get("/usage/", query).status_code == 200


def test_usage_is_for_members_and_staff(client: Client, scene: Scene) -> None:
    spend(scene, 25)
    stranger = signed_in(factories.make_user())
    assert usage(stranger)["total"]["spent"] == 0
    assert stranger.get("/api/usage", {"project": scene.project.slug}).status_code == 404
    assert scene.project.slug not in text(stranger.get("/usage/"))
    assert "Film" not in stranger.get("/usage/ledger.csv").getvalue().decode()
    assert stranger.get("/api/usage/ledger").json()["data"]["entries"] == []
    assert usage(signed_in(factories.make_user(is_staff=True)))["total"]["spent"] == 25


def test_a_renamed_person_has_one_total_and_trashed_projects_count(client: Client, owner: User, scene: Scene) -> None:
    spend(scene, 25)
    User.objects.filter(pk=owner.pk).update(username="anna-maria")
    spend(scene, 25, by=User.objects.get(pk=owner.pk))
    scene.project.trashed_at = timezone.now()
    scene.project.save()
    report = usage(client)
    assert [(row["username"], row["spent"]) for row in report["byPerson"]] == [("anna-maria", 50)]
    assert "in the trash" in text(client.get("/usage/"))
    owner.delete()
    staff = signed_in(factories.make_user(is_staff=True))
    names = {(row["username"], row["name"]): row["spent"] for row in usage(staff)["byPerson"]}
    assert names == {(None, "anna"): 25, (None, "anna-maria"): 25}


def test_credits_per_second_of_the_chosen_takes(client: Client, scene: Scene) -> None:
    assert usage(client)["total"]["creditsPerSecondUsed"] is None
    add_clip(scene)
    add_clip(scene)
    Asset.objects.filter(take=1).update(selected=True)
    total = usage(client)["total"]
    assert (total["secondsUsed"], total["creditsPerSecondUsed"]) == (5.0, 10.0)


def test_the_page_has_a_chart_and_its_table(client: Client, scene: Scene) -> None:
    spend(scene, 1234, "gen4.5")
    page = text(client.get("/usage/"))
    assert '<title id="bars-title">Credits spent by day</title>' in page
    assert f"<title>{TODAY().isoformat()}: 1,234 credits</title>" in page
    assert "1,234" in page
    assert "<summary>Table</summary>" in page
    filtered = text(client.get("/usage/", {"range": "7", "model": "gen4.5", "project": scene.project.slug}))
    assert "1,234" in filtered
    assert "Nothing spent in this period" in text(client.get("/usage/", {"model": "veo3.1"}))
    assert client.get("/usage/", {"range": "soon", "since": "never"}).status_code == 200
    assert client.get("/usage/", {"since": "0001-01-01", "until": "9999-12-31"}).status_code == 200


def test_the_ledger_as_csv_contains_no_formulas(client: Client, scene: Scene) -> None:
    scene.name = '=HYPERLINK("x")'
    scene.save()
    job = spend(scene, 25)
    answer = client.get("/usage/ledger.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [(row["kind"], row["credits"], row["job"]) for row in rows] == [
        ("estimate", "25", str(job.pk)), ("charge", "25", str(job.pk)),
    ]  # fmt: skip
    assert rows[0]["scene"] == '\'=HYPERLINK("x")'


def test_the_ledger_is_streamed_in_parts(owner: User, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_csv, "ROWS_PER_QUERY", 3)
    for _ in range(4):
        spend(scene, 25)
    client = AsyncClient()

    async def parts() -> list[bytes]:
        await client.aforce_login(owner)
        answer: Any = await client.get("/usage/ledger.csv")
        return [part async for part in answer.streaming_content]

    streamed = async_to_sync(parts)()
    assert [part.count(b"\n") for part in streamed] == [1, 3, 3, 2]
    entries = LedgerEntry.objects.order_by("pk").values_list("job", "kind")
    rows = list(csv.DictReader(io.StringIO(b"".join(streamed).decode())))
    assert [(row["job"], row["kind"]) for row in rows] == [(str(job), kind) for job, kind in entries]


def test_ledger_entries_are_paged_by_a_cursor(client: Client, scene: Scene) -> None:
    for _ in range(3):
        spend(scene, 25)
    first = client.get("/api/usage/ledger", {"limit": 4}).json()["data"]
    rest = client.get("/api/usage/ledger", {"cursor": first["nextCursor"]}).json()["data"]
    assert (len(first["entries"]), len(rest["entries"]), rest["nextCursor"]) == (4, 2, None)
    assert {entry["sceneId"] for entry in first["entries"]} == {"scene-1"}


@pytest.mark.parametrize("path", ["/api/usage/ledger", "/api/jobs"])
@pytest.mark.parametrize(
    "text", [None, "", "x", "7 7", "9" * 30, "2026-01-31T12:00:00 00000000-0000-0000-0000-000000000000"]
)
def test_a_cursor_that_no_answer_gave_is_refused(client: Client, path: str, text: str | None) -> None:
    cursor = "x" if text is None else base64.urlsafe_b64encode(text.encode()).decode()
    assert client.get(path, {"cursor": cursor}).status_code == 422


def test_rolling_up_changes_no_total_and_reading_rolls_nothing_up(
    client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollup, "MIN_ENTRIES", 3)
    monkeypatch.setattr(rollup, "SETTLE_TIME", timedelta(0))
    for number in range(4):
        set_day(spend(scene, 10 + number), TODAY() - timedelta(days=number % 2))
    before = usage(client)
    assert client.get("/usage/").status_code == 200
    assert not DaySpend.objects.exists()
    rollup.roll_up()
    assert DaySpend.objects.count() == 2
    assert usage(client) == before
    spend(scene, 1)
    assert usage(client)["total"]["spent"] == before["total"]["spent"] + 1
    for _ in range(4):
        add_job(scene, Status.RUNNING)
    assert usage(client)["total"]["held"] == 100
    rollup.roll_up()
    assert usage(client)["total"]["held"] == 100
    assert DaySpend.objects.values("through").distinct().count() == 2
    DaySpend.objects.all().delete()
    assert usage(client)["total"]["held"] == 100


def test_entries_that_are_too_young_are_not_rolled_up(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "MIN_ENTRIES", 2)
    for _ in range(4):
        spend(scene, 10)
    rollup.roll_up()
    assert DaySpend.objects.count() == 0
    fourth = LedgerEntry.objects.order_by("id")[3].pk
    with connection.cursor() as cursor:
        old = timezone.now() - timedelta(hours=1)
        cursor.execute("UPDATE generation_ledgerentry SET at = %s WHERE id <= %s", [old, fourth])
    rollup.roll_up()
    assert {day.through for day in DaySpend.objects.all()} == {fourth}


def test_the_chart_has_a_bar_for_each_day_week_or_month() -> None:
    first = date(2026, 1, 5)
    days = {
        first: CreditTotals(charged=Decimal(30)),
        first + timedelta(days=2): CreditTotals(charged=Decimal(15), refunded=Decimal(-5)),
    }
    drawing = chart.draw_chart(days, first, first + timedelta(days=3))
    assert drawing.unit == "day"
    assert drawing.axis_max == 50
    assert [(bar.name, int(bar.spent), int(bar.height)) for bar in drawing.bars] == [
        ("2026-01-05", 30, 60), ("2026-01-06", 0, 0), ("2026-01-07", 10, 20), ("2026-01-08", 0, 0),
    ]  # fmt: skip
    assert chart.draw_chart(days, first, first + timedelta(days=200)).unit == "week"
    assert chart.draw_chart(days, first, first + timedelta(days=900)).unit == "month"
    assert chart.draw_chart({}, first, first).axis_max == 10


def test_budgets_are_set_and_removed_by_the_api_and_the_page(client: Client, owner: User, scene: Scene) -> None:
    spend(scene, 40)
    User.objects.create_user("somebody")
    body = {"projectId": scene.project.slug, "credits": 100, "period": "day"}
    answer = client.put("/api/budgets", body, content_type="application/json")
    assert answer.status_code == 200
    budget = answer.json()["data"]
    assert (budget["credits"], budget["spent"], budget["left"], budget["setBy"]) == (100, 40, 60, "anna")
    page = text(client.get("/usage/budgets/"))
    assert "Today&#x27;s budget on “Film”" in page
    assert "60 left" in page
    # names are offered of one's own films' members, and of nobody else
    assert re.findall('<option value="([a-z]+)"></option>', page) == ["anna"]
    wrong = client.post("/usage/budgets/", {"project": scene.project.slug, "period": "day", "credits": "-1"})
    assert wrong.status_code == 422
    assert "credits must be 0 or more." in text(wrong)
    values = {"project": scene.project.slug, "period": "day", "credits": "10"}
    assert f"Today&#x27;s budget on “{scene.project.name}” is set." in text(
        client.post("/usage/budgets/", values, follow=True)
    )
    assert client.get("/api/budgets").json()["data"]["budgets"][0]["left"] == -30
    assert "Nothing left." in text(client.get("/usage/budgets/"))
    client.post(f"/usage/budgets/{budget['budgetId']}/remove/")
    assert client.get("/api/budgets").json()["data"]["budgets"] == []
    for wrong_body in ({"credits": "5"}, {"credits": -5}, {"credits": 0.001}, {"period": "year", "credits": 5}):
        body = {"projectId": scene.project.slug, **wrong_body}
        assert client.put("/api/budgets", body, content_type="application/json").status_code == 422


def test_a_read_only_token_reads_usage(owner: User, scene: Scene) -> None:
    spend(scene, 25)
    client = Client(headers={"authorization": f"Bearer {create_token(owner, 'test', read_only=True)[1]}"})
    assert usage(client)["total"]["spent"] == 25


def test_a_long_ledger_takes_no_more_queries_and_little_time(client: Client, owner: User) -> None:
    """A twentieth of what `make bench` measures; by the processor's time, which no neighbour spoils."""
    bench.fill(owner, 5000, projects=4, scenes=5)
    rollup.roll_up()
    assert DaySpend.objects.exists()
    spent: dict[str, list[float]] = {path: [] for path in ("/account/", "/usage/", "/usage/?range=all")}
    for path in [*spent] * 3:
        began = time.process_time()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        spent[path].append(time.process_time() - began)
        assert len(queries) <= 24
    # beside a page without figures, since a processor that is measured, or shared, is slower at both
    plain, *long = (statistics.median(times) for times in spent.values())
    assert max(long) < 5 * plain
