"""The simulator's account without its process: scheduling, costs, restarts, and what prompts and dates mean."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generation.simulator import prompt_directives
from generation.simulator.api_errors import ApiError
from generation.simulator.journal import Journal, JournalInUse
from generation.simulator.organization import DAY, Limits, Organization
from generation.simulator.parsing import usage_dates
from generation.simulator.prompt_directives import Fault, FaultCounter, PromptDirectives
from generation.simulator.renderer import Renderer
from generation.simulator.task import Task, TaskSpec

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
MIDNIGHT = NOON + DAY / 2
TODAY, TOMORROW, SOON = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
GENEROUS = Limits(concurrency=9, daily=9, credits=1000)


def link(name: str = "clip.mp4") -> str:
    return f"http://127.0.0.1/{name}"


def make_spec(number: int = 1, prompt: str = "", model: str = "gen4_turbo") -> TaskSpec:
    return TaskSpec(
        id=f"00000000-0000-4000-8000-{number:012}",
        kind="image_to_video",
        model=model,
        prompt=prompt,
        width=1280,
        height=720,
        duration=5,
        move="in",
        clip="clip.mp4",
        credits=25,
        seconds=10,
        link_seconds=60,
    )


def create_rendered(organization: Organization, now: float, **spec: Any) -> Task:
    task = organization.create(make_spec(**spec), now)
    task.rendered = True
    return task


def open_organization(folder: Path, limits: Limits = GENEROUS, now: float = NOON) -> Organization:
    return Organization(limits, Journal(folder / "journal.jsonl"), now)


def balance(organization: Organization, now: float) -> int:
    credits = organization.as_dict(now)["creditBalance"]
    assert isinstance(credits, int)
    return credits


def test_task_from_start_to_end(tmp_path: Path) -> None:
    task = create_rendered(open_organization(tmp_path), NOON)
    assert task.as_dict(NOON, link) == {
        "id": task.spec.id,
        "status": "PENDING",
        "createdAt": "2026-03-01T12:00:00.000Z",
        "estimatedCost": {"credits": 25},
    }
    bodies = [task.as_dict(NOON + 1 + tenth / 10, link) for tenth in range(90)]
    assert {body["status"] for body in bodies} == {"RUNNING"}
    progress = [body["progress"] for body in bodies]
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0, 0.99)
    assert set(bodies[0]) == {"id", "status", "createdAt", "estimatedCost", "progress"}
    end = task.as_dict(NOON + 10, link)
    assert (end["status"], end["output"], end["cost"]) == ("SUCCEEDED", [link()], {"credits": 25})
    assert set(end) == {"id", "status", "createdAt", "output", "cost"}


def test_task_runs_until_its_clip_is_rendered(tmp_path: Path) -> None:
    task = create_rendered(open_organization(tmp_path), NOON)
    task.rendered = False
    assert task.as_dict(NOON + 60, link)["progress"] == 0.99
    task.rendered = True
    assert task.status(NOON + 60) == "SUCCEEDED"


def test_tasks_over_the_concurrency_limit_start_in_order(tmp_path: Path) -> None:
    organization = open_organization(tmp_path, Limits(concurrency=1, daily=9, credits=1000))
    first, second, third = (create_rendered(organization, NOON + number, number=number) for number in range(3))
    assert [task.status(NOON + 3) for task in (first, second, third)] == ["RUNNING", "THROTTLED", "THROTTLED"]
    # without any call for a long time, each has still started when the one before it ended
    organization.find(third.spec.id, NOON + 25)
    assert (second.started_at, third.started_at) == (NOON + 10, NOON + 20)
    assert third.status(NOON + 25) == "RUNNING"


def test_removed_task_frees_its_slot(tmp_path: Path) -> None:
    organization = open_organization(tmp_path, Limits(concurrency=1, daily=9, credits=1000))
    first, second, third = (create_rendered(organization, NOON, number=number) for number in range(3))
    organization.remove(second.spec.id, NOON + 1)
    organization.remove(first.spec.id, NOON + 5)
    assert third.started_at == NOON + 5
    with pytest.raises(ApiError, match="Could not find Task") as raised:
        organization.find(first.spec.id, NOON + 5)
    assert raised.value.status == 404


@pytest.mark.parametrize(("after", "charged"), [(0, 0), (0.9, 0), (1, 25), (9, 25), (11, 25)])
def test_cancelled_task_is_refunded_only_before_it_runs(after: float, charged: int, tmp_path: Path) -> None:
    organization = open_organization(tmp_path)
    task = create_rendered(organization, NOON)
    organization.remove(task.spec.id, NOON + after)
    assert balance(organization, NOON + 20) == 1000 - charged


@pytest.mark.parametrize(
    ("code", "charged"),
    [
        ("SAFETY.INPUT.TEXT", 25),
        ("SAFETY.OUTPUT.VIDEO", 25),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", 25),
        ("INPUT_PREPROCESSING.SAFETY.THIRD_PARTY", 0),
        ("INPUT_PREPROCESSING.INTERNAL", 0),
        ("ASSET.INVALID", 0),
        ("INTERNAL.BAD_OUTPUT.CODE01", 0),
        ("THIRD_PARTY.UNAVAILABLE", 0),
        ("INTERNAL", 0),
        ("NONE", 0),
    ],
)
def test_failure_code_decides_the_refund(code: str, charged: int, tmp_path: Path) -> None:
    organization = open_organization(tmp_path)
    task = create_rendered(organization, NOON, prompt=f"a [fail:{code}] b")
    assert balance(organization, NOON + 9) == 975
    end = organization.find(task.spec.id, NOON + 10).as_dict(NOON + 10, link)
    assert (end["status"], end["cost"]) == ("FAILED", {"credits": charged})
    assert end.get("failureCode", "NONE") == code
    assert set(end) - {"failureCode"} == {"id", "status", "createdAt", "failure", "cost"}
    assert balance(organization, NOON + 10) == 1000 - charged


def test_refund_counts_on_its_own_day(tmp_path: Path) -> None:
    organization = open_organization(tmp_path)
    create_rendered(organization, MIDNIGHT - 5, prompt="[fail:INTERNAL]")
    used = {day: [{"model": "gen4_turbo", "amount": amount}] for day, amount in ((TODAY, 25), (TOMORROW, -25))}
    assert organization.usage(TODAY, SOON, MIDNIGHT + 10) == {
        "results": [{"date": day.isoformat(), "usedCredits": credits} for day, credits in used.items()],
        "models": ["gen4_turbo"],
    }
    assert organization.usage(SOON, date(2026, 4, 1), MIDNIGHT + 10) == {"results": [], "models": []}


def test_daily_limit_is_per_model_over_24_hours(tmp_path: Path) -> None:
    organization = open_organization(tmp_path, Limits(concurrency=9, daily=2, credits=1000))
    create_rendered(organization, NOON, number=1)
    create_rendered(organization, NOON + 3600, number=2)
    with pytest.raises(ApiError, match="daily task limit") as raised:
        create_rendered(organization, NOON + DAY - 1, number=3)
    assert raised.value.status == 429
    create_rendered(organization, NOON + DAY - 1, number=3, model="gen4.5")
    create_rendered(organization, NOON + DAY, number=4)
    counts = organization.as_dict(NOON + DAY)["usage"]["models"]
    used = {name: usage["dailyGenerations"] for name, usage in counts.items() if usage["dailyGenerations"]}
    assert used == {"gen4_turbo": 2, "gen4.5": 1}


def test_task_is_refused_without_credits(tmp_path: Path) -> None:
    organization = open_organization(tmp_path, Limits(concurrency=9, daily=9, credits=49))
    create_rendered(organization, NOON, number=1)
    with pytest.raises(ApiError, match="not have enough credits") as raised:
        create_rendered(organization, NOON, number=2)
    assert (raised.value.status, raised.value.issues) == (400, [])
    assert len(organization.tasks()) == 1


def test_restart_restores_tasks_and_account(tmp_path: Path) -> None:
    organization = open_organization(tmp_path, Limits(concurrency=2, daily=9, credits=1000))
    create_rendered(organization, NOON, number=1, prompt="[fail:INTERNAL]")
    for number in (2, 3, 4, 5):
        create_rendered(organization, NOON + number, number=number)
    organization.remove(make_spec(4).id, NOON + 8)
    before = {task.spec.id: (task.started_at, task.charged) for task in organization.tasks()}
    account = organization.as_dict(NOON + 14)
    organization.close()

    again = open_organization(tmp_path, Limits(concurrency=2, daily=9, credits=1000), NOON + 14)
    assert {task.spec for task in again.tasks()} == {
        make_spec(1, "[fail:INTERNAL]"),
        make_spec(2),
        make_spec(3),
        make_spec(5),
    }
    assert again.as_dict(NOON + 14) == account
    after = {task.spec.id: (task.started_at, task.charged) for task in again.tasks()}
    assert after[make_spec(2).id] == before[make_spec(2).id]
    assert after[make_spec(3).id] == (NOON + 10, 25)


def test_restart_with_another_concurrency_keeps_running_tasks(tmp_path: Path) -> None:
    organization = open_organization(tmp_path, Limits(concurrency=3, daily=9, credits=1000))
    for number in (1, 2, 3, 4):
        create_rendered(organization, NOON, number=number)
    organization.close()
    again = open_organization(tmp_path, Limits(concurrency=1, daily=9, credits=1000), NOON + 5)
    again.as_dict(NOON + 11)
    starts = [task.started_at for task in again.tasks()]
    assert starts == [NOON, NOON, NOON, NOON + 10]


def test_old_tasks_are_forgotten_but_not_their_cost(tmp_path: Path) -> None:
    organization = open_organization(tmp_path)
    create_rendered(organization, NOON)
    organization.close()
    again = open_organization(tmp_path, now=NOON + 31 * DAY)
    assert again.tasks() == []
    assert balance(again, NOON + 31 * DAY) == 975


def test_partial_line_in_the_journal_is_skipped(tmp_path: Path) -> None:
    organization = open_organization(tmp_path)
    create_rendered(organization, NOON, number=1)
    organization.close()
    with (tmp_path / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"at":17,"created":{"id":"x"}')
    again = open_organization(tmp_path)
    create_rendered(again, NOON, number=2)
    again.close()
    assert [task.spec.id for task in open_organization(tmp_path).tasks()] == [make_spec(1).id, make_spec(2).id]


def test_journal_in_use_is_refused(tmp_path: Path) -> None:
    organization = open_organization(tmp_path)
    with pytest.raises(JournalInUse):
        open_organization(tmp_path)
    organization.close()


def test_clip_that_cannot_be_rendered_fails_and_is_refunded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    organization = open_organization(tmp_path)
    renderer = Renderer(tmp_path, organization.render_failures.append)
    task = organization.create(make_spec(), NOON)
    renderer.save_input_picture(task.spec.id, b"no picture")
    renderer.start(task)
    renderer.close()
    assert organization.find(task.spec.id, NOON + 11).as_dict(NOON + 11, link) == {
        "id": task.spec.id,
        "status": "FAILED",
        "createdAt": "2026-03-01T12:00:00.000Z",
        "failure": "An unexpected error occurred.",
        "failureCode": "INTERNAL",
        "cost": {"credits": 0},
    }
    assert balance(organization, NOON + 11) == 1000


def test_files_without_a_task_are_deleted(tmp_path: Path) -> None:
    organization = open_organization(tmp_path)
    renderer = Renderer(tmp_path, organization.render_failures.append)
    Image.new("RGB", (64, 36)).save(tmp_path / "picture.png")
    task = organization.create(make_spec(), NOON)
    renderer.save_input_picture(task.spec.id, (tmp_path / "picture.png").read_bytes())
    renderer.save_input_picture("nobody's", b"")
    renderer.path("half.part").touch()
    renderer.path("old.mp4").touch()
    renderer.delete_unneeded(organization.tasks())
    renderer.start(task)
    renderer.close()
    assert task.rendered
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["clip.mp4"]
    assert list((tmp_path / "pictures").iterdir()) == []


@pytest.mark.parametrize(
    ("prompt", "directives"),
    [
        ("slow push in", PromptDirectives()),
        (
            "a [seconds:3] b [fail:SAFETY.INPUT.TEXT]",
            PromptDirectives(fail="SAFETY.INPUT.TEXT", seconds=3),
        ),
        ("[expire:0.5][hang:2]", PromptDirectives(expire=0.5, hang=2)),
        ("[http:503*2]", PromptDirectives(http=Fault(503, 2))),
        ("[poll:500] [output:404*1]", PromptDirectives(poll=Fault(500, None), output=Fault(404, 1))),
        ("[http:200] [seconds:x] [http:] [nothing:1]", PromptDirectives()),
    ],
)
def test_prompt_directives(prompt: str, directives: PromptDirectives) -> None:
    assert prompt_directives.parse_directives(prompt) == directives


@pytest.mark.parametrize(
    ("prompt", "move"),
    [
        ("A slow push in on the lamp", "in"),
        ("the camera pulls back", "out"),
        ("Pan left along the shore", "left"),
        ("tracking to the right", "right"),
        ("crane up", "up"),
        ("tilting down", "down"),
        ("rain falls inside the room", None),
    ],
)
def test_camera_move_in_a_prompt(prompt: str, move: str | None) -> None:
    assert prompt_directives.camera_move(prompt) == move


def test_fault_is_answered_the_requested_number_of_times() -> None:
    faults = FaultCounter()
    assert [faults.status(Fault(503, 2), "http", "prompt") for _ in range(4)] == [503, 503, None, None]
    assert faults.status(Fault(503, 2), "http", "another") == 503
    assert [faults.status(Fault(500, None), "poll", "task") for _ in range(3)] == [500, 500, 500]
    assert faults.status(None, "http", "prompt") is None


@pytest.mark.parametrize(
    ("body", "start", "before"),
    [
        ({}, date(2026, 1, 30), date(2026, 3, 2)),
        ({"startDate": "2026-02-01"}, date(2026, 2, 1), date(2026, 3, 3)),
        ({"startDate": "2026-02-01", "beforeDate": "2026-05-02"}, date(2026, 2, 1), date(2026, 5, 2)),
    ],
)
def test_usage_dates(body: dict[str, str], start: date, before: date) -> None:
    assert usage_dates(body, TODAY) == (start, before)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"startDate": "yesterday"}, "startDate"),
        ({"startDate": 5}, "startDate"),
        ({"startDate": "2026-02-30"}, "startDate"),
        ({"startDate": "20260201"}, "startDate"),
        ({"beforeDate": "9999-12-31"}, "beforeDate"),
        ({"startDate": "2026-02-01", "beforeDate": "2026-05-03"}, "beforeDate"),
        ({"startDate": "2026-02-01", "beforeDate": "2026-02-01"}, "beforeDate"),
    ],
)
def test_invalid_usage_dates(body: dict[str, Any], field: str) -> None:
    with pytest.raises(ApiError) as raised:
        usage_dates(body, TODAY)
    assert [issue["path"] for issue in raised.value.issues] == [[field]]
