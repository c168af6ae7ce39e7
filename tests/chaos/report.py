"""The figures of a run, one a line."""

from __future__ import annotations

from collections.abc import Mapping

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
        "kills": f"{sum(report.kills.values())}: {_counted(report.kills)}",
        "calls of the API": f"{report.calls} for {len(verdict.orders)} takes",
        "faults of Runway": str(report.faults),
        "paid requests": str(len(ledger.accepted)),
        "paid twice": str(len(ledger.paid_twice())),
        "lost": str(verdict.lost),
        "unconfirmed, with cause": _counted(verdict.causes) or "0",
        "longest stand-still": f"{report.stand_still} (promised: under {PROMISED_SECONDS:.0f} s)",
        "all moved after a restart": f"{report.after_restart:.1f} s",
        "duration": f"{report.seconds:.0f} s",
        "seed": str(report.options.seed),
        "promises broken": str(len(verdict.broken)),
    }
    return lines | ({"not done": report.not_done} if report.not_done else {})


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))
