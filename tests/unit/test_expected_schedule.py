"""The expected schedule of the queue: the arithmetic alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.engine.expected_schedule import WINDOW, ModelCapacity, WaitingJob, schedule_jobs

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def jobs(count: int, seconds: float = 60) -> list[WaitingJob]:
    return [WaitingJob(str(number), seconds) for number in range(count)]


def minutes(*ago: float) -> list[datetime]:
    return [NOW - timedelta(minutes=each) for each in ago]


def test_twelve_of_forty_fit_into_the_daily_limit() -> None:
    """38 of 50 a day are used, the oldest of them at 02:10 of the night before."""
    oldest = NOW - WINDOW + timedelta(hours=6, minutes=10)
    started = [oldest + timedelta(minutes=number) for number in range(38)]
    schedule = schedule_jobs(jobs(40), ModelCapacity(started, daily=50, concurrent=1), NOW)
    assert sum(not place.next_day for place in schedule) == 12
    rest = [place.starts_at for place in schedule if place.next_day]
    assert rest[0] == oldest + WINDOW == datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
    assert schedule[11].ends_at == NOW + timedelta(minutes=12)


def test_jobs_start_as_slots_become_free() -> None:
    schedule = schedule_jobs(jobs(4), ModelCapacity([], daily=None, concurrent=2, busy=[30]), NOW)
    seconds = [(place.starts_at - NOW).total_seconds() for place in schedule if place.starts_at]
    assert seconds == [0, 30, 60, 90]
    assert {place.starts_at for place in schedule_jobs(jobs(3), ModelCapacity([], None, None), NOW)} == {NOW}


def test_more_running_tasks_than_slots() -> None:
    schedule = schedule_jobs(jobs(1), ModelCapacity([], daily=None, concurrent=1, busy=[10, 60, 60]), NOW)
    assert schedule[0].starts_at == NOW + timedelta(seconds=130)


@pytest.mark.parametrize(
    "capacity", [ModelCapacity([], daily=0, concurrent=1), ModelCapacity([], daily=5, concurrent=0)]
)
def test_a_model_that_allows_no_tasks_never_starts(capacity: ModelCapacity) -> None:
    assert [(place.starts_at, place.next_day) for place in schedule_jobs(jobs(1), capacity, NOW)] == [(None, True)]


@given(
    started=st.lists(st.integers(0, 2000), max_size=30),
    busy=st.lists(st.floats(1, 4000), max_size=6),
    seconds=st.lists(st.floats(1, 40_000), min_size=1, max_size=40),
    daily=st.none() | st.integers(1, 12),
    concurrent=st.none() | st.integers(1, 4),
)
def test_no_schedule_goes_over_a_limit(
    started: list[int], busy: list[float], seconds: list[float], daily: int | None, concurrent: int | None
) -> None:
    capacity = ModelCapacity(minutes(*started), daily, concurrent, busy)
    schedule = schedule_jobs([WaitingJob(str(number), each) for number, each in enumerate(seconds)], capacity, NOW)
    starts = [place.starts_at for place in schedule if place.starts_at]
    assert starts == sorted(starts)
    assert len(starts) == len(seconds)
    assert starts[0] >= NOW
    known = [moment for moment in capacity.started if moment > NOW - WINDOW] + starts
    for start in starts:
        within = sum(start - WINDOW < moment <= start for moment in known)
        # more than the limit only where others have passed it already
        assert daily is None or within <= max(daily, sum(moment > start - WINDOW for moment in capacity.started) + 1)
        there = sum(place.starts_at <= start < place.ends_at for place in schedule if place.starts_at and place.ends_at)
        assert concurrent is None or there <= concurrent
