"""The rendering child: `python -m film.render.child` does one task after the other until its stdin ends.

A question is a line of JSON on stdin, its answer one on stdout; before that, a task may tell `frame=N`. Only here are
PyAV and Pillow loaded.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from projects.problems import Problem

TASKS = {
    "probe": "film.render.probe",
    "draw": "film.render.drawings",
    "join": "film.render.join",
    "contact_sheet": "film.render.sheets",
    "stills": "film.render.sheets",
}
"""The module of each task, a function of its name. Only that one is loaded, since most children do one task."""
TELLING = ("join",)
"""Tasks that tell how far they are: a long film takes longer than a process may stand still."""
OnFrame = Callable[[int], None]


def main() -> None:
    """Answer the questions."""
    # some decoders print
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def tell(line: str) -> None:
        answers.write(line + "\n")
        answers.flush()

    for question in sys.stdin:
        tell(json.dumps(_answer(json.loads(question), lambda frame: tell(f"frame={frame}"))))
    # a decoder that was upset by a broken file may hang when it is closed
    os._exit(0)


def _do(task: str, arguments: dict[str, Any], on_frame: OnFrame) -> Any:
    function = getattr(import_module(TASKS[task]), task)
    return function(**arguments, on_frame=on_frame) if task in TELLING else function(**arguments)


def _answer(question: dict[str, Any], on_frame: OnFrame) -> dict[str, Any]:
    try:
        return {"result": _do(**question, on_frame=on_frame)}
    except Problem as problem:
        return {"problem": {"message": problem.message, "code": problem.code, "status": problem.status}}
    except OSError as error:
        return {"errno": error.errno, "error": str(error)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main()
