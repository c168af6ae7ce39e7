"""The figures of a run, one a line."""

from __future__ import annotations

from collections.abc import Mapping

from tests.chaos.callers import Order
from tests.chaos.run import PROMISED_SECONDS, Report


def print_report(report: Report) -> None:
    lines = figures(report)
    width = max(map(len, lines))
    for name, value in lines.items():
        print(f"{name.ljust(width)}  {value}")
    for broken in report.verdict.broken:
        print(f"\nBROKEN: {broken}")


def figures(report: Report) -> dict[str, str]:
    verdict, ledger = report.verdict, report.verdict.ledger
    lines = {
        "jobs": f"{sum(report.statuses.values())}: {_counted(report.statuses)}",
        "exports": f"{sum(report.exports.values())}: {_counted(report.exports)}",
        "kills": f"{sum(report.kills.values())}: {_counted(report.kills)}",
        "calls of the API": f"{report.calls} for {len(verdict.orders)} takes",
        "faults of Runway": str(report.faults),
        "paid requests": str(len(ledger.accepted)),
        "paid twice": str(len(verdict.paid_twice())),
        "lost": str(verdict.lost),
        "Runway's bill": f"{sum(verdict.runway.bills.values())} credits for {len(verdict.runway.bills)} tasks",
        "cancelled, retried, in batches": ", ".join(map(str, _done_by_people(verdict.orders))),
        "over budget": str(sum(bool(order.over_budget) for order in verdict.orders)),
        "resolved": f"{len(verdict.resolved)}: {sum(map(bool, verdict.resolved.values()))} linked",
        "unconfirmed, with cause": _counted(verdict.causes) or "0",
        "ends told after": f"{_median(verdict.delays):.2f} s, the median of {len(verdict.delays)} undisturbed",
        "longest stand-still": f"{report.stand_still} (promised: under {PROMISED_SECONDS:.0f} s)",
        "all moved after a restart": f"{report.after_restart:.1f} s",
        "duration": f"{report.seconds:.0f} s",
        "seed": str(report.options.seed),
        "promises broken": str(len(verdict.broken)),
    }
    return lines | ({"not done": report.not_done} if report.not_done else {})


def _done_by_people(orders: list[Order]) -> tuple[int, int, int]:
    return (
        sum(order.cancelled for order in orders),
        sum(len(order.successors) for order in orders),
        sum(bool(order.batch) for order in orders),
    )


def _median(delays: list[float]) -> float:
    return sorted(delays)[len(delays) // 2] if delays else 0.0


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))
