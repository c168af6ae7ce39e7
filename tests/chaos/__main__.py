"""`make chaos JOBS=200 KILLS=50 SEED=7`: the figures as a table; exit code 1 when a promise was broken."""

from __future__ import annotations

import argparse
import os
import secrets
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from tests.chaos.disruptions import WEIGHTS  # noqa: E402
from tests.chaos.report import print_report  # noqa: E402
from tests.chaos.run import Options, run  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--jobs", type=int, default=60)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of an earlier run, to do the same")
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between two kills, on average")
    parser.add_argument("--only", choices=list(WEIGHTS), help="this kind of kill alone")
    parser.add_argument("--blows", default="", help="these instead of drawn ones, with commas")
    parser.add_argument("--rest", type=float, default=90.0, help="seconds for everything to end after the last blow")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--log", default="", help="a file for the studio's log")
    asked = parser.parse_args()
    blows = [asked.only] * asked.kills if asked.only else [kind for kind in asked.blows.split(",") if kind]
    options = Options(
        jobs=asked.jobs,
        kills=asked.kills,
        seed=asked.seed,
        pause=asked.pause,
        blows=blows,
        log=asked.log,
        rest=asked.rest,
        workers=asked.workers,
    )
    print(f"seed {options.seed}", flush=True)
    report = run(options)
    print_report(report)
    return 1 if report.verdict.broken else 0


if __name__ == "__main__":
    sys.exit(main())
