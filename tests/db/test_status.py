"""The status page, and `manage.py diagnostics`."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
import redis.exceptions
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from config.environment import Environment
from generation.engine import job_counts, queues, runway_calls
from generation.models.status import Status
from generation.pages import status
from projects.models import Asset
from tests import factories
from tests.db.pages.makers import add_clip, add_job, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_sizes", [])
    job_counts.forget_old_counts()

    def away() -> int:
        raise redis.exceptions.ConnectionError

    monkeypatch.setattr(queues, "count_live_workers", away)


def test_staff_see_whether_the_studio_keeps_up(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = factories.make_scene(factories.make_project(name="Northern lights"))
    add_job(scene, Status.RUNNING)
    add_clip(scene)
    Asset.objects.update(bytes=3 * 1024 * 1024)
    counts = [
        ("runway_requests", ["GET /v1/tasks/{id}", "200"], 97.0),
        ("runway_requests", ["GET /v1/tasks/{id}", "503"], 3.0),
        ("runway_seconds", ["0.1"], 60.0),
        ("runway_seconds", ["0.5"], 40.0),
        ("runway_seconds_sum", [], 20.0),
    ]
    monkeypatch.setattr(runway_calls, "read_counters", lambda: counts)
    client = Client()
    client.force_login(factories.make_user(is_staff=True))
    page = " ".join(re.sub(r"<[^>]*>", " ", text(client.get("/status/"))).split())
    assert "Generating 1" in page
    assert "GET /v1/tasks/{id} 100 3 503: 3" in page
    assert "0.20 s on average (95% within 0.5 s)" in page
    assert "Northern lights 1 3.0 MB" in page.replace("\xa0", " ")
    assert "Redis is away" in page
    assert "Submit, collect and export workers start when there is work." in page


def test_a_person_who_is_no_staff_is_refused() -> None:
    client = Client()
    client.force_login(factories.make_user())
    assert client.get("/status/").status_code == 403


def test_diagnostics_have_no_secret(settings: Settings, tmp_path: Path) -> None:
    secrets = {
        "RUNWAY_API_KEY": "key_secret1",
        "SECRET_KEY": "secret2",
        "STUDIO_OWNER_PASSWORD": "secret3",
        "DATABASE_URL": "postgres://me:secret4@db.example/films",
        "REDIS_URL": "redis://:secret5@redis.example/0",
    }
    settings.ENVIRONMENT = Environment(secrets)
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "redis.log").write_text("an old line\n" * 10_000 + "the last line\n")
    output = tmp_path / "diagnostics.zip"
    call_command("diagnostics", "--output", str(output))
    assert output.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(output) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "secret" not in "".join(parts.values()).replace("_secret_", "").replace("secret_key", "")
    assert json.loads(parts["settings.json"])["RUNWAY_API_KEY"]["value"] == "set"
    assert json.loads(parts["settings.json"])["DATABASE_URL"]["value"] == "postgres://me:***@db.example/films"
    assert json.loads(parts["jobs.json"])["byState"]["queued"] == 0
    assert "error" in json.loads(parts["queues.json"])
    assert parts["logs/redis.log"].endswith("the last line\n")
    assert len(parts["logs/redis.log"]) <= 64 * 1024
