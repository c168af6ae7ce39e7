"""`/metrics` without a Redis: who may read it, what the rows say, and that no whole table is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from generation.engine import job_counts
from generation.models import GenerationJob, RunwayState
from generation.models.status import Status
from projects.access.tokens import create_token, find_token
from projects.models import ApiToken
from tests import factories
from tests.db.pages.makers import add_job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_old_counts() -> Iterator[None]:
    job_counts.forget_old_counts()
    yield
    job_counts.forget_old_counts()


def samples() -> dict[tuple[str, str], float]:
    """Each sample by its name and its labels' values."""
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, ",".join(one.labels.values())): one.value for family in families for one in family.samples}


def test_jobs_are_counted_by_state_and_age() -> None:
    scene = factories.make_scene()
    for status in (Status.QUEUED, Status.RUNNING, Status.RUNNING, Status.COMPLETED):
        job = add_job(scene, status=status)
        ended = timezone.now() if status == Status.COMPLETED else None
        GenerationJob.objects.filter(pk=job.pk).update(finished_at=ended)
    running = GenerationJob.objects.filter(status=Status.RUNNING)
    running.update(due_at=timezone.now() - timedelta(seconds=30), created_at=timezone.now() - timedelta(hours=2))
    # of long ago, and so counted apart
    GenerationJob.objects.filter(status=Status.COMPLETED).update(created_at=timezone.now() - timedelta(days=90))
    values = samples()
    counts = {labels: value for (name, labels), value in values.items() if name == "dailies_jobs"}
    assert counts == {**dict.fromkeys(Status.values, 0.0), "queued": 1, "running": 2, "completed": 1}
    assert values["dailies_oldest_unfinished_seconds", ""] == pytest.approx(7200, abs=60)
    assert values["dailies_poll_lateness_seconds", ""] == pytest.approx(30, abs=20)
    assert values["dailies_disk_free_bytes", ""] > 0
    assert {labels: values["dailies_exports", labels] for labels in ("queued", "completed")} == {
        "queued": 0,
        "completed": 0,
    }
    assert ("dailies_credits_balance", "") not in values


def test_the_balance_is_that_of_runways_last_answer() -> None:
    RunwayState.objects.create(pk=1, organization={"creditBalance": 1250})
    assert samples()["dailies_credits_balance", ""] == 1250


def test_only_this_machine_and_tokens_for_metrics_may_read() -> None:
    staff, other = factories.make_user("staff", is_staff=True), factories.make_user("other")

    def status(*, address: str = "203.0.113.7", **headers: str) -> int:
        return Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code

    def bearer(text: str) -> str:
        return f"Bearer {text}"

    assert status(address="127.0.0.1") == status(address="::1") == 200
    # a proxy on this machine speaks for somebody else
    assert status(address="127.0.0.1", x_forwarded_for="203.0.113.7") == 401
    assert status() == 401
    token, text = create_token(staff, "prometheus", scope=ApiToken.Scope.METRICS)
    assert status(authorization=bearer(text)) == 200
    assert status(authorization=bearer(create_token(staff, "api")[1])) == 401
    assert status(authorization=bearer(create_token(other, "m", scope=ApiToken.Scope.METRICS)[1])) == 401
    assert status(address="127.0.0.1", authorization=bearer("wrong")) == 401
    # and it opens nothing else
    assert find_token(text) is None
    assert Client().get("/api/projects", headers={"Authorization": bearer(text)}).status_code == 401
    token.revoked_at = timezone.now()
    token.save()
    assert status(authorization=bearer(text)) == 401
