"""Proxies: small copies of clips, which are made when clips arrive or when somebody asks for them."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import av
import pytest
from django.test import Client

from film.engine import proxies
from generation.engine import queues
from projects import actions, mirror
from projects.models import Asset, Membership, Project
from tests.db.test_projects_api import Caller
from tests.factories import make_project, make_scene
from tests.media import clip, sound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(queues, "nudge", lambda *arguments: calls.append(arguments))
    return calls


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def asset(project: Project) -> Asset:
    return actions.store_upload(make_scene(project), "a.mp4", [clip(1280, 720, frames=20, fps=24)])


@pytest.fixture
def get(project: Project) -> Callable[[Asset], tuple[int, str]]:
    client: Client = Caller(Membership.objects.get(project=project).user).client

    def ask(asset: Asset) -> tuple[int, str]:
        response = client.get(asset.file_url.replace("/file", "/proxy"))
        return response.status_code, response.headers.get("Location", response.headers["Content-Type"])

    return ask


def test_a_proxy_is_small_and_has_many_key_frames(asset: Asset) -> None:
    proxies.make(str(asset.pk))
    with av.open(str(proxies.proxy_path(asset.sha256))) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (960, 540)
        assert stream.average_rate == 24
        frames = list(container.decode(stream))
    assert len(frames) == 20
    keys = [number for number, frame in enumerate(frames) if frame.key_frame]
    assert all(after - key <= 6 for key, after in zip(keys, [*keys[1:], 20], strict=True))


def test_a_clip_that_arrives_gets_one(asset: Asset, nudged: list[tuple[str, ...]]) -> None:
    mirror.write_behind()
    assert nudged == [("proxy", str(asset.pk))]
    proxies.make(str(asset.pk))
    nudged.clear()
    make_scene(asset.scene.project)
    mirror.write_behind()
    assert nudged == []


def test_until_it_is_made_the_file_itself_is_played(
    asset: Asset, nudged: list[tuple[str, ...]], get: Callable[[Asset], tuple[int, str]]
) -> None:
    assert get(asset) == (302, asset.file_url)
    assert nudged == [("proxy", str(asset.pk))]
    proxies.make(str(asset.pk))
    assert get(asset) == (200, "video/mp4")


def test_a_clip_without_a_proxy_is_tried_once(
    asset: Asset, nudged: list[tuple[str, ...]], get: Callable[[Asset], tuple[int, str]]
) -> None:
    asset.path.write_bytes(asset.path.read_bytes()[:600])
    proxies.make(str(asset.pk))
    assert not proxies.is_missing(asset.sha256)
    assert get(asset) == (302, asset.file_url)
    assert nudged == []


def test_what_is_no_clip_or_gone_has_none(project: Project, asset: Asset) -> None:
    voice = actions.store_upload(make_scene(project), "a.wav", [sound()])
    proxies.make(str(voice.pk))
    proxies.make(str(uuid.uuid4()))
    assert not proxies.proxy_path(voice.sha256).exists()
    asset.path.unlink()
    proxies.make(str(asset.pk))
    # it may be put back
    assert proxies.is_missing(asset.sha256)
