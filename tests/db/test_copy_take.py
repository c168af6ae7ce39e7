"""A take that is copied to another scene."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generation.actions.copy_take import copy_take
from generation.models import GenerationJob
from projects.models import Scene
from projects.problems import Problem
from tests import factories, media
from tests.db.quality.takes import finish, look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def source(tmp_path: Path) -> GenerationJob:
    path = tmp_path / "clip.mp4"
    path.write_bytes(media.clip(64, 36))
    return look(finish(factories.make_scene(), path))


def test_a_copy_is_a_take_of_its_own(source: GenerationJob) -> None:
    scene, user = factories.make_scene(source.project), factories.owner_of(source.project)
    copies = [copy_take(user, source, scene) for _ in range(2)]
    assert [(copy.status, copy.take) for copy in copies] == [("completed", 1), ("completed", 2)]
    assert not any(copy.credits_charged or copy.credits_estimated for copy in copies)
    assert source.asset
    for copy in copies:
        assert copy.asset
        assert copy.asset.path.read_bytes() == source.asset.path.read_bytes()
        assert copy.asset.path.parent == scene.path / "videos"
    stored = json.loads((scene.path / "metadata" / "scene.json").read_bytes())
    assert [each["take"] for each in stored["generation"]["completedVideos"]] == [1, 2]
    assert source.asset.path.is_file()


def test_what_cannot_be_copied(source: GenerationJob) -> None:
    user, scene = factories.owner_of(source.project), factories.make_scene(source.project)
    foreign = factories.make_scene()
    running = factories.make_job(source.scene, status="running", take=9)
    cases: list[tuple[GenerationJob, Scene, int]] = [
        (source, source.scene, 422),
        (source, foreign, 422),
        (running, scene, 409),
    ]
    for job, target, status in cases:
        with pytest.raises(Problem) as problem:
            copy_take(user, job, target)
        assert problem.value.status == status
    assert source.asset
    source.asset.path.unlink()
    with pytest.raises(Problem) as problem:
        copy_take(user, source, scene)
    assert problem.value.status == 409
    assert not scene.jobs.exists()
    assert list((scene.path / "videos").iterdir()) == []
