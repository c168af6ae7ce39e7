"""The steps of the engine against a Runway that misbehaves on demand, over real HTTP, with real files."""

from __future__ import annotations

import io
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from generation import actions, clips, connection
from generation.engine import claims, collect, journal, poll, submit, sweep
from generation.models import GenerationJob, JobEvent, Lease
from generation.runway.client import CreatedTask
from generation.status import Status
from projects import actions as projects_actions
from projects import assets
from projects.models import Scene
from projects.problems import Problem
from tests.standin import Fault, StandIn, standing_in

pytestmark = pytest.mark.django_db(transaction=True)

Run = Callable[[], None]


@pytest.fixture
def runway(settings: Settings) -> Iterator[StandIn]:
    with standing_in() as standin:
        settings.RUNWAY_API_URL = standin.url
        settings.RUNWAY_API_KEY = "key_test"
        settings.RUNWAY_IS_SIMULATOR = False
        settings.RUNWAY_POLL_SECONDS = 0.01
        yield standin


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    clips.draw_clip(Image.new("RGB", (320, 180), "teal"), 320, 180, 0.5, path)
    return path.read_bytes()


@pytest.fixture
def owner(redis_server: redis.Redis) -> User:
    return User.objects.create_user("owner")


@pytest.fixture
def scene(owner: User) -> Scene:
    return projects_actions.create_scene(projects_actions.create_project(owner, "Film"))


@pytest.fixture
def job(owner: User, scene: Scene) -> GenerationJob:
    return make_job(owner, scene)


def make_job(owner: User, scene: Scene, **changes: object) -> GenerationJob:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 360), "navy").save(buffer, "PNG")
    picture = assets.store_upload(scene, "first.png", [buffer.getvalue()], only="image")
    asked = {"model": "gen4_turbo", "prompt_text": "push in", "ratio": "1280:720", "duration": 5} | changes
    return actions.generate(owner, scene, image=picture, **asked)[0]  # type: ignore[arg-type]


def look(job: GenerationJob) -> GenerationJob:
    return GenerationJob.objects.told().get(pk=job.pk)


def make_due(job: GenerationJob) -> None:
    GenerationJob.objects.filter(pk=job.pk).update(due_at=timezone.now())


def poll_once(job: GenerationJob) -> GenerationJob:
    make_due(job)
    with ThreadPoolExecutor(4) as pool:
        poll.work_off(pool)
    return look(job)


def submitted(job: GenerationJob) -> GenerationJob:
    submit.submit(str(job.pk))
    return look(job)


def finished_there(job: GenerationJob, runway: StandIn, clip: bytes) -> GenerationJob:
    job = submitted(job)
    runway.succeed(str(job.runway_task_id), clip)
    job = poll_once(job)
    assert job.status == Status.DOWNLOADING
    return job


def test_from_queued_to_completed(job: GenerationJob, runway: StandIn, clip: bytes) -> None:
    job = submitted(job)
    assert job.status == Status.PENDING
    assert journal.find(str(job.pk)) == job.runway_task_id
    body = runway.creates[0]
    assert body["model"] == "gen4_turbo"
    assert body["promptImage"].startswith("data:image/png;base64,")
    task = runway.tasks[str(job.runway_task_id)]
    for state, expected in (
        ({"status": "THROTTLED"}, (Status.THROTTLED, 0)),
        ({"status": "RUNNING", "progress": 0.4}, (Status.RUNNING, 40)),
        ({"status": "RUNNING", "progress": 0.2}, (Status.RUNNING, 40)),
    ):
        task |= state
        job = poll_once(job)
        assert (job.status, job.progress) == expected
    runway.succeed(str(job.runway_task_id), clip)
    job = poll_once(job)
    assert (job.status, job.credits_charged) == (Status.DOWNLOADING, Decimal(25))
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert job.asset is not None
    assert job.asset.path == job.scene.path / "videos" / "take-001.mp4"
    assert job.asset.path.read_bytes() == clip
    assert [path.name for path in job.asset.path.parent.iterdir()] == ["take-001.mp4"]
    moves = job.events.filter(kind=JobEvent.Kind.MOVE).values_list("status", flat=True)
    assert list(moves) == ["queued", "submitting", "pending", "throttled", "running", "downloading", "completed"]


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_not_accepted_is_sent_again(job: GenerationJob, runway: StandIn, status: int) -> None:
    runway.next("POST", Fault(status=status, body={"error": "Too busy"}, headers={"Retry-After": "7"}))
    job = submitted(job)
    assert (job.status, job.waiting_code, job.attempts) == (Status.QUEUED, "runway_busy", 1)
    assert job.due_at is not None
    assert timedelta(seconds=6) < job.due_at - timezone.now() <= timedelta(seconds=7)
    assert submitted(job).status == Status.QUEUED  # a nudge that comes too early does nothing
    make_due(job)
    assert submitted(job).status == Status.PENDING
    assert len(runway.creates) == 1


