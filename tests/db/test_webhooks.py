"""Webhooks: what is written with what happens, how it is sent, and who may add them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from film.models import Export
from generation.actions import bulk
from generation.actions.create_many import create_jobs
from generation.batches.create import create_batch
from generation.batches.row import Row
from generation.engine import overdue, webhooks
from generation.models import Batch, Budget, GenerationJob, WebhookDelivery, WebhookEndpoint
from generation.models.status import Status
from generation.money import budget_settings
from generation.money.budgets import OverBudget
from generation.webhooks.reached import tell_reached
from projects.models import AuditEntry, Scene
from projects.net.errors import AddressRefused
from projects.net.post import post_bytes
from tests import factories
from tests.db.pages.makers import text
from tests.fakes.queue import MemoryQueue
from tests.fakes.receiver import Receiver, receiver

pytestmark = pytest.mark.django_db
URL = "/api/webhooks"


@pytest.fixture
def staff() -> User:
    return factories.make_user("staff", is_staff=True)


@pytest.fixture
def client(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def scene() -> Scene:
    return factories.make_scene()


@pytest.fixture
def hook(settings: Settings, staff: User) -> Iterator[Receiver]:
    """A receiver with a webhook for everything."""
    settings.IMAGE_URL_ALLOW_PRIVATE = True
    with receiver() as state:
        endpoint = WebhookEndpoint.objects.create(owner=staff, url=state.url, events=["*"])
        state.secret = endpoint.secret
        yield state


def the_endpoint() -> WebhookEndpoint:
    return WebhookEndpoint.objects.get()


def send_due() -> None:
    for delivery in overdue.to_tell():
        webhooks.deliver(str(delivery.pk))


def make_due(**values: Any) -> None:
    WebhookDelivery.objects.pending().update(due_at=timezone.now(), **values)


def end(scene: Scene, status: Status, **values: Any) -> GenerationJob:
    job = factories.make_job(scene, status=Status.RUNNING if status != Status.COMPLETED else Status.QUEUED, **values)
    job.move_to(status)
    return job


def test_the_end_of_a_job_is_told_and_signed(hook: Receiver, scene: Scene) -> None:
    done, failed = end(scene, Status.COMPLETED), end(scene, Status.FAILED, take=2)
    send_due()
    assert hook.types == ["job.completed", "job.failed"]
    assert [message["data"]["jobId"] for message in hook.got] == [str(done.pk), str(failed.pk)]
    first = hook.got[0]["data"]
    assert (first["projectId"], first["sceneId"], first["status"]) == (scene.project.slug, "scene-1", "completed")
    assert [row.state for row in WebhookDelivery.objects.all()] == ["delivered", "delivered"]


def test_a_message_is_written_with_what_it_tells_or_not_at_all(hook: Receiver, scene: Scene) -> None:
    job = factories.make_job(scene, status=Status.RUNNING)
    with transaction.atomic():
        job.move_to(Status.FAILED)
        assert WebhookDelivery.objects.count() == 1
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()


def test_without_a_webhook_no_row_is_written(scene: Scene, staff: User) -> None:
    end(scene, Status.FAILED)
    WebhookEndpoint.objects.create(owner=staff, url="https://example.org/", events=["export.completed"])
    WebhookEndpoint.objects.create(owner=staff, url="https://example.org/", events=["*"], active=False)
    former = factories.make_user(is_staff=False)
    WebhookEndpoint.objects.create(owner=former, url="https://example.org/", events=["*"])
    end(scene, Status.FAILED, take=2)
    tell_reached()
    assert not WebhookDelivery.objects.exists()
    assert WebhookEndpoint.objects.in_use().count() == 1


def test_the_last_job_ends_its_batch(hook: Receiver, scene: Scene) -> None:
    batch = Batch.objects.create(project=scene.project, name="Rain")
    jobs = [factories.make_job(scene, status=Status.RUNNING, batch=batch, take=take) for take in (2, 3)]
    end(scene, Status.COMPLETED, batch=batch)
    jobs[0].move_to(Status.FAILED)
    send_due()
    assert "batch.completed" not in hook.types
    jobs[1].move_to(Status.CANCELLED)
    send_due()
    told = hook.got[-1]
    assert told["type"] == "batch.completed"
    assert told["data"]["counts"] == {"completed": 1, "failed": 1, "cancelled": 1}
    assert told["data"]["name"] == "Rain"


def test_the_end_of_an_export_is_told(hook: Receiver, scene: Scene) -> None:
    values = {"profile": "h264-1080p", "document": {}, "cut_version": 1, "request_key": "k"}
    export = Export.objects.create(project=scene.project, **values)
    export.write(status=Export.Status.RUNNING)
    export.write(status=Export.Status.FAILED, error="No.", finished_at=timezone.now())
    send_due()
    assert hook.types == ["export.failed"]
    assert hook.got[0]["data"]["error"] == "No."


def test_a_budget_is_told_once_until_some_of_it_is_free(hook: Receiver, scene: Scene, staff: User) -> None:
    owner = factories.owner_of(scene.project)
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=Decimal(10))
    tell_reached()
    assert not WebhookDelivery.objects.exists()
    job = factories.make_job(scene, credits_estimated=Decimal(10), created_by=owner)
    for _ in range(2):
        tell_reached()
    assert WebhookDelivery.objects.get().event == "budget.reached"
    job.move_to(Status.CANCELLED)
    tell_reached()
    factories.make_job(scene, credits_estimated=Decimal(10), created_by=owner, take=2)
    tell_reached()
    send_due()
    assert hook.types.count("budget.reached") == 2
    told = next(message["data"] for message in hook.got if message["type"] == "budget.reached")
    assert (told["projectId"], told["left"], told["period"]) == (scene.project.slug, 0, "total")


def request_pictures(owner: User, scene: Scene, count: int) -> None:
    create_jobs(
        owner, scene, count, kind="text_to_image", model="gen4_image",
        parameters={"promptText": "rain", "ratio": "1024:1024"}, idempotency_key=f"key-{count}",
    )  # fmt: skip


def test_a_budget_that_refuses_is_told_once_until_more_of_it_is_free(
    hook: Receiver, scene: Scene, queue: MemoryQueue
) -> None:
    owner = factories.owner_of(scene.project)

    def limit(credits: int) -> None:
        budget_settings.set_budget(
            owner, project=scene.project, username=None, period="total", credits=Decimal(credits)
        )
        tell_reached()

    limit(60)
    factories.make_job(scene, credits_estimated=Decimal(58), created_by=owner)
    for count in (2, 1):
        with pytest.raises(OverBudget):
            request_pictures(owner, scene, count)
        tell_reached()
    send_due()
    assert hook.types == ["budget.reached"]
    told = hook.got[0]["data"]
    assert (told["left"], told["reason"]) == (2, "refused")
    limit(61)
    with pytest.raises(OverBudget):
        request_pictures(owner, scene, 1)
    send_due()
    assert hook.types == ["budget.reached"] * 2
    assert GenerationJob.objects.count() == 1


def test_a_refused_batch_and_a_refused_retry_are_told(hook: Receiver, scene: Scene, queue: MemoryQueue) -> None:
    owner = factories.owner_of(scene.project)
    budget_settings.set_budget(owner, project=scene.project, username=None, period="day", credits=Decimal(1))
    values = {"scene": "scene-1", "kind": "text_to_image", "model": "gen4_image", "ratio": "1024:1024"}
    row = Row(1, values | {"promptText": "rain"})
    with pytest.raises(OverBudget):
        create_batch(owner, scene.project, [row])
    assert WebhookDelivery.objects.get().event == "budget.reached"
    WebhookDelivery.objects.all().delete()
    Budget.objects.update(reached_at=None)
    failed = end(scene, Status.FAILED, credits_estimated=Decimal(25), created_by=owner)
    with pytest.raises(OverBudget):
        bulk.retry_all(owner, [failed])
    assert WebhookDelivery.objects.filter(event="budget.reached").count() == 1


def test_while_nothing_changes_the_sweep_adds_nothing_up(
    hook: Receiver, scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner = factories.owner_of(scene.project)
    budget_settings.set_budget(owner, project=scene.project, username=None, period="day", credits=Decimal(10))
    tell_reached()
    with django_assert_num_queries(3):
        tell_reached()
    factories.make_job(scene, credits_estimated=Decimal(10), created_by=owner)
    tell_reached()
    assert WebhookDelivery.objects.filter(event="budget.reached").count() == 1


def test_the_end_of_a_job_asks_for_the_webhooks_once(hook: Receiver, scene: Scene) -> None:
    batch = Batch.objects.create(project=scene.project, name="Rain")
    job = factories.make_job(scene, status=Status.RUNNING, batch=batch)
    with CaptureQueriesContext(connection) as queries:
        job.move_to(Status.FAILED)
    asked = [each["sql"] for each in queries if 'FROM "generation_webhookendpoint"' in each["sql"]]
    assert len(asked) == 1
    send_due()
    assert sorted(hook.types) == ["batch.completed", "job.failed"]


def test_what_fails_comes_again_with_its_id_and_holds_back_the_rest(hook: Receiver, scene: Scene) -> None:
    hook.answers = [500]
    end(scene, Status.FAILED)
    end(scene, Status.FAILED, take=2)
    send_due()
    assert len(hook.ids) == 1, "the second message waits with the first"
    first, second = WebhookDelivery.objects.order_by("created_at")
    assert (first.state, first.response_status, first.error) == ("waiting", 500, "It answered 500.")
    assert timedelta(seconds=4) < first.due_at - timezone.now() < timedelta(seconds=6)
    assert second.due_at == first.due_at
    assert the_endpoint().failing_since is not None
    make_due()
    send_due()
    assert hook.ids[0] == hook.ids[1] == first.event_id
    assert [row.state for row in WebhookDelivery.objects.all()] == ["delivered", "delivered"]
    assert the_endpoint().failing_since is None


def test_attempts_are_spread_over_a_day_and_then_given_up(hook: Receiver, scene: Scene) -> None:
    delays = [webhooks.next_delay(attempt).total_seconds() for attempt in range(1, 13)]
    assert delays[0] < 6
    assert all(later > earlier * 2 for earlier, later in itertools.pairwise(delays[:8]))
    assert max(delays) <= 6 * 3600 * 1.1
    assert sum(delays) > 86_400
    end(scene, Status.FAILED)
    hook.answers = [500]
    make_due(created_at=timezone.now() - webhooks.GIVEN_UP_AFTER)
    send_due()
    assert WebhookDelivery.objects.get().state == "failed"
    assert the_endpoint().active


@pytest.mark.parametrize("status", [500, 410])
def test_after_days_or_when_gone_it_is_switched_off(hook: Receiver, scene: Scene, status: int) -> None:
    hook.answers = [status]
    if status == 500:
        WebhookEndpoint.objects.update(failing_since=timezone.now() - webhooks.OFF_AFTER)
    end(scene, Status.FAILED)
    end(scene, Status.FAILED, take=2)
    send_due()
    assert not the_endpoint().active
    assert f"It answered {status}." in the_endpoint().switched_off
    assert [row.state for row in WebhookDelivery.objects.all()] == ["failed", "failed"]
    assert AuditEntry.objects.get().details["change"] == "switched off"


def test_a_redirect_is_not_followed(hook: Receiver, scene: Scene) -> None:
    hook.answers = [302]
    end(scene, Status.FAILED)
    send_due()
    assert hook.paths == ["/hook"]
    assert WebhookDelivery.objects.get().error == "It answered 302."


def test_a_name_that_leads_inside_later_is_not_opened(scene: Scene, hook: Receiver, settings: Settings) -> None:
    settings.IMAGE_URL_ALLOW_PRIVATE = False
    end(scene, Status.FAILED)
    send_due()
    assert hook.paths == []
    assert "private network" in WebhookDelivery.objects.get().error
    with pytest.raises(AddressRefused):
        post_bytes(hook.url, b"{}", {}, seconds=2)


def test_two_workers_send_it_once_and_a_dead_one_is_followed(hook: Receiver, scene: Scene) -> None:
    end(scene, Status.FAILED)
    delivery = WebhookDelivery.objects.get()
    later = timezone.now() + timedelta(seconds=9)
    WebhookDelivery.objects.update(claimed_by="somebody", claim_expires_at=later)
    webhooks.deliver(str(delivery.pk))
    assert hook.paths == []
    WebhookDelivery.objects.update(claim_expires_at=timezone.now())
    send_due()
    send_due()
    assert hook.types == ["job.failed"]


def test_what_waits_when_its_owner_leaves_is_not_sent(hook: Receiver, scene: Scene) -> None:
    end(scene, Status.FAILED)
    User.objects.filter(username="staff").update(is_active=False)
    send_due()
    assert hook.paths == []
    assert WebhookDelivery.objects.get().state == "failed"


def test_the_log_is_short(hook: Receiver, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "KEPT", 3)
    for take in range(1, 7):
        end(scene, Status.FAILED, take=take)
    send_due()
    assert len(hook.got) == 6
    assert WebhookDelivery.objects.count() == 3


def test_the_api_adds_changes_tests_and_removes(client: Client, hook: Receiver, queue: MemoryQueue) -> None:
    def call(method: str, path: str = "", **body: Any) -> Any:
        answer = getattr(client, method)(URL + path, body, content_type="application/json")
        assert answer.status_code < 300, answer.content
        return answer.json()["data"]

    WebhookEndpoint.objects.all().delete()
    made = call("post", url=hook.url, events=["job.failed"])
    assert made["secret"].startswith("whsec_")
    hook.secret = made["secret"]
    key = f"/{made['webhookId']}"
    assert [each["url"] for each in client.get(URL).json()["data"]["webhooks"]] == [hook.url]
    assert client.get(URL + key).json()["data"] == made
    test = call("post", key + "/test")
    assert queue.waiting("webhook") == []
    assert test["status"] == "waiting"
    send_due()
    assert hook.types == ["webhook.test"]
    log = client.get(URL + key + "/deliveries").json()["data"]["deliveries"]
    assert [(each["event"], each["status"], each["responseStatus"]) for each in log] == [
        ("webhook.test", "delivered", 204)
    ]
    call("post", key + f"/deliveries/{log[0]['deliveryId']}/resend")
    send_due()
    assert hook.ids == [log[0]["eventId"]] * 2
    changed = call("patch", key, events=["*"], active=False)
    assert (changed["events"], changed["active"]) == (["*"], False)
    assert client.post(URL + key + "/test").status_code == 409
    call("delete", key)
    assert not WebhookEndpoint.objects.exists()
    changes = [entry.details["change"] for entry in AuditEntry.objects.order_by("pk")]
    assert changes == ["added", "changed", "removed"]


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"url": "http://169.254.169.254/latest"}, "url", "private network"),
        ({"url": "http://[::1]:8000/"}, "url", "private network"),
        ({"url": "ftp://example.org/"}, "url", "http or https"),
        ({"url": "https://me:secret@example.org/"}, "url", "password"),
        ({"url": "https://no-such-name.invalid/"}, "url", "cannot be found"),
        ({"url": "https://8.8.8.8/", "events": ["job.done"]}, "events", "job.completed"),
        ({"url": "https://8.8.8.8/", "events": []}, "events", "at least one"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(client: Client, body: Any, field: str, says: str) -> None:
    answer = client.post(URL, body, content_type="application/json")
    assert answer.status_code == 422
    wrong = answer.json()["errors"]
    assert [each["field"] for each in wrong] == [field]
    assert says in wrong[0]["message"]
    assert not WebhookEndpoint.objects.exists()


def test_only_staff_may(scene: Scene) -> None:
    client = Client()
    client.force_login(factories.owner_of(scene.project))
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"url": "https://8.8.8.8/"}, content_type="application/json").status_code == 403
    assert client.get("/webhooks/").status_code == 403


def test_the_pages(client: Client, hook: Receiver, scene: Scene) -> None:
    WebhookEndpoint.objects.all().delete()
    refused = client.post("/webhooks/", {"url": "ftp://10.0.0.1/"})
    assert refused.status_code == 422
    assert "http or https" in text(refused)
    where = client.post("/webhooks/", {"url": hook.url, "events": ["job.failed"]}).headers["Location"]
    endpoint = the_endpoint()
    assert endpoint.events == ["job.failed"]
    hook.secret = endpoint.secret
    assert endpoint.secret in text(client.get(where))
    assert hook.url in text(client.get("/webhooks/"))
    client.post(f"{where}test/")
    end(scene, Status.FAILED)
    send_due()
    page = text(client.get(where))
    assert "webhook.test" in page
    assert "Delivered, 204" in page
    assert json.loads(WebhookDelivery.objects.first().body)["type"] in page  # type: ignore[union-attr]
    sent = WebhookDelivery.objects.earliest("created_at")
    assert client.post(f"{where}{sent.pk}/resend/").status_code == 302
    assert WebhookDelivery.objects.pending().count() == 1
    client.post(where, {"url": hook.url})
    assert the_endpoint().events == ["*"]
    client.post(f"{where}switch/", {"active": "off"})
    assert not WebhookDelivery.objects.pending().exists()
    assert "Off" in text(client.get("/webhooks/"))
    client.post(f"{where}switch/", {"active": "on"})
    client.post(f"{where}remove/")
    assert not WebhookEndpoint.objects.exists()
