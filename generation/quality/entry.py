"""`python -m generation.quality.entry`: one question as a line of JSON on stdin, its answer on stdout, then the end.

No Django, so that it starts in a tenth of a second. It limits itself before it opens anything, steps behind whatever
else the machine does, and ends with whoever asked: their end of stdin closes.
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

from generation.quality.rules import Asked, Earlier
from generation.quality.verdict import Judgement, judge

OUT_OF_MEMORY = 12


def main() -> None:
    question = json.loads(sys.stdin.readline())
    _limit(resource.RLIMIT_AS, question["bytes"])
    _limit(resource.RLIMIT_CPU, question["seconds"])
    os.nice(10)
    end_with_the_asker()
    asked = question["asked"]
    asked["earlier"] = [Earlier(**take) for take in asked["earlier"]]
    try:
        answer = told(judge(Path(question["path"]), Asked(**asked)))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    print(json.dumps(answer), flush=True)
    # a decoder that a broken file has upset may hang while it is taken down
    os._exit(0)


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def end_with_the_asker() -> None:
    """Without them the answer is nobody's."""

    def wait() -> None:
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def told(judgement: Judgement) -> dict[str, Any]:
    """As JSON can carry it: thumbnails in base64."""
    reasons = [
        {
            **dataclasses.asdict(reason.finding),
            "thumbnail": base64.b64encode(reason.thumbnail).decode() if reason.thumbnail else None,
        }
        for reason in judgement.reasons
    ]
    return {
        "verdict": judgement.verdict,
        "reasons": reasons,
        "fingerprint": judgement.fingerprint,
        "facts": judgement.facts,
    }


if __name__ == "__main__":
    main()
