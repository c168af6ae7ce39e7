"""One row a figure: what was measured, its baseline of the same run, their ratio, and what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

HEAD = ("what", "measured", "baseline", "ratio", "promised", "held")


@dataclass(frozen=True)
class Row:
    """Seconds, unless `unit` says otherwise."""

    what: str
    measured: float
    promised: str
    held: bool
    baseline: float | None = None
    baseline_name: str = ""
    unit: str = "s"

    def cells(self) -> tuple[str, ...]:
        if self.baseline is None:
            beside, ratio = "", ""
        else:
            beside = f"{self.baseline:.3f} {self.unit} {self.baseline_name}"
            # of nothing, such as no dropped frames, there is no ratio
            ratio = f"{self.measured / self.baseline:.2f}" if self.baseline else ""
        return self.what, f"{self.measured:.3f} {self.unit}", beside, ratio, self.promised, "yes" if self.held else "NO"


def print_table(rows: list[Row]) -> None:
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(flush=True)


def percentile(values: list[float], part: float) -> float:
    """Nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def middle(values: list[float]) -> float:
    return median(values)
