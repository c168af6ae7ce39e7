"""Fixtures of the tests that need Django's database and nothing else."""

from __future__ import annotations

import pytest

from tests.fakes.queue import MemoryQueue


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> MemoryQueue:
    """The queue that jobs are put into here; a real one is in tests/integration."""
    return MemoryQueue.install(monkeypatch)
