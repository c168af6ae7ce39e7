"""The simulator's books, without a process: who runs when, what it costs, what comes back after a restart."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generation.simulator import prompt_words
from generation.simulator.bodies import usage_dates
from generation.simulator.drawings import Drawings
from generation.simulator.journal import InUse, Journal
from generation.simulator.organization import DAY, Limits, Organization
from generation.simulator.prompt_words import Fault, Faults
from generation.simulator.refusals import Refused
from generation.simulator.task import Order, Task

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
MIDNIGHT = NOON + DAY / 2
TODAY, TOMORROW, SOON = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
GENEROUS = Limits(concurrency=9, daily=9, credits=1000)


def link(name: str = "clip.mp4") -> str:
    return f"http://127.0.0.1/{name}"


def order(number: int = 1, prompt: str = "", model: str = "gen4_turbo") -> Order:
    return Order(
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


def made(organization: Organization, now: float, **asked: Any) -> Task:
    task = organization.create(order(**asked), now)
    task.drawn = True
    return task


def opened(folder: Path, limits: Limits = GENEROUS, now: float = NOON) -> Organization:
    return Organization(limits, Journal(folder / "journal.jsonl"), now)


def balance(organization: Organization, now: float) -> int:
    credits = organization.as_dict(now)["creditBalance"]
    assert isinstance(credits, int)
    return credits


def test_a_task_from_its_start_to_its_end(tmp_path: Path) -> None:
    task = made(opened(tmp_path), NOON)
    assert task.as_dict(NOON, link) == {
        "id": task.order.id,
        "status": "PENDING",
        "createdAt": "2026-03-01T12:00:00.000Z",
        "estimatedCost": {"credits": 25},
    }
    seen = [task.as_dict(NOON + 1 + tenth / 10, link) for tenth in range(90)]
    assert {look["status"] for look in seen} == {"RUNNING"}
    progress = [look["progress"] for look in seen]
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0, 0.99)
    assert set(seen[0]) == {"id", "status", "createdAt", "estimatedCost", "progress"}
    end = task.as_dict(NOON + 10, link)
    assert (end["status"], end["output"], end["cost"]) == ("SUCCEEDED", [link()], {"credits": 25})
    assert set(end) == {"id", "status", "createdAt", "output", "cost"}


def test_a_clip_that_is_late_keeps_the_task_running(tmp_path: Path) -> None:
    task = made(opened(tmp_path), NOON)
    task.drawn = False
    assert task.as_dict(NOON + 60, link)["progress"] == 0.99
    task.drawn = True
    assert task.status(NOON + 60) == "SUCCEEDED"


def test_tasks_over_the_limit_wait_and_start_by_themselves_in_order(tmp_path: Path) -> None:
    organization = opened(tmp_path, Limits(concurrency=1, daily=9, credits=1000))
    first, second, third = (made(organization, NOON + number, number=number) for number in range(3))
    assert [task.status(NOON + 3) for task in (first, second, third)] == ["RUNNING", "THROTTLED", "THROTTLED"]
    # nobody looks for a long time: each started the moment its forerunner ended all the same
    organization.find(third.order.id, NOON + 25)
    assert (second.started_at, third.started_at) == (NOON + 10, NOON + 20)
    assert third.status(NOON + 25) == "RUNNING"


def test_a_removed_task_leaves_its_place_to_the_next(tmp_path: Path) -> None:
    organization = opened(tmp_path, Limits(concurrency=1, daily=9, credits=1000))
    first, second, third = (made(organization, NOON, number=number) for number in range(3))
    organization.remove(second.order.id, NOON + 1)
    organization.remove(first.order.id, NOON + 5)
    assert third.started_at == NOON + 5
    with pytest.raises(Refused, match="Could not find Task") as refused:
        organization.find(first.order.id, NOON + 5)
    assert refused.value.status == 404


@pytest.mark.parametrize(("after", "charged"), [(0, 0), (0.9, 0), (1, 25), (9, 25), (11, 25)])
def test_only_what_has_not_begun_is_refunded_when_cancelled(after: float, charged: int, tmp_path: Path) -> None:
    organization = opened(tmp_path)
    task = made(organization, NOON)
    organization.remove(task.order.id, NOON + after)
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
def test_what_a_failure_costs(code: str, charged: int, tmp_path: Path) -> None:
    organization = opened(tmp_path)
    task = made(organization, NOON, prompt=f"a [fail:{code}] b")
    assert balance(organization, NOON + 9) == 975
    end = organization.find(task.order.id, NOON + 10).as_dict(NOON + 10, link)
    assert (end["status"], end["cost"]) == ("FAILED", {"credits": charged})
    assert end.get("failureCode", "NONE") == code
    assert set(end) - {"failureCode"} == {"id", "status", "createdAt", "failure", "cost"}
    assert balance(organization, NOON + 10) == 1000 - charged


def test_a_refund_counts_on_the_day_on_which_it_comes(tmp_path: Path) -> None:
    organization = opened(tmp_path)
    made(organization, MIDNIGHT - 5, prompt="[fail:INTERNAL]")
    used = {day: [{"model": "gen4_turbo", "amount": amount}] for day, amount in ((TODAY, 25), (TOMORROW, -25))}
    assert organization.usage(TODAY, SOON, MIDNIGHT + 10) == {
        "results": [{"date": day.isoformat(), "usedCredits": credits} for day, credits in used.items()],
        "models": ["gen4_turbo"],
    }
    assert organization.usage(SOON, date(2026, 4, 1), MIDNIGHT + 10) == {"results": [], "models": []}


def test_the_daily_limit_is_one_of_24_hours_and_of_one_model(tmp_path: Path) -> None:
    organization = opened(tmp_path, Limits(concurrency=9, daily=2, credits=1000))
    made(organization, NOON, number=1)
    made(organization, NOON + 3600, number=2)
    with pytest.raises(Refused, match="daily task limit") as refused:
        made(organization, NOON + DAY - 1, number=3)
    assert refused.value.status == 429
    made(organization, NOON + DAY - 1, number=3, model="gen4.5")
    made(organization, NOON + DAY, number=4)
    counts = organization.as_dict(NOON + DAY)["usage"]["models"]
    used = {name: told["dailyGenerations"] for name, told in counts.items() if told["dailyGenerations"]}
    assert used == {"gen4_turbo": 2, "gen4.5": 1}


def test_without_credits_there_is_no_task(tmp_path: Path) -> None:
    organization = opened(tmp_path, Limits(concurrency=9, daily=9, credits=49))
    made(organization, NOON, number=1)
    with pytest.raises(Refused, match="not have enough credits") as refused:
        made(organization, NOON, number=2)
    assert (refused.value.status, refused.value.issues) == (400, [])
    assert len(organization.tasks()) == 1


def test_a_restart_brings_everything_back(tmp_path: Path) -> None:
    organization = opened(tmp_path, Limits(concurrency=2, daily=9, credits=1000))
    made(organization, NOON, number=1, prompt="[fail:INTERNAL]")
    for number in (2, 3, 4, 5):
        made(organization, NOON + number, number=number)
    organization.remove(order(4).id, NOON + 8)
    before = {task.order.id: (task.started_at, task.charged) for task in organization.tasks()}
    told = organization.as_dict(NOON + 14)
    organization.close()

    again = opened(tmp_path, Limits(concurrency=2, daily=9, credits=1000), NOON + 14)
    assert {task.order for task in again.tasks()} == {order(1, "[fail:INTERNAL]"), order(2), order(3), order(5)}
    assert again.as_dict(NOON + 14) == told
    found = {task.order.id: (task.started_at, task.charged) for task in again.tasks()}
    assert found[order(2).id] == before[order(2).id]
    assert found[order(3).id] == (NOON + 10, 25)


def test_another_concurrency_at_the_next_start_changes_nothing_that_was(tmp_path: Path) -> None:
    organization = opened(tmp_path, Limits(concurrency=3, daily=9, credits=1000))
    for number in (1, 2, 3, 4):
        made(organization, NOON, number=number)
    organization.close()
    again = opened(tmp_path, Limits(concurrency=1, daily=9, credits=1000), NOON + 5)
    again.as_dict(NOON + 11)
    starts = [task.started_at for task in again.tasks()]
    assert starts == [NOON, NOON, NOON, NOON + 10]


def test_old_tasks_are_forgotten_and_what_they_cost_is_not(tmp_path: Path) -> None:
    organization = opened(tmp_path)
    made(organization, NOON)
    organization.close()
    again = opened(tmp_path, now=NOON + 31 * DAY)
    assert again.tasks() == []
    assert balance(again, NOON + 31 * DAY) == 975


def test_a_piece_of_a_line_in_the_journal_harms_nothing_else(tmp_path: Path) -> None:
    organization = opened(tmp_path)
    made(organization, NOON, number=1)
    organization.close()
    with (tmp_path / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"at":17,"created":{"id":"x"}')
    again = opened(tmp_path)
    made(again, NOON, number=2)
    again.close()
    assert [task.order.id for task in opened(tmp_path).tasks()] == [order(1).id, order(2).id]


def test_two_simulators_never_share_a_journal(tmp_path: Path) -> None:
    organization = opened(tmp_path)
    with pytest.raises(InUse):
        opened(tmp_path)
    organization.close()


def test_a_clip_that_cannot_be_drawn_fails_the_task_and_costs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    organization = opened(tmp_path)
    drawings = Drawings(tmp_path, organization.broken.append)
    task = organization.create(order(), NOON)
    drawings.keep_picture(task.order.id, b"no picture")
    drawings.start(task)
    drawings.close()
    assert organization.find(task.order.id, NOON + 11).as_dict(NOON + 11, link) == {
        "id": task.order.id,
        "status": "FAILED",
        "createdAt": "2026-03-01T12:00:00.000Z",
        "failure": "An unexpected error occurred.",
        "failureCode": "INTERNAL",
        "cost": {"credits": 0},
    }
    assert balance(organization, NOON + 11) == 1000


def test_what_no_task_needs_is_removed_from_the_disk(tmp_path: Path) -> None:
    organization = opened(tmp_path)
    drawings = Drawings(tmp_path, organization.broken.append)
    Image.new("RGB", (64, 36)).save(tmp_path / "picture.png")
    task = organization.create(order(), NOON)
    drawings.keep_picture(task.order.id, (tmp_path / "picture.png").read_bytes())
    drawings.keep_picture("nobody's", b"")
    drawings.path("half.part").touch()
    drawings.path("old.mp4").touch()
    drawings.tidy(organization.tasks())
    drawings.start(task)
    drawings.close()
    assert task.drawn
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["clip.mp4"]
    assert list((tmp_path / "pictures").iterdir()) == []


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("slow push in", prompt_words.PromptWords()),
        ("a [seconds:3] b [fail:SAFETY.INPUT.TEXT]", prompt_words.PromptWords(fail="SAFETY.INPUT.TEXT", seconds=3)),
        ("[expire:0.5][hang:2]", prompt_words.PromptWords(expire=0.5, hang=2)),
        ("[http:503*2]", prompt_words.PromptWords(http=Fault(503, 2))),
        ("[poll:500] [output:404*1]", prompt_words.PromptWords(poll=Fault(500, None), output=Fault(404, 1))),
        ("[http:200] [seconds:x] [http:] [nothing:1]", prompt_words.PromptWords()),
    ],
)
def test_words_in_a_prompt(prompt: str, words: prompt_words.PromptWords) -> None:
    assert prompt_words.read(prompt) == words


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
def test_a_camera_that_is_asked_to_move(prompt: str, move: str | None) -> None:
    assert prompt_words.camera_move(prompt) == move


def test_a_fault_is_answered_as_often_as_asked() -> None:
    faults = Faults()
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
def test_wrong_usage_dates(body: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        usage_dates(body, TODAY)
    assert [issue["path"] for issue in refused.value.issues] == [[field]]
