"""The judging process: its limits of time and memory, and that its crash harms nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generation.quality import subprocess as quality_subprocess
from generation.quality.expectations import EarlierTake, Expectations
from generation.quality.judgment import OUT_OF_MEMORY_EXIT
from generation.quality.verdict import judge
from tests import quality_media
from tests.studio_process import eventually, is_alive

EXPECTED = Expectations(width=320, height=180, seconds=1, earlier=[EarlierTake(1, ["0" * 64] * 8, "a" * 64)])


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return quality_media.save(tmp_path_factory.mktemp("clips") / "clip.mp4", [quality_media.BLACK] * quality_media.FPS)


def codes(path: Path) -> tuple[str, list[str]]:
    judgment = quality_subprocess.judge_in_subprocess(path, EXPECTED, 1.0)
    return judgment.verdict, [reason.finding.code for reason in judgment.reasons]


def test_answer_is_the_same_as_in_this_process(clip: Path) -> None:
    assert quality_subprocess.judge_in_subprocess(clip, EXPECTED, 1.0) == judge(clip, EXPECTED)


def test_file_that_takes_too_long_is_not_checked(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality_subprocess, "WALL_SECONDS_PER_CPU_SECOND", 0)
    assert codes(clip) == ("warn", ["not_checked"])


def test_file_over_the_cpu_limit_is_not_checked(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel ends the process with SIGXCPU."""
    monkeypatch.setattr(quality_subprocess, "COMMAND", [sys.executable, "-c", LIMITED_LOOP])
    assert codes(clip) == ("warn", ["not_checked"])


LIMITED_LOOP = """
import resource, signal
resource.setrlimit(resource.RLIMIT_CPU, (1, 9))
while True: pass
"""


def test_file_over_the_memory_limit_is_not_checked(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        quality_subprocess, "COMMAND", [sys.executable, "-c", f"import os; os._exit({OUT_OF_MEMORY_EXIT})"]
    )
    assert codes(clip) == ("warn", ["not_checked"])


def test_crashing_decoder_fails_the_file(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(quality_subprocess, "COMMAND", [sys.executable, "-c", words])
    assert codes(clip) == ("fail", ["unreadable"])


def test_end_without_an_answer_fails_the_file(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality_subprocess, "COMMAND", [sys.executable, "-c", "pass"])
    assert codes(clip) == ("fail", ["unreadable"])


def test_memory_is_limited(clip: Path) -> None:
    """With so little memory not even the libraries can be loaded."""
    question = f'{{"path": "{clip}", "expected": {{"earlier": []}}, "bytes": 1, "seconds": 9}}\n'
    result = subprocess.run(
        quality_subprocess.COMMAND, input=question.encode(), capture_output=True, timeout=30, check=False
    )
    assert result.returncode != 0
    assert not result.stdout


def test_process_ends_with_its_parent() -> None:
    """A worker that is killed leaves no process behind."""
    words = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen({[sys.executable, '-c', WAITS]!r}, stdin=subprocess.PIPE)\n"
        "print(p.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", words], stdout=subprocess.PIPE, cwd=quality_subprocess.REPOSITORY_ROOT
    ) as worker:
        assert worker.stdout
        pid = int(worker.stdout.readline())
        assert is_alive(pid)
        os.kill(worker.pid, signal.SIGKILL)
        eventually(lambda: not is_alive(pid))


WAITS = "import time; from generation.quality import entry; entry.exit_with_parent(); time.sleep(60)"
