"""A database from a backup under folders that went on: what the files know is taken in, and nothing is paid twice."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.test import Client

from generation.engine import adoption, collect
from generation.models import GenerationJob, LedgerEntry
from generation.models.ledger import SPENT
from generation.models.status import Status
from projects import actions, mirror
from projects.mirror import rebuild
from projects.models import Asset, Project, Scene
from tests.fakes.runway import FakeRunway
from tests.integration.engine_steps import finished_there, look, make_job, poll_once, submitted

pytestmark = pytest.mark.django_db(transaction=True)


class Backup:
    """A copy of all rows, to be put back later."""

    def __init__(self) -> None:
        self.rows = connection.creation.serialize_db_to_string()

    def restore(self) -> None:
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
        connection.creation.deserialize_db_from_string(self.rows)


def finished(job: GenerationJob, runway: FakeRunway, clip: bytes) -> GenerationJob:
    collect.collect(str(finished_there(job, runway, clip).pk))
    return look(job)


def spent() -> Decimal:
    return LedgerEntry.objects.filter(SPENT).aggregate(credits=Sum("credits"))["credits"] or Decimal(0)


def scene_json(scene: Scene) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((scene.path / "metadata" / "scene.json").read_bytes())
    return data


def requests_in(scene: Scene) -> dict[str, dict[str, Any]]:
    return {entry["jobId"]: entry for entry in scene_json(scene)["generation"]["videoRequests"]}


def test_a_start_takes_in_what_the_folders_know(owner: User, scene: Scene, runway: FakeRunway, clip: bytes) -> None:
    first, waiting = finished(make_job(owner, scene), runway, clip), make_job(owner, scene)
    backup = Backup()
    waiting = submitted(waiting)
    second = finished(make_job(owner, scene), runway, clip + b"\0" * 8)
    unfinished = submitted(make_job(owner, scene))
    elsewhere = submitted(make_job(owner, actions.create_scene(scene.project, "Later")))
    actions.change_scene(scene, name="Renamed", position=2)
    bill, before = spent(), requests_in(scene)
    price = first.credits_charged or Decimal(0)
    assert (bill, len(before)) == (2 * price, 4)
    backup.restore()
    assert spent() == price

    mirror.take_in_newer()
    mirror.at_start()
    assert spent() == bill
    scene.refresh_from_db()
    assert (scene.name, scene.next_take, scene.position, scene.taken_in) == ("Renamed", 5, 2, "3 takes and 3 files")
    # the file got a later version, and is else as it was
    assert requests_in(scene).keys() == before.keys()
    states = {job.pk: (job.take, job.status, job.runway_task_id) for job in GenerationJob.objects.all()}
    for job in (waiting, second, unfinished, elsewhere):
        assert states[job.pk] == (job.take, job.status, job.runway_task_id)
    assert look(second).asset == Asset.objects.get(take=second.take, scene=scene)
    assert look(second).created_by == owner
    assert actions.create_scene(scene.project).number == 3

    # what was on its way is asked for, and costs what Runway says
    for job in (waiting, unfinished, elsewhere):
        runway.succeed(job.runway_task_id, clip)
        assert poll_once(job).status == Status.DOWNLOADING
        collect.collect(str(job.pk))
        assert look(job).status == Status.COMPLETED
    assert spent() == 5 * price
    assert len(runway.creates) == 5
    client = Client()
    client.force_login(owner)
    page = client.get(f"/projects/{scene.project.slug}/{scene.folder_name}/").content.decode()
    assert "newer than the database, as after a restored backup: 3 takes and 3 files imported" in " ".join(page.split())
    rows = Scene.objects.values_list("pk", "version").order_by("pk")
    versions = list(rows)
    mirror.take_in_newer()
    assert list(rows) == versions


def test_a_start_asks_once_for_the_scenes_of_a_project(scene: Scene, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        actions.create_scene(scene.project)
    mirror.at_start()
    # the projects, and the scenes of one
    with django_assert_num_queries(2):
        mirror.take_in_newer()


def test_a_newer_scene_json_is_never_overwritten(owner: User, scene: Scene, runway: FakeRunway, clip: bytes) -> None:
    backup = Backup()
    job = finished(make_job(owner, scene), runway, clip)
    newer = scene_json(scene)
    backup.restore()
    with transaction.atomic():
        mirror.changed(scene)
    assert scene_json(scene) == newer
    assert mirror.write_behind() == 1
    assert look(job).status == Status.COMPLETED
    assert requests_in(scene)[str(job.pk)]["status"] == "completed"
    assert mirror.write_behind() == 0


def test_what_makes_no_row_is_kept_aside(owner: User, scene: Scene) -> None:
    job = make_job(owner, scene)
    path = scene.path / "metadata" / "scene.json"
    data = scene_json(scene)
    data["generation"]["videoRequests"].append({"jobId": "no uuid", "status": "completed"})
    path.write_text(json.dumps(data))
    with transaction.atomic():
        mirror.changed(scene)
    mirror.write_behind()
    assert list(requests_in(scene)) == [str(job.pk)]
    assert json.loads((path.parent / ".trash" / "scene.json").read_bytes()) == data


def test_rebuild_counts_takes_of_known_scenes(owner: User, scene: Scene, runway: FakeRunway, clip: bytes) -> None:
    backup = Backup()
    job = finished(make_job(owner, scene), runway, clip)
    # an older version of the program has written over scene.json already, and given the number away again
    stored = (scene.path / "metadata" / "take-001.json").read_bytes()
    backup.restore()
    (scene.path / "metadata" / "scene.json").unlink()
    other = make_job(owner, scene)
    assert other.take == 1
    result = rebuild.rebuild(owner)
    assert (result.jobs, result.notes) == (1, [])
    restored = look(job)
    assert (restored.take, restored.status, restored.asset) == (2, "completed", Asset.objects.get(kind="video"))
    assert restored.credits_charged == job.credits_charged
    assert spent() == job.credits_charged
    assert (scene.path / "metadata" / "take-001.json").read_bytes() == stored
    assert rebuild.rebuild(owner).jobs == 0


def test_what_was_deleted_or_restored_since_then(owner: User, scene: Scene, runway: FakeRunway, clip: bytes) -> None:
    kept, deleted = scene, actions.create_scene(scene.project)
    actions.trash_scene(kept)
    other = actions.create_project(owner, "Other")
    backup = Backup()
    actions.restore_scene(kept)
    finished(make_job(owner, deleted), runway, clip)
    actions.trash_scene(deleted)
    gone = actions.create_scene(scene.project)
    finished(make_job(owner, gone), runway, clip + b"\0" * 8)
    actions.trash_scene(gone)
    bill = spent()
    actions.trash_project(other)
    backup.restore()
    mirror.take_in_newer()
    mirror.at_start()
    assert list(Scene.objects.filter(trashed_at=None)) == [kept]
    assert kept.path.is_dir()
    assert not deleted.path.exists()
    assert not other.path.exists()
    assert list(Project.objects.filter(trashed_at=None)) == [scene.project]
    assert spent() == bill
    assert actions.create_scene(scene.project).number == 4
    # with its take
    actions.restore_scene(Scene.objects.get(number=3))
    assert Asset.objects.get(scene__number=3, kind="video").path.is_file()


def test_a_task_in_the_journal_is_not_sent_again(owner: User, scene: Scene, runway: FakeRunway) -> None:
    job = make_job(owner, scene)
    other = make_job(owner, scene)
    backup = Backup()
    task = submitted(job).runway_task_id
    backup.restore()
    assert adoption.adopt_tasks_of_queued() == 1
    assert (look(job).status, look(job).runway_task_id) == (Status.PENDING, task)
    assert look(other).status == Status.QUEUED
    assert len(runway.creates) == 1
