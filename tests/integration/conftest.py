"""Fixtures of the tests that need a Redis, a Runway or a whole studio."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import redis
from django.contrib.auth.models import User
from PIL import Image
from pytest_django import Settings

from generation.models import GenerationJob
from generation.simulator import clips
from projects import actions as projects_actions
from projects.models import Scene
from tests.fakes.runway import FakeRunway
from tests.fakes.runway.http_server import serving
from tests.integration.engine_steps import make_job
from tests.studio_process import studio

__all__ = ["studio"]

# what needs a PostgreSQL
collect_ignore = [] if os.environ.get("TEST_DATABASE_URL") else ["test_two_studios.py"]


@pytest.fixture
def runway(settings: Settings) -> Iterator[FakeRunway]:
    with serving(FakeRunway()) as fake:
        settings.RUNWAY_API_URL = fake.url
        settings.RUNWAY_API_KEY = "key_test"
        settings.RUNWAY_IS_SIMULATOR = False
        settings.RUNWAY_POLL_SECONDS = 0.01
        yield fake


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