def test_runway_away(job: GenerationJob, runway: StandIn, settings: Settings) -> None:
    settings.RUNWAY_API_URL = "http://127.0.0.1:9"
    job = submitted(job)
    assert (job.status, job.waiting_code) == (Status.QUEUED, "runway_unreachable")
    assert connection.state().condition == "unreachable"
    settings.RUNWAY_API_URL = runway.url
    make_due(job)
    assert submitted(job).status == Status.PENDING
    assert connection.state().condition == "ok"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=502),
        Fault(status=504),
        Fault(cut=True),
        Fault(cut=True, accept_first=True),
        Fault(status=200, body={"id": ""}),
        Fault(status=302, headers={"Location": "/v1/image_to_video"}),
    ],
    ids=lambda fault: "cut" if fault.cut else str(fault.status),
)
def test_an_unknown_outcome_is_left_to_a_person(job: GenerationJob, runway: StandIn, fault: Fault) -> None:
    runway.next("POST", fault)
    job = submitted(job)
    assert (job.status, job.error_code) == (Status.UNCONFIRMED, "unconfirmed")
    submit.submit(str(job.pk))
    sweep.sweep({})
    assert look(job).status == Status.UNCONFIRMED
    assert sum(method == "POST" for method, _ in runway.requests) == 1


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (
            Fault(
                status=400,
                body={
                    "error": "Validation of body failed",
                    "issues": [{"path": ["ratio"], "message": "Invalid option", "code": "invalid_value"}],
                },
            ),
            "runway_rejected",
            "ratio: Invalid option",
        ),
        (Fault(status=401, body={"error": "No API key"}), "runway_unauthorized", "RUNWAY_API_KEY"),
    ],
)
def test_a_refusal_is_final(job: GenerationJob, runway: StandIn, fault: Fault, code: str, words: str) -> None:
    runway.next("POST", fault)
    job = submitted(job)
    assert (job.status, job.error_code) == (Status.FAILED, code)
    assert words in job.error_message
    assert job.credits_charged is None
    assert (connection.state().condition == "unauthorized") == (code == "runway_unauthorized")


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, "You do not have enough credits to run this task.", "not_enough_credits"),
        (429, "Your daily task limit has been reached.", "daily_limit"),
    ],
)
def test_money_and_quota_park(job: GenerationJob, runway: StandIn, status: int, error: str, code: str) -> None:
    runway.next("POST", Fault(status=status, body={"error": error}))
    job = submitted(job)
    assert (job.status, job.waiting_code) == (Status.QUEUED, code)
    make_due(job)
    assert submitted(job).status == Status.PENDING


def test_what_is_too_dear_is_not_asked(job: GenerationJob, runway: StandIn) -> None:
    runway.organization["creditBalance"] = 10
    job = submitted(job)
    assert (job.status, job.waiting_code) == (Status.QUEUED, "not_enough_credits")
    assert "15 credits are missing" in job.waiting_message
    assert not runway.creates
    runway.organization["creditBalance"] = 25
    connection.forget()
    make_due(job)
    assert submitted(job).status == Status.PENDING


