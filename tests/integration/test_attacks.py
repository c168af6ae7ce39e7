"""What somebody who may reach Redis, has a link, or asks twice at once can do: nothing more than they may."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

import django_rq
import pytest
import redis
from django.conf import settings as studio_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.test import Client
from rq.exceptions import InvalidJobOperation
from rq.serializers import JSONSerializer

from config.studio import startup
from generation.engine import queues
from generation.engine.worker import StudioWorker
from projects import actions
from projects.access.sign_in import sign_in_path
from projects.models import Membership
from projects.problems import Problem
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")
SUBMIT = "generation.tasks.submit"
JOB = str(uuid.uuid4())


def run_entry(data: list[Any] | bytes, **fields: str) -> str:
    """Write an entry for `submit` into Redis, as anybody there could, run it, and return what became of it."""
    queue = django_rq.get_queue("submit")
    queue.empty()  # type: ignore[no-untyped-call]
    entry = queue.enqueue(SUBMIT, JOB)
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    queue.connection.hset(entry.key, mapping=cast(Any, {"data": body, **fields}))
    worker = django_rq.get_worker("submit", worker_class=cast(Any, StudioWorker), serializer=JSONSerializer)
    assert isinstance(worker, StudioWorker)
    worker.work(burst=True)
    return cast(bytes, queue.connection.hget(entry.key, "status")).decode()


@pytest.mark.parametrize(
    "data",
    [
        ["os.system", None, ["touch {proof}"], {}],
        ["subprocess.run", None, [["touch", "{proof}"]], {}],
        ["generation.tasks.os.system", None, ["touch {proof}"], {}],
        ["generation.tasks._fail_with_internal_error", None, [JOB], {}],
        [SUBMIT, None, ["touch {proof}"], {}],
        [SUBMIT, None, [{"id": JOB}], {}],
        [SUBMIT, None, [JOB], {"more": 1}],
        [SUBMIT, "os", [JOB], {}],
        [SUBMIT, None, JOB, {}],
        [SUBMIT],
        b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.",
    ],
)
def test_workers_run_only_functions_of_the_studio(
    redis_server: redis.Redis, tmp_path: Path, data: list[Any] | bytes
) -> None:
    proof = tmp_path / "proof"
    if isinstance(data, list):
        data = json.loads(json.dumps(data).replace("{proof}", str(proof)))
    assert run_entry(data) == "failed"
    assert not proof.exists()
    # nor does it break the admin's page of a job, which looks through the entries
    assert queues.find_entries(JOB) == []


def test_workers_run_no_callbacks(redis_server: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr("os.system", called.append)
    callbacks = {f"{when}_callback_name": "os.system" for when in ("success", "failure", "stopped")}
    assert run_entry([SUBMIT, None, [JOB], {}], **callbacks) == "finished"
    assert run_entry(["os.system", None, [], {}], **callbacks) == "failed"
    assert called == []


def test_every_nudge_is_an_entry_that_workers_run(redis_server: redis.Redis) -> None:
    for name in ("submit", "collect", "check"):
        queue = django_rq.get_queue(name)
        queue.empty()  # type: ignore[no-untyped-call]
        queues.nudge(name, JOB)
        [entry] = queue.get_jobs()
        assert (entry.func_name, list(entry.args)) == (f"generation.tasks.{name}", [JOB])


@pytest.mark.parametrize("pages", ["/django-rq/", "/admin/django_rq/dashboard/"])
def test_an_entry_that_ends_while_its_page_is_shown_is_not_found(
    redis_server: redis.Redis, owner: User, client: Client, monkeypatch: pytest.MonkeyPatch, pages: str
) -> None:
    User.objects.filter(pk=owner.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=owner.pk))
    entry = django_rq.get_queue("poll").enqueue("generation.tasks.poll")
    address = f"{pages}queues/0/{entry.id}/"
    page = client.get(address)
    assert page.status_code == 200
    # its links stay where it is
    assert f'href="{pages}queues/0/{entry.id}/delete/"' in page.content.decode()

    def get_status(*_: object, **__: object) -> None:
        raise InvalidJobOperation("Failed to retrieve status for job")

    monkeypatch.setattr("rq.job.Job.get_status", get_status)
    assert client.get(address).status_code == 404


def at_once(function: Callable[[], T], count: int) -> list[T | Problem]:
    """Call a function in threads that begin together, and return what each returned or raised."""
    barrier = threading.Barrier(count)

    def call() -> T | Problem:
        barrier.wait(10)
        try:
            return function()
        except Problem as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [future.result(30) for future in [pool.submit(call) for _ in range(count)]]


def test_a_link_gives_one_session_however_many_use_it_at_once(owner: User) -> None:
    path = sign_in_path(owner)
    statuses = at_once(lambda: Client().get(path).status_code, 12)
    assert Counter(statuses) == {200: 1, 403: 11}
    assert Session.objects.count() == 1


def test_of_two_hand_overs_at_once_one_succeeds(owner: User) -> None:
    project = factories.make_project(owner)
    heirs = ["ada", "ben"]
    for name in heirs:
        factories.make_user(name)
        actions.add_member(owner, project, name, "editor")
    waiting = iter(heirs)
    outcomes = at_once(lambda: actions.change_member(owner, project, next(waiting), role="owner"), 2)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert [problem.status for problem in refused] == [403]
    assert Membership.objects.filter(project=project, role="owner").count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps no file here")
def test_the_database_is_private_whatever_the_folder_allows(tmp_path: Path) -> None:
    path = Path(str(studio_settings.DATABASES["default"]["NAME"]))
    path.chmod(0o644)
    startup.make_database_private()
    assert path.stat().st_mode & 0o777 == 0o600
