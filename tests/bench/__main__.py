"""`make bench`: what the promises on speed are worth on this machine, each beside its baseline, in one run."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from tests.bench import (  # noqa: E402
    arrival,
    batches,
    cut,
    export,
    folders,
    handover,
    live,
    page,
    pages,
    playback,
    polling,
    quality,
    rest,
    scale,
    serving,
    sockets,
    start,
    usage,
    vitals,
)
from tests.bench.table import Row, print_table  # noqa: E402

BENCHES: dict[str, Callable[[], list[Row]]] = {
    "start": start.rows,
    "arrival": arrival.rows,
    "live": live.rows,
    "page": page.rows,
    "playback": playback.rows,
    "polling": polling.rows,
    "usage": usage.rows,
    "quality": quality.rows,
    "pages": pages.rows,
    "batches": batches.rows,
    "cut": cut.rows,
    "export": export.rows,
    "folders": folders.rows,
    "handover": handover.rows,
    "rest": rest.rows,
    "scale": scale.rows,
    "serving": serving.rows,
    "sockets": sockets.rows,
    "vitals": vitals.rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", choices=[[], *BENCHES], help="all without a name")
    chosen = parser.parse_args().only or list(BENCHES)
    for name in chosen:
        # as they come: one bench takes a minute or more
        print_table(BENCHES[name]())


if __name__ == "__main__":
    main()
