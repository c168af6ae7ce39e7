"""What a command shows while it waits for jobs: a bar on a terminal, elsewhere one line for each change."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management.base import OutputWrapper

BAR_WIDTH = 30
CLEAR_LINE = "\r\x1b[K"


@dataclass(frozen=True)
class Progress:
    """How far the jobs are: percent from 0 to 100, a few words, and whether they have ended."""

    percent: int
    text: str
    has_ended: bool


def follow(read: Callable[[], Progress], stream: OutputWrapper, seconds: float) -> None:
    """Write the progress to a command's stream until the jobs have ended; call `read` again every so many seconds."""
    shown = ""
    while True:
        progress = read()
        line = f"{CLEAR_LINE}{_bar(progress.percent)}  {progress.text}" if stream.isatty() else f"{progress.text}\n"
        if line != shown:
            # in plain style: a command's stderr would be red
            stream.write(line, style_func=str, ending="")
            stream.flush()
            shown = line
        if progress.has_ended:
            break
        time.sleep(seconds)
    if stream.isatty():
        stream.write("\n", style_func=str, ending="")


def _bar(percent: int) -> str:
    full = round(BAR_WIDTH * percent / 100)
    return f"{'█' * full}{'░' * (BAR_WIDTH - full)} {percent:3d}%"