def test_credits_that_are_spoken_for_count(owner: User, scene: Scene, runway: StandIn) -> None:
    runway.organization["creditBalance"] = 40
    first, second = make_job(owner, scene), make_job(owner, scene)
    assert submitted(first).status == Status.PENDING
    assert "10 credits are missing" in submitted(second).waiting_message


def test_a_full_day_parks_the_model_until_it_opens(owner: User, scene: Scene, runway: StandIn) -> None:
    runway.limit("gen4_turbo", 5)
    runway.organization["usage"] = {"models": {"gen4_turbo": {"dailyGenerations": 999}}}
    first, second, third = (make_job(owner, scene) for _ in range(3))
    other = make_job(owner, scene, model="gen4.5")
    first = submitted(first)
    assert first.status == Status.PENDING
    second, third = submitted(second), submitted(third)
    assert (second.waiting_code, third.waiting_code) == ("daily_limit", "daily_limit")
    assert first.submitted_at is not None
    assert second.due_at == third.due_at == first.submitted_at + timedelta(hours=24)
    assert f"{second.due_at:%H:%M} UTC" in third.waiting_message
    assert submitted(other).status == Status.PENDING
    assert len(runway.creates) == 2


def test_more_than_runway_wants_waits_here(owner: User, scene: Scene, runway: StandIn) -> None:
    runway.limit("gen4_turbo", 1)
    jobs = [make_job(owner, scene) for _ in range(4)]
    assert submitted(jobs[3]).waiting_code == "waiting_for_place"
    for job in jobs:
        submitted(job)
    states = [look(job).status for job in jobs]
    assert states == [Status.PENDING, Status.PENDING, Status.QUEUED, Status.QUEUED]
    runway.tasks[str(look(jobs[0]).runway_task_id)] |= {"status": "FAILED", "failureCode": "INTERNAL", "failure": "?"}
    poll_once(jobs[0])
    assert [submitted(job).status for job in jobs[2:]] == [Status.PENDING, Status.QUEUED]


