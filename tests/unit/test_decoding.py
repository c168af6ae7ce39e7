"""Files of people and of Runway are decoded elsewhere, within limits of memory and time, and nobody else pays."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from projects.disk import decoding
from projects.disk.decoding.limits import NICENESS, Limits
from projects.disk.decoding.pool import Pool
from projects.problems import Problem
from tests import media

MEGABYTE = 1024**2


@pytest.fixture
def pools() -> Iterator[list[Pool]]:
    made: list[Pool] = []
    yield made
    for pool in made:
        pool.close()


def make_pool(pools: list[Pool], size: int = 1, **limits: Any) -> Pool:
    pools.append(Pool(size, Limits(**limits)))
    return pools[-1]


def inspect(pool: Pool, path: Path) -> Any:
    return pool.call("inspect", path=str(path), sha256=None)[0]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(media.picture(kind="PNG"))
    return path


def test_a_picture_that_asks_for_memory_gets_none(tmp_path: Path, pools: list[Pool], picture: Path) -> None:
    # 200 MB of coefficients in some kilobytes
    bomb = tmp_path / "bomb.jpg"
    Image.new("CMYK", (5000, 5000)).save(bomb, "JPEG", progressive=True)
    assert bomb.stat().st_size < MEGABYTE
    pool = make_pool(pools, memory_bytes=300 * MEGABYTE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Problem) as refused:
        inspect(pool, bomb)
    assert refused.value.status == 422
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10 * 1024
    # the next one is read
    assert inspect(pool, picture)["kind"] == "image"


def test_a_sound_of_nothing_but_packets_costs_this_process_nothing(tmp_path: Path, pools: list[Pool]) -> None:
    # frames of MPEG-2 at 8 kbit/s, of 24 bytes each
    path = tmp_path / "packets.mp3"
    path.write_bytes((bytes.fromhex("fff314c4") + bytes(20)) * 2_000_000)
    pool = make_pool(pools, cpu_seconds=1)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(Problem, match="too much time"):
        inspect(pool, path)
    assert time.process_time() - started < 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10 * 1024


def test_one_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, pools: list[Pool], picture: Path) -> None:
    pool = make_pool(pools)
    pool.call("frame_rate", path=str(picture))
    (process,) = pool.idle
    # only now: its start takes a while, too
    monkeypatch.setattr(process, "_limits", Limits(wall_seconds=0.2))
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(Problem, match="too much time"):
        inspect(pool, picture)
    assert process.wait(0) == -signal.SIGKILL
    assert pool.idle == ()


def test_one_that_has_ended_is_replaced(pools: list[Pool], picture: Path) -> None:
    pool = make_pool(pools, idle_seconds=0.05)
    assert inspect(pool, picture)["width"]
    (process,) = pool.idle
    assert process.wait(10) == 0
    assert inspect(pool, picture)["width"]
    (killed,) = pool.idle
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(10)
    assert inspect(pool, picture)["width"]


def test_one_that_has_grown_ends(pools: list[Pool], picture: Path) -> None:
    pool = make_pool(pools, kept_bytes=1)
    assert inspect(pool, picture)["width"]
    assert pool.idle == ()


def test_many_at_once_share_few_processes(pools: list[Pool], picture: Path) -> None:
    pool = make_pool(pools, size=2)
    kinds: list[str] = []
    threads = [threading.Thread(target=lambda: kinds.append(inspect(pool, picture)["kind"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert kinds == ["image"] * 8
    assert len(pool.idle) <= 2


def test_it_has_neither_secrets_nor_priority(monkeypatch: pytest.MonkeyPatch, pools: list[Pool], picture: Path) -> None:
    monkeypatch.setenv("RUNWAY_API_KEY", "a-secret")
    pool = make_pool(pools)
    inspect(pool, picture)
    (process,) = pool.idle
    folder = Path(f"/proc/{process.pid}")
    assert b"a-secret" not in (folder / "environ").read_bytes()
    assert os.getpriority(os.PRIO_PROCESS, process.pid) >= os.getpriority(os.PRIO_PROCESS, 0) + NICENESS
    assert (folder / "oom_score_adj").read_text().strip() == "1000"


def test_what_is_raised_there_is_raised_here(tmp_path: Path, picture: Path) -> None:
    assert decoding.inspect(picture).mime_type == "image/png"
    with pytest.raises(FileNotFoundError):
        decoding.inspect(tmp_path / "nothing")
    (tmp_path / "text").write_text("text")
    with pytest.raises(Problem) as refused:
        decoding.inspect(tmp_path / "text")
    assert (refused.value.status, refused.value.code) == (415, "unsupported_media")
    assert decoding.frame_rate(picture) is None
    assert decoding.make_poster(picture, "image", 64).startswith(b"\xff\xd8\xff")
    with pytest.raises(Problem, match="not a video"):
        decoding.frame_at(picture)


def test_a_process_is_there_before_it_is_asked(pools: list[Pool], picture: Path) -> None:
    pool = make_pool(pools)
    pool.prepare()
    (process,) = pool.idle
    pool.prepare()
    assert pool.idle == (process,)
    assert inspect(pool, picture)["kind"] == "image"
    assert pool.idle == (process,)
