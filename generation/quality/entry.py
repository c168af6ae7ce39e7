"""The judging process: `python -m generation.quality.entry` reads one question from stdin and prints its answer.

Both are one line of JSON; `subprocess.py` is the other side. There is no Django, so that it starts in a tenth of a
second. It limits its own memory and CPU time before it opens anything, yields to other processes, and ends when its
parent does, since then its stdin is closed.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import resource
import sys
import threading
from pathlib import Path
from typing import Any

from generation.quality.expectations import EarlierTake, Expectations
from generation.quality.judgment import OUT_OF_MEMORY_EXIT, Judgment
from generation.quality.verdict import judge
from projects.disk.process_limits import limit_resource

NICENESS = 10


def main() -> None:
    """Answer the question on stdin and exit."""
    question = json.loads(sys.stdin.readline())
    limit_resource(resource.RLIMIT_AS, question["bytes"])
    limit_resource(resource.RLIMIT_CPU, question["seconds"])
    os.nice(NICENESS)
    exit_with_parent()
    expected = question["expected"]
    expected["earlier"] = [EarlierTake(**take) for take in expected["earlier"]]
    try:
        answer = judgment_dict(judge(Path(question["path"]), Expectations(**expected)))
    except MemoryError:
        os._exit(OUT_OF_MEMORY_EXIT)
    print(json.dumps(answer), flush=True)
    # a decoder that was upset by a broken file may hang when it is closed
    os._exit(0)


def exit_with_parent() -> None:
    """End this process as soon as its stdin is closed, which happens when its parent ends."""

    def wait() -> None:
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def judgment_dict(judgment: Judgment) -> dict[str, Any]:
    """Return a judgment for JSON, with thumbnails in base64."""
    reasons = [
        {
            **dataclasses.asdict(reason.finding),
            "thumbnail": base64.b64encode(reason.thumbnail).decode() if reason.thumbnail else None,
        }
        for reason in judgment.reasons
    ]
    return {
        "verdict": judgment.verdict,
        "reasons": reasons,
        "fingerprint": judgment.fingerprint,
        "facts": judgment.facts,
    }


if __name__ == "__main__":
    main()
