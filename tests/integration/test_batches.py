"""Batches: wrong rows are named, all jobs or none are created, nothing is paid twice, a cancel counts what it did."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

from generation import actions, tasks
from generation.batches import shotlist
from generation.batches.cancel import cancel_batch
from generation.batches.create import create_batch
from generation.batches.summary import summarize
from generation.engine import collect, forecast, poll, runway_account
from generation.models import Batch, GenerationJob
from generation.models.status import Status
from generation.money import budget_settings
from projects import actions as projects_actions
from projects import mirror
from projects.actions import new_assets
from projects.mirror import rebuild
from projects.models import Asset, Project, Scene
from tests import media
from tests.fakes.runway import FakeRunway
from tests.integration.engine_steps import finished_there, look, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def add_picture(scene: Scene, colour: str = "navy", name: str = "first.png") -> Asset:
    data = media.encode(Image.new("RGB", (640, 360), colour), "PNG")
    return new_assets.store_upload(scene, name, [data], only="image")


@pytest.fixture
def project(owner: User) -> Project:
    """Three scenes, two of them with a picture."""
    project = projects_actions.create_project(owner, "Film")
    for colour in ("navy", "teal", ""):
        scene = projects_actions.create_scene(project)
        if colour:
            add_picture(scene, colour)
    return project


@pytest.fixture
def client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def post(client: Client, rest: str, body: dict[str, Any], key: str = "") -> tuple[int, dict[str, Any]]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post(f"/api/batches{rest}", json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def start(owner: User, project: Project, items: list[dict[str, Any]], **more: Any) -> Batch:
    return create_batch(owner, project, shotlist.rows_from_items(items), **more)[0]


def shots(*seeds: int, scene: str = "scene-1") -> list[dict[str, Any]]:
    return [{"scene": scene, "promptText": "push in", "seed": seed} for seed in seeds]


def counts(batch: Batch) -> dict[str, int]:
    return summarize(batch).counts


def test_one_wrong_row_of_eighty_is_named_and_nothing_is_started(client: Client, project: Project) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Scene", "prompt", "model", "duration", "seed"])
    for number in range(1, 81):
        duration = 11 if number == 37 else 5
        writer.writerow(["scene-1", f"move, {number}", "gen4_turbo", duration, number])
    status, answer = post(client, "", {"projectId": "film", "csv": text.getvalue()})
    assert (status, len(answer["errors"])) == (422, 1)
    assert answer["errors"][0]["field"] == "rows.37.duration"
    assert answer["message"].startswith("Row 37: duration must be")
    assert "2, 3, 4, 5, 6, 7, 8, 9, 10" in answer["message"]
    assert not Batch.objects.exists()
    assert not GenerationJob.objects.exists()


def test_every_wrong_row_is_named(client: Client, project: Project) -> None:
    items: list[dict[str, Any]] = [
        {"scene": "scene-9", "promptText": "a"},
        {"scene": "scene-3", "promptText": "no picture"},
        {"scene": "scene-1", "promptText": "a", "model": "gen99"},
        {"scene": "scene-1", "promptText": "a", "kind": "dance"},
        {"scene": "scene-1", "promptText": "a", "seed": -1, "ratio": "1:1"},
        {"scene": "scene-1", "promptText": "a", "promptImage": "second.png"},
        {"scene": "scene-1", "promptText": "a", "takes": 0},
        {"scene": "scene-1", "promptText": "a", "takes": 3, "seed": 4},
        {"scene": "scene-1", "promptText": "a", "flavour": "mint"},
        {"scene": "scene-1", "promptText": "all is well"},
    ]
    status, answer = post(client, "", {"projectId": "film", "items": items})
    assert status == 422
    assert [wrong["field"] for wrong in answer["errors"]] == [
        "rows.1.scene",
        "rows.2.promptImage",
        "rows.3.model",
        "rows.4.kind",
        "rows.5.ratio",
        "rows.5.seed",
        "rows.6.promptImage",
        "rows.7.takes",
        "rows.8.takes",
        "rows.9.flavour",
    ]
    assert not GenerationJob.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("scene,prompt\n", "from 1 to 1000 rows"),
        ("scene,flavour\nscene-1,mint", "no column 'flavour'"),
        ("scene,scene\na,b", "appears twice"),
        ("scene,prompt\nscene-1,pan, then hold", "Row 1 has more cells"),
        ('scene,prompt\nscene-1,"open', "not valid CSV"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused(client: Client, project: Project, text: str, words: str) -> None:
    status, answer = post(client, "", {"projectId": "film", "csv": text})
    assert status == 422
    assert words in answer["message"]


def test_csv_as_spreadsheets_save_it(client: Client, project: Project) -> None:
    """From a spreadsheet: a mark at its front, semicolons, empty lines and cells, and numbers for what is text."""
    text = "\ufeffScene;Prompt;Image;Seed;Takes\r\nScene 1;5;first.png;7;\r\n;;;;\r\nscene-2;Schwenk;;;2\r\n"
    status, answer = post(client, "/preview", {"projectId": "film", "csv": text})
    assert status == 200, answer
    assert [(item["row"], item["sceneId"]) for item in answer["data"]["items"]] == [
        (1, "scene-1"),
        (2, "scene-2"),
        (2, "scene-2"),
    ]
    assert answer["data"]["items"][0]["parameters"]["promptText"] == "5"
    assert answer["data"]["items"][0]["parameters"]["seed"] == 7
    assert (answer["data"]["credits"], answer["data"]["free"]) == (75, 0)
    assert not GenerationJob.objects.exists()


def test_the_same_key_twice_is_one_batch(client: Client, project: Project) -> None:
    body = {"projectId": "film", "name": "Drafts", "items": shots(1, 2)}
    status, first = post(client, "", body, "k")
    assert (status, first["data"]["total"], first["data"]["state"]) == (202, 2, "running")
    assert post(client, "", body, "k") == (
        200,
        first | {"message": "This request was accepted before. Here is its batch."},
    )
    assert post(client, "", body | {"items": shots(3)}, "k")[0] == 409
    assert GenerationJob.objects.count() == 2
    listed = client.get("/api/batches?project=film").json()["data"]["batches"]
    assert listed == [first["data"]]
    jobs = client.get(f"/api/jobs?batch={first['data']['batchId']}").json()["data"]["jobs"]
    assert sorted(job["batchRow"] for job in jobs) == [1, 2]


def test_the_sum_must_fit_the_budget(owner: User, client: Client, project: Project) -> None:
    budget_settings.set_budget(owner, project=project, username=None, period="total", credits=Decimal(60))
    status, answer = post(client, "", {"projectId": "film", "items": shots(1, 2, 3)})
    assert (status, answer["code"]) == (409, "budget_exceeded")
    assert "15 credits short" in answer["message"]
    assert not GenerationJob.objects.exists()
    assert not Batch.objects.exists()
    # two of them are one request: it is paid once
    assert post(client, "", {"projectId": "film", "items": shots(1, 2, 2)})[0] == 202


def test_batches_of_a_matrix_and_of_scenes_without_a_take(owner: User, client: Client, project: Project) -> None:
    matrix = {
        "scenes": ["scene-1", "scene-2"],
        "prompts": ["push in", "pull out"],
        "models": ["gen4_turbo", "gen4.5"],
        "seeds": [1, 2],
        "duration": 5,
    }
    status, answer = post(client, "/preview", {"projectId": "film", "matrix": matrix})
    assert (status, answer["data"]["total"]) == (200, 16)
    assert answer["data"]["credits"] == 8 * 25 + 8 * 60
    missing = {"projectId": "film", "withoutTake": {"promptText": "push in"}}
    status, answer = post(client, "", missing)
    assert (status, answer["data"]["total"]) == (202, 2)  # the third has no picture
    assert post(client, "", missing)[0] == 409  # all are under way
    assert post(client, "", {"projectId": "film"})[0] == 422
    assert post(client, "", {"projectId": "film", "csv": "x", "items": shots(1)})[0] == 422


def test_the_chosen_takes_of_a_draft_become_final(
    owner: User, client: Client, project: Project, runway: FakeRunway, clip: bytes
) -> None:
    draft = start(owner, project, [*shots(7), *shots(8, scene="scene-2")])
    for job in draft.jobs.order_by("batch_row"):
        collect.collect(str(finished_there(job, runway, clip).pk))
    body = {"projectId": "film", "finalOf": {"batchId": str(draft.pk), "model": "gen4.5"}}
    assert post(client, "/preview", body)[0] == 409  # nothing is chosen yet
    actions.choose(look(draft.jobs.get(batch_row=2)), chosen=True)
    status, answer = post(client, "", body)
    assert status == 202, answer
    final = GenerationJob.objects.get(batch=answer["data"]["batchId"])
    drafted = draft.jobs.get(batch_row=2)
    assert (final.scene, final.model) == (drafted.scene, "gen4.5")
    same = ("promptText", "promptImage", "seed")
    assert [final.parameters[name] for name in same] == [drafted.parameters[name] for name in same]


def test_a_retry_starts_failed_jobs_again_but_not_refused_ones(
    owner: User, client: Client, project: Project, runway: FakeRunway, clip: bytes
) -> None:
    batch = start(owner, project, [*shots(1, 2), {"scene": "scene-1", "promptText": "what nobody may see"}])
    good, bad, refused = batch.jobs.order_by("batch_row")
    collect.collect(str(finished_there(good, runway, clip).pk))
    for job, code in ((bad, "INTERNAL"), (refused, "SAFETY.INPUT.TEXT")):
        task = str(submitted(job).runway_task_id)
        runway.fail(task, code)
    settle()
    assert (summarize(batch).state, counts(batch)) == ("partly", {"completed": 1, "failed": 2})
    answer = client.get(f"/api/batches/{batch.pk}/retry").json()["data"]
    assert answer == {"anew": 1, "goingOn": 0, "credits": 25}
    status, answer = post(client, f"/{batch.pk}/retry", {})
    assert (status, answer["data"]["counts"]) == (200, {"completed": 1, "failed": 1, "queued": 1})
    assert GenerationJob.objects.get(retry_of=bad).batch_row == 2
    assert post(client, f"/{batch.pk}/retry", {})[0] == 409


def settle() -> None:
    GenerationJob.objects.at_runway().update(due_at=timezone.now())
    with ThreadPoolExecutor(4) as pool:
        poll.poll_due_tasks(pool)


def work(runway: FakeRunway, clip: bytes, steps: int) -> None:
    """What workers do: send what may be sent, finish it there, fetch it."""
    for _ in range(steps):
        for job in GenerationJob.objects.filter(status=Status.QUEUED).due(timezone.now()).order_by("created_at"):
            tasks.submit(str(job.pk))
        for job in GenerationJob.objects.at_runway():
            runway.succeed(job.runway_task_id, clip)
        settle()
        for job in GenerationJob.objects.filter(status=Status.DOWNLOADING):
            tasks.collect(str(job.pk))


def test_a_batch_at_the_limits_of_the_first_tier(
    owner: User, project: Project, runway: FakeRunway, clip: bytes
) -> None:
    """The quick form of `make bench ARGS=batches`: 12 takes, 1 at a time, 5 a day; cancelled in the middle; again."""
    runway.limit("gen4_turbo", 1, daily=5, used=0)
    items = [*shots(1, 2, 3, 4, 5, 6), *shots(1, 2, 3, 4, 5, 6, scene="scene-2")]
    batch = start(owner, project, items)
    runway_account.refresh_organization()
    (plan,) = forecast.forecast_batch(batch)
    assert (plan.waiting, plan.fits) == (12, 5)
    assert "5 of 12 fit today" in plan.sentence
    work(runway, clip, 6)
    assert counts(batch) == {"completed": 5, "queued": 7}
    assert len(runway.creates) == 5
    # the day opens for two more, one of them at Runway when it is cancelled
    GenerationJob.objects.filter(status=Status.COMPLETED).update(submitted_at=timezone.now() - timedelta(hours=25))
    GenerationJob.objects.filter(status=Status.QUEUED).update(due_at=None, waiting_code="", waiting_message="")
    first, *_ = GenerationJob.objects.filter(status=Status.QUEUED).order_by("created_at")
    assert submitted(first).status == Status.PENDING
    cancelled = cancel_batch(owner, batch)
    assert (cancelled.unsent, cancelled.at_runway, cancelled.too_late) == (6, 1, 0)
    settle()
    assert counts(batch) == {"completed": 5, "cancelled": 7}
    assert look(first).credits_charged == 0
    assert len(runway.creates) == 6
    # the same once more: what is there costs nothing, whatever the day's limit says
    runway.limit("gen4_turbo", 1, daily=5, used=5)
    runway_account.expire_organization()
    again = start(owner, project, items)
    work(runway, clip, 1)
    assert counts(again) == {"completed": 5, "queued": 7}
    assert summarize(again).reused == 5
    assert len(runway.creates) == 6


def test_equal_rows_are_paid_once(owner: User, project: Project, runway: FakeRunway, clip: bytes) -> None:
    batch = start(owner, project, shots(4, 4, 4))
    assert summarize(batch).expected == 25
    work(runway, clip, 1)
    work(runway, clip, 1)
    assert counts(batch) == {"completed": 3}
    assert len(runway.creates) == 1
    assert summarize(batch).spent == 25


def test_a_batch_is_rebuilt_from_the_folders(owner: User, project: Project) -> None:
    batch = start(owner, project, shots(1, 2), name="Drafts")
    mirror.write_behind()
    GenerationJob.objects.all().delete()
    Project.objects.all().delete()
    rebuild.rebuild(owner)
    found = Batch.objects.get()
    assert (found.pk, found.name) == (batch.pk, "Drafts")
    assert list(found.jobs.order_by("batch_row").values_list("batch_row", flat=True)) == [1, 2]


def test_the_command(owner: User, project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shots = tmp_path / "shots.csv"
    shots.write_text("scene,prompt,seed\nscene-1,push in,1\nscene-1,push in,1\nscene-2,pull out,\n")
    call_command("batch", "Film", str(shots), preview=True)
    assert "3 takes, 50 credits, 1 for nothing" in capsys.readouterr().out
    call_command("batch", "film", str(shots))
    batch = Batch.objects.get()
    assert (batch.name, batch.jobs.count()) == ("shots", 3)
    assert capsys.readouterr().out == f"/projects/film/batches/{batch.pk}/\n"
    shots.write_text("scene,prompt,seed\nscene-1,push in,x\n")
    with pytest.raises(CommandError, match=r"(?s)Row 1: seed must be .*Nothing was started"):
        call_command("batch", "film", str(shots))
    assert Batch.objects.count() == 1


def test_strangers_get_404(client: Client, owner: User, project: Project) -> None:
    batch = start(owner, project, shots(1))
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger"))
    assert stranger.get(f"/api/batches/{batch.pk}").status_code == 404
    assert stranger.get("/api/batches").json()["data"]["batches"] == []
    assert client.get("/api/batches/none").status_code == 404
