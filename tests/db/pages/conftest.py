"""A signed-in owner with a scene."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from projects.models import Scene
from tests import factories


@pytest.fixture
def owner() -> User:
    return factories.make_user("owner", password="screening-room-7")


@pytest.fixture
def client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def scene(owner: User) -> Scene:
    return factories.make_scene(factories.make_project(owner, "Night ferry"), "Harbour")
