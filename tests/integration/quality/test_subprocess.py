"""The process that looks at files: what it may use up, and that nobody falls with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generation.quality import entry
from generation.quality import subprocess as apart
from generation.quality.rules import Asked, Earlier
from generation.quality.verdict import judge
from tests import quality_media
from tests.studio_process import eventually, is_alive

ASKED = Asked(width=320, height=180, seconds=1, earlier=[Earlier(1, ["0" * 64] * 8, "a" * 64)])


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return quality_media.save(tmp_path_factory.mktemp("clips") / "clip.mp4", [quality_media.BLACK] * quality_media.FPS)


def codes(path: Path) -> tuple[str, list[str]]:
    judgement = apart.judge_apart(path, ASKED, 1.0)
    return judgement.verdict, [reason.finding.code for reason in judgement.reasons]


def test_it_says_what_is_said_here(clip: Path) -> None:
    assert apart.judge_apart(clip, ASKED, 1.0) == judge(clip, ASKED)


def test_a_file_for_which_it_takes_too_long(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0)
    assert codes(clip) == ("warn", ["not_checked"])


def test_a_file_that_uses_its_time_up(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel ends it."""
    monkeypatch.setattr(apart, "COMMAND", [sys.executable, "-c", LIMITED_LOOP])
    assert codes(clip) == ("warn", ["not_checked"])


LIMITED_LOOP = """
import resource, signal
resource.setrlimit(resource.RLIMIT_CPU, (1, 9))
while True: pass
"""


def test_a_file_that_uses_its_memory_up(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "COMMAND", [sys.executable, "-c", f"import os; os._exit({entry.OUT_OF_MEMORY})"])
    assert codes(clip) == ("warn", ["not_checked"])


def test_a_decoder_that_crashes(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(apart, "COMMAND", [sys.executable, "-c", words])
    assert codes(clip) == ("fail", ["unreadable"])


def test_who_ends_without_an_answer_has_broken_down(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "COMMAND", [sys.executable, "-c", "pass"])
    assert codes(clip) == ("fail", ["unreadable"])


def test_memory_is_limited(clip: Path) -> None:
    """So little that not even the libraries find room."""
    question = f'{{"path": "{clip}", "asked": {{"earlier": []}}, "bytes": 1, "seconds": 9}}\n'
    done = subprocess.run(apart.COMMAND, input=question.encode(), capture_output=True, timeout=30, check=False)
    assert done.returncode != 0
    assert not done.stdout


def test_it_ends_with_who_asked() -> None:
    """kill -9 of a worker leaves nobody behind."""
    words = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen({[sys.executable, '-c', WAITS]!r}, stdin=subprocess.PIPE)\n"
        "print(p.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE, cwd=apart.TOP) as worker:
        assert worker.stdout
        pid = int(worker.stdout.readline())
        assert is_alive(pid)
        os.kill(worker.pid, signal.SIGKILL)
        eventually(lambda: not is_alive(pid))


WAITS = "import time; from generation.quality import entry; entry.end_with_the_asker(); time.sleep(60)"
