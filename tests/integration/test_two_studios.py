"""Two studios on one PostgreSQL; collected only where TEST_DATABASE_URL names one, see conftest.py."""

from __future__ import annotations

import os
from pathlib import Path

from tests.chaos.services import OutsideRedis, own_database
from tests.studio_process import RunningStudio


def test_both_start_at_once_on_an_empty_database(tmp_path: Path) -> None:
    redis = OutsideRedis(tmp_path)
    try:
        with own_database(os.environ["TEST_DATABASE_URL"]) as url:
            env = redis.env | {"DATABASE_URL": url}
            first, second = (RunningStudio(env=env, args=("--no-sample", "--workers", "1")) for _ in range(2))
            first.begin()
            second.begin()
            with first, second:
                assert first.health()["status"] == second.health()["status"] == "ok"
    finally:
        redis.stop()
