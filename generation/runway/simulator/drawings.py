"""Clips on disk, drawn by threads beside the event loop. What would look the same is drawn once and is one file."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from generation import clips
from generation.runway.simulator.task import Order, Task

logger = logging.getLogger("dailies.simulator")

THREADS = 2


def clip_name(picture: bytes, size: str, duration: int, move: str) -> str:
    return f"{hashlib.sha256(picture).hexdigest()[:24]}-{size}-{duration}s-{move}.mp4"


class Drawings:
    def __init__(self, home: Path, broken: Callable[[Task], None]) -> None:
        self._outputs, self._pictures = home / "outputs", home / "pictures"
        self._broken = broken
        for folder in (self._outputs, self._pictures):
            folder.mkdir(parents=True, exist_ok=True)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="draw")

    def path(self, clip: str) -> Path:
        return self._outputs / clip

    def keep_picture(self, task_id: str, picture: bytes) -> None:
        """Until the clip is drawn, so that a restart can go on with it."""
        self._picture(task_id).write_bytes(picture)

    def drop_picture(self, task_id: str) -> None:
        self._picture(task_id).unlink(missing_ok=True)

    def start(self, task: Task) -> None:
        """Draw it in its turn; `task.drawn` or `broken` tells the end. Nothing is drawn for a task that will fail."""
        task.drawn = self.path(task.order.clip).exists()
        if task.drawn or task.failure_code is not None:
            self.drop_picture(task.order.id)
        else:
            self._threads.submit(self._draw, task)

    def close(self) -> None:
        """Wait for what is being drawn."""
        self._threads.shutdown()

    def tidy(self, tasks: list[Task]) -> None:
        """Remove what no task needs any more, half-drawn clips among it."""
        clips_needed = {task.order.clip for task in tasks}
        pictures_needed = {task.order.id for task in tasks}
        for path in self._outputs.iterdir():
            if path.name not in clips_needed:
                path.unlink()
        for path in self._pictures.iterdir():
            if path.name not in pictures_needed:
                path.unlink()

    def _draw(self, task: Task) -> None:
        try:
            if not task.removed and not self.path(task.order.clip).exists():
                self._draw_clip(task.order)
            task.drawn = True
            self.drop_picture(task.order.id)
        except Exception:
            logger.exception("task %s: its clip could not be drawn", task.order.id)
            self._broken(task)

    def _draw_clip(self, order: Order) -> None:
        part = self._outputs / f"{order.id}.part"
        with Image.open(self._picture(order.id)) as picture:
            # a JPEG is decoded at a fraction of its size where that is enough
            picture.draft("RGB", (order.width, order.height))
            clips.draw_clip(picture, order.width, order.height, order.duration, part, move=order.move)
        part.replace(self.path(order.clip))

    def _picture(self, task_id: str) -> Path:
        return self._pictures / task_id
