"""Files that people put into folders by hand are there within seconds, also while they are copied slowly."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generation.engine import folder_watch, shutdown
from generation.models import GenerationJob
from projects import actions
from projects.disk import watch
from projects.mirror import hot_folders
from projects.models import Asset, Scene
from tests.factories import make_job, make_project, make_scene
from tests.media import clip, picture

pytestmark = pytest.mark.django_db(transaction=True)

# two or three on a machine that does nothing else
SECONDS = 10.0
_never = threading.Event()


class Watch:
    """The thread of a worker, as long as a test runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stop = threading.Event()
        monkeypatch.setattr(shutdown, "requested", self.stop)
        self.thread = threading.Thread(target=folder_watch._run)

    def wait(self, condition: Callable[[], bool], seconds: float = SECONDS) -> float:
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, "it did not come"
            _never.wait(0.05)
        return time.monotonic() - began


@pytest.fixture(params=["watching", "scanning"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scene() -> Scene:
    return make_scene(make_project(name="Film"))


@pytest.fixture
def running(mode: str, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    monkeypatch.setattr(watch, "can_watch", lambda root: mode == "watching")
    started = Watch(monkeypatch)
    state = Path(scene.project.path.parent.parent / "folder-watch.json")
    started.thread.start()
    started.wait(state.is_file)
    yield started
    started.stop.set()
    started.thread.join(10)
    assert not started.thread.is_alive()


def named(name: str) -> bool:
    return Asset.objects.filter(file_name=name, missing_since=None).exists()


def test_new_changed_renamed_and_removed_files(running: Watch, scene: Scene, mode: str) -> None:
    assert hot_folders.is_scanning() == (mode == "scanning")
    path = scene.path / "images" / "new.jpg"
    path.write_bytes(picture())
    running.wait(lambda: named("new.jpg"))
    asset = Asset.objects.get()
    path.write_bytes(picture(128, 72))
    running.wait(lambda: Asset.objects.get().width == 128)
    path.rename(path.with_name("better.jpg"))
    running.wait(lambda: named("better.jpg"))
    assert Asset.objects.get() == asset
    content = asset.path.with_name("better.jpg").read_bytes()
    asset.path.with_name("better.jpg").unlink()
    running.wait(lambda: Asset.objects.get().missing_since is not None)
    path.with_name("better.jpg").write_bytes(content)
    running.wait(lambda: named("better.jpg"))


def test_a_file_that_a_slow_program_copies(running: Watch, scene: Scene) -> None:
    path, content = scene.path / "videos" / "slow.mp4", clip(640, 360, 48)
    with path.open("wb") as file:
        for start in range(0, len(content), len(content) // 4 + 1):
            file.write(content[start : start + len(content) // 4 + 1])
            file.flush()
            assert not Asset.objects.exists()
            _never.wait(0.6)
    running.wait(lambda: named("slow.mp4"))
    assert Asset.objects.get().bytes == len(content)


def test_a_take_that_moves_to_another_scene_keeps_its_job(running: Watch, scene: Scene) -> None:
    other = make_scene(scene.project)
    take = actions.store_upload(scene, "take-001.mp4", [clip()])
    job = make_job(scene, status="completed", asset=take)
    take.path.rename(other.path / "videos" / "take-001.mp4")
    running.wait(lambda: Asset.objects.get().scene_id == other.pk)
    running.wait(lambda: GenerationJob.objects.get(pk=job.pk).scene_id == other.pk)


def test_a_take_that_is_removed_stays_in_the_story_of_its_job(running: Watch, scene: Scene) -> None:
    take = actions.store_upload(scene, "take-001.mp4", [clip()])
    job = make_job(scene, status="completed", asset=take)
    take.path.unlink()
    running.wait(lambda: Asset.objects.get().missing_since is not None)
    assert GenerationJob.objects.get(pk=job.pk).asset == take


def test_what_changed_while_nobody_watched(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    (scene.path / "images" / "before.jpg").write_bytes(picture())
    started = Watch(monkeypatch)
    started.thread.start()
    started.wait(lambda: named("before.jpg"))
    started.stop.set()
    started.thread.join(10)


def test_a_folder_that_cannot_be_watched_is_scanned(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("No space left on device (inotify watches)")

    monkeypatch.setattr("projects.disk.watch.watchfiles.watch", fail)
    started = Watch(monkeypatch)
    started.thread.start()
    started.wait(hot_folders.is_scanning)
    (scene.path / "images" / "new.jpg").write_bytes(picture())
    started.wait(lambda: named("new.jpg"))
    started.stop.set()
    started.thread.join(10)