def test_two_workers_with_the_same_nudge_send_once(job: GenerationJob, runway: StandIn) -> None:
    threads = [threading.Thread(target=submit.submit, args=(str(job.pk),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runway.creates) == 1
    assert look(job).status == Status.PENDING


def test_a_sender_that_died_leaves_proof_or_a_question(job: GenerationJob, owner: User, runway: StandIn) -> None:
    other = make_job(owner, job.scene)
    for each in (job, other):
        each.move_to(Status.SUBMITTING, claimed_by="dead", claim_expires_at=timezone.now() - timedelta(seconds=1))
    journal.write(str(job.pk), task_id := str(uuid.uuid4()))
    sweep.sweep({})
    assert (look(job).status, look(job).runway_task_id) == (Status.PENDING, task_id)
    assert look(other).status == Status.UNCONFIRMED
    assert not runway.creates


def test_an_answer_that_comes_after_all(job: GenerationJob, runway: StandIn) -> None:
    """The sweep has given the sender up, and it was only slow."""
    job.move_to(Status.SUBMITTING)
    late = look(job)
    submit.unconfirmed(job, "taken for dead")
    submit.accept(late, CreatedTask(task_id := str(uuid.uuid4()), None))
    assert (look(job).status, look(job).runway_task_id) == (Status.PENDING, task_id)


def test_a_paid_task_is_written_down_whoever_won(job: GenerationJob, runway: StandIn) -> None:
    job.move_to(Status.SUBMITTING)
    late = look(job)
    job.move_to(Status.FAILED, error_code="given_up")
    submit.accept(late, CreatedTask(task_id := str(uuid.uuid4()), None))
    assert look(job).status == Status.FAILED
    assert JobEvent.objects.get(runway_task_id=task_id).job == job


@pytest.mark.parametrize(
    ("code", "retryable"),
    [("SAFETY.INPUT.TEXT", False), ("INTERNAL", True), ("INTERNAL.BAD_OUTPUT.CODE01", False), ("", True)],
)
def test_failures_of_tasks(job: GenerationJob, runway: StandIn, code: str, retryable: bool) -> None:
    job = submitted(job)
    runway.tasks[str(job.runway_task_id)] |= {
        "status": "FAILED",
        "failure": "It did not work.",
        "failureCode": code,
        "cost": {"credits": 0},
    }
    job = poll_once(job)
    assert (job.status, job.error_retryable, job.credits_charged) == (Status.FAILED, retryable, Decimal(0))
    assert "It did not work." in job.error_message


def test_a_task_that_runway_does_not_know(job: GenerationJob, runway: StandIn) -> None:
    job = submitted(job)
    runway.tasks.clear()
    assert poll_once(job).error_code == "task_gone"


def test_polls_that_fail_leave_the_job_at_runway(job: GenerationJob, runway: StandIn) -> None:
    job = submitted(job)
    runway.next("GET", Fault(status=500), Fault(cut=True), Fault(status=401, body={"error": "bad key"}))
    for attempts in (1, 2, 3):
        job = poll_once(job)
        assert (job.status, job.attempts) == (Status.PENDING, attempts)
    assert poll_once(job).waiting_code == ""


def test_time_out_counts_from_the_start_and_its_retry_is_free(
    job: GenerationJob, owner: User, runway: StandIn, clip: bytes, settings: Settings
) -> None:
    job = submitted(job)
    settings.RUNWAY_TASK_TIMEOUT = 0.001
    runway.tasks[str(job.runway_task_id)] |= {"status": "THROTTLED"}
    assert poll_once(job).status == Status.THROTTLED
    runway.tasks[str(job.runway_task_id)] |= {"status": "RUNNING", "progress": 0.5}
    assert poll_once(job).status == Status.RUNNING
    job = poll_once(job)
    assert (job.status, job.error_code) == (Status.FAILED, "timeout")
    runway.succeed(str(job.runway_task_id), clip)
    assert actions.retry(owner, job)[0].pk == job.pk
    assert poll_once(job).status == Status.DOWNLOADING
    assert len(runway.creates) == 1


def test_cancel_in_the_queue(job: GenerationJob, owner: User, runway: StandIn) -> None:
    assert "nothing was charged" in actions.cancel(owner, job)
    assert look(job).status == Status.CANCELLED
    submit.submit(str(job.pk))
    assert not runway.creates


@pytest.mark.parametrize(
    ("state", "words", "charged"),
    [("PENDING", "gives the credits back", 0), ("THROTTLED", "credits back", 0), ("RUNNING", "does not refund", 25)],
)
def test_cancel_at_runway(
    job: GenerationJob, owner: User, runway: StandIn, state: str, words: str, charged: int
) -> None:
    job = submitted(job)
    runway.tasks[str(job.runway_task_id)] |= {"status": state}
    assert words in actions.cancel(owner, job)
    assert (look(job).status, look(job).credits_charged) == (Status.CANCELLED, Decimal(charged))
    assert not runway.tasks
    with pytest.raises(Problem, match="cancelled already"):
        actions.cancel(owner, look(job))


def test_cancel_keeps_a_clip_that_is_finished(job: GenerationJob, owner: User, runway: StandIn, clip: bytes) -> None:
    job = submitted(job)
    runway.succeed(str(job.runway_task_id), clip)
    assert "kept" in actions.cancel(owner, job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


def test_cancel_while_runway_is_away_is_honoured_later(job: GenerationJob, owner: User, runway: StandIn) -> None:
    job = submitted(job)
    runway.next("GET", Fault(status=503))
    assert "as soon as" in actions.cancel(owner, job)
    assert look(job).status == Status.PENDING
    assert poll_once(job).status == Status.CANCELLED


def test_cancel_while_the_request_is_out(job: GenerationJob, owner: User, runway: StandIn) -> None:
    job.move_to(Status.SUBMITTING)
    late = look(job)
    assert "on its way" in actions.cancel(owner, job)
    submit.accept(late, CreatedTask(runway.add_task(), None))
    assert poll_once(job).status == Status.CANCELLED


def test_a_cut_download_goes_on_where_it_broke_off(job: GenerationJob, runway: StandIn, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    runway.clip_faults = [len(clip) // 2]
    collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.waiting_code) == (Status.DOWNLOADING, "download_failed")
    make_due(job)
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert job.asset is not None
    assert job.asset.path.read_bytes() == clip


def test_an_expired_link_is_renewed(job: GenerationJob, runway: StandIn, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    runway.clip_faults = [Fault(status=403)]
    collect.collect(str(job.pk))
    assert look(job).waiting_code == "link_renewed"
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


@pytest.mark.parametrize("served", [b"", b"<html>no clip</html>", b"cut"], ids=["empty", "html", "cut"])
def test_what_is_no_clip_is_never_completed(
    job: GenerationJob, owner: User, runway: StandIn, clip: bytes, served: bytes
) -> None:
    job = finished_there(job, runway, clip)
    runway.clips["clip.mp4"] = clip[: len(clip) // 2] if served == b"cut" else served
    for _ in range(3):
        make_due(job)
        collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.error_code, job.clip_may_come) == (Status.FAILED, "bad_clip", True)
    assert list((job.scene.path / "videos").iterdir()) == []
    runway.clips["clip.mp4"] = clip
    assert actions.retry(owner, job)[0].pk == job.pk
    job = poll_once(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED
    assert len(runway.creates) == 1


def test_a_full_disk_gives_nothing_up(job: GenerationJob, runway: StandIn, clip: bytes, projects_root: Path) -> None:
    job = finished_there(job, runway, clip)
    videos = job.scene.path / "videos"
    videos.rmdir()
    videos.write_text("a file where the folder should be")
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.DOWNLOADING
    assert job.waiting_code == "folder_unwritable"
    videos.unlink()
    make_due(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


def test_retry_of_a_failed_job_is_one_new_take(job: GenerationJob, owner: User, runway: StandIn) -> None:
    runway.next("POST", Fault(status=400, body={"error": "no"}))
    job = submitted(job)
    successor, _ = actions.retry(owner, job)
    assert (successor.pk != job.pk, successor.take, successor.retry_of) == (True, 2, job)
    with pytest.raises(Problem, match="take 2"):
        actions.retry(owner, job)
    assert submitted(successor).status == Status.PENDING
    with pytest.raises(Problem, match="pending"):
        actions.retry(owner, look(successor))


def test_unconfirmed_is_adopted(job: GenerationJob, owner: User, runway: StandIn, clip: bytes) -> None:
    runway.next("POST", Fault(cut=True, accept_first=True))
    job = submitted(job)
    (task_id,) = runway.tasks
    other = submitted(make_job(owner, job.scene))
    for wrong, words in (
        ("nonsense", "UUID"),
        (str(uuid.uuid4()), "does not know"),
        (str(other.runway_task_id), "Another job"),
        (runway.add_task(createdAt="2020-01-01T00:00:00.000Z"), "older"),
    ):
        with pytest.raises(Problem, match=words):
            actions.resolve(owner, job, task_id=wrong)
    actions.resolve(owner, job, task_id=task_id)
    runway.succeed(task_id, clip)
    assert poll_once(job).status == Status.DOWNLOADING


def test_unconfirmed_is_given_up(job: GenerationJob, owner: User, runway: StandIn) -> None:
    runway.next("POST", Fault(cut=True))
    job = submitted(job)
    actions.resolve(owner, job, lost=True)
    assert (look(job).status, look(job).error_code) == (Status.FAILED, "given_up")
    with pytest.raises(Problem, match="unconfirmed"):
        actions.resolve(owner, look(job), lost=True)


def test_the_same_key_is_the_same_job(owner: User, scene: Scene) -> None:
    job = make_job(owner, scene, idempotency_key="once")
    picture = job.prompt_image
    asked = {"model": "gen4_turbo", "prompt_text": "push in", "ratio": "1280:720", "duration": 5, "image": picture}
    same, new = actions.generate(owner, scene, **asked, idempotency_key="once")  # type: ignore[arg-type]
    assert (same.pk, new) == (job.pk, False)
    with pytest.raises(Problem) as refused:
        actions.generate(owner, scene, **asked | {"duration": 6}, idempotency_key="once")  # type: ignore[arg-type]
    assert refused.value.status == 409
    assert GenerationJob.objects.count() == 1


def test_a_claim_of_the_dead_is_free_again(job: GenerationJob, runway: StandIn) -> None:
    held = GenerationJob.objects.filter(pk=job.pk)
    held.update(claimed_by="alive", claim_expires_at=timezone.now() + timedelta(seconds=5))
    assert submitted(job).status == Status.QUEUED
    # a clock that was set back by an hour
    held.update(claim_expires_at=timezone.now() + timedelta(hours=1))
    assert submitted(job).status == Status.PENDING


def test_the_poll_has_one_holder() -> None:
    assert claims.take_lease("poll", "a")
    assert claims.take_lease("poll", "a")
    assert not claims.take_lease("poll", "b")
    assert claims.lease_is_held("poll")
    claims.give_lease("poll", "a")
    assert not claims.lease_is_held("poll")
    assert claims.take_lease("poll", "b")
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert claims.take_lease("poll", "a")


def test_scene_json_follows(job: GenerationJob, runway: StandIn, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    collect.collect(str(job.pk))
    text = (job.scene.path / "metadata" / "scene.json").read_text()
    assert '"status": "has_content"' in text
    assert '"path": "scene-1/videos/take-001.mp4"' in text


def test_unconfirmed_is_sent_again_by_a_person(job: GenerationJob, owner: User, runway: StandIn) -> None:
    runway.next("POST", Fault(cut=True))
    job = submitted(job)
    again, new = actions.send_again(owner, job, idempotency_key="once")
    same, newer = actions.send_again(owner, look(job), idempotency_key="once")
    assert (again.pk == same.pk, new, newer) == (True, True, False)
    assert (look(job).status, again.take) == (Status.FAILED, 2)
    assert submitted(again).status == Status.PENDING


def test_the_page_of_an_unconfirmed_take(job: GenerationJob, owner: User, runway: StandIn, client: Client) -> None:
    submitted(make_job(owner, job.scene))
    runway.next("POST", Fault(cut=True, accept_first=True))
    job = submitted(job)
    day = timezone.now().date().isoformat()
    runway.usage = [{"date": day, "usedCredits": [{"model": "gen4_turbo", "amount": 50}]}]
    client.force_login(owner)
    page = client.get(f"/takes/{job.pk}/unconfirmed/").content.decode()
    for words in ("push in", "50 credits", "25 credits", "may well have been taken", "Send it again", "Adopt it"):
        assert words in page, words
    runway.usage = [{"date": day, "usedCredits": [{"model": "gen4_turbo", "amount": 25}]}]
    assert "most likely not taken" in client.get(f"/takes/{job.pk}/unconfirmed/").content.decode()
    runway.next("POST", Fault(status=503))
    assert "Runway does not tell" in client.get(f"/takes/{job.pk}/unconfirmed/").content.decode()
    assert client.post(f"/takes/{job.pk}/send-again/", {"key": "k"}).status_code == 302
    assert GenerationJob.objects.get(retry_of=job).status == Status.QUEUED
    assert client.get(f"/takes/{job.pk}/unconfirmed/").status_code == 302
