"""The short form of `make chaos`: one blow of each kind that matters most, in the middle of a dozen takes."""

from __future__ import annotations

import secrets

from tests.chaos.fault_plan import Mix
from tests.chaos.report import figures
from tests.chaos.run import Options, run

BLOWS = ("submit", "flush", "redis", "poll", "everything")


def test_nothing_is_lost_and_nothing_paid_twice() -> None:
    seed = secrets.randbelow(10**6)
    # the same faults of Runway, without a download that takes half a minute; the blows of `make chaos` are its own
    print(f"make chaos JOBS=12 SEED={seed}")
    mix = Mix(long_download=-1)
    # exports cost more than all the rest, and test_export_worker.py kills their worker
    report = run(
        Options(
            jobs=12, kills=len(BLOWS), seed=seed, blows=BLOWS, pause=0.8, mix=mix, fill_disk=False, workers=1,
            with_exports=False,
        )
    )  # fmt: skip
    print(*(f"{name}: {value}" for name, value in figures(report).items()), sep="\n")
    assert not report.verdict.broken, "\n".join(report.verdict.broken)
    assert sum(report.kills.values()) == len(BLOWS)
    orders = report.verdict.orders
    assert sum(bool(order.jobs or order.over_budget) for order in orders) == len(orders) == 12
