"""Outputs on disk, drawn by threads beside the event loop. What would look the same is drawn once and is one file."""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageOps

from generation.simulator import clips, synth_audio
from generation.simulator.task import Order, Task

logger = logging.getLogger("dailies.simulator")

THREADS = 2
# of an archive of frames: enough to see that it is one
FRAMES = 3
# in small mode: pixels of the longer side, seconds
SMALL_SIDE, SMALL_SECONDS = 160, 0.5
PICTURES = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}
VIDEOS = (".mp4", ".mov")


def small(width: int, height: int, seconds: float) -> tuple[int, int, float]:
    """The same shape, quickly drawn."""
    scale = min(1.0, SMALL_SIDE / max(width, height))
    across, down = (max(2, round(side * scale) // 2 * 2) for side in (width, height))
    return across, down, min(seconds, SMALL_SECONDS)


class Drawings:
    def __init__(self, home: Path, broken: Callable[[Task], None]) -> None:
        self._outputs, self._pictures = home / "outputs", home / "pictures"
        self._broken = broken
        for folder in (self._outputs, self._pictures):
            folder.mkdir(parents=True, exist_ok=True)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="draw")

    def path(self, name: str) -> Path:
        return self._outputs / name

    def keep_picture(self, task_id: str, picture: bytes | None) -> None:
        """Until all is drawn, so that a restart can go on with it."""
        if picture is not None:
            self._picture(task_id).write_bytes(picture)

    def drop_picture(self, task_id: str) -> None:
        self._picture(task_id).unlink(missing_ok=True)

    def start(self, task: Task) -> None:
        """Draw it in its turn; `task.drawn` or `broken` tells the end. Nothing is drawn for a task that will fail."""
        task.drawn = all(self.path(name).exists() for name in task.order.names)
        if task.drawn or task.failure_code is not None:
            self.drop_picture(task.order.id)
        else:
            self._threads.submit(self._draw, task)

    def close(self) -> None:
        """Wait for what is being drawn."""
        self._threads.shutdown()

    def tidy(self, tasks: list[Task]) -> None:
        """Remove what no task needs any more, half-drawn outputs among it."""
        needed = {name for task in tasks for name in task.order.names}
        pictures_needed = {task.order.id for task in tasks}
        for path in self._outputs.iterdir():
            if path.name not in needed:
                path.unlink()
        for path in self._pictures.iterdir():
            if path.name not in pictures_needed:
                path.unlink()

    def _draw(self, task: Task) -> None:
        try:
            for number, name in enumerate(task.order.names):
                if not task.removed and not self.path(name).exists():
                    self._draw_output(task.order, number, self.path(name))
            task.drawn = True
            self.drop_picture(task.order.id)
        except Exception:
            logger.exception("task %s: its output could not be drawn", task.order.id)
            self._broken(task)

    def _draw_output(self, order: Order, number: int, target: Path) -> None:
        part = self._outputs / f"{order.id}.part"
        variant = int(hashlib.sha256(target.name.encode()).hexdigest()[:4], 16)
        if target.suffix in VIDEOS:
            clips.draw_clip(
                self._still(order, variant), order.width, order.height, order.duration, part,
                move=order.move, sound=order.sound,
            )  # fmt: skip
        elif target.suffix in PICTURES:
            self._fitted(order, number, variant).save(part, PICTURES[target.suffix])
        elif target.suffix == ".zip":
            self._draw_frames(order, variant, part)
        elif target.suffix == ".svg":
            part.write_text(_drawing(order.width, order.height, variant))
        else:
            synth_audio.write(part, target.suffix, order.duration, variant)
        part.replace(target)

    def _still(self, order: Order, variant: int) -> Image.Image:
        """What went in; for a request of words alone, a place that the seed or chance picks."""
        path = self._picture(order.id)
        if not path.exists():
            return clips.draw_picture(order.width, order.height, variant)
        with Image.open(io.BytesIO(path.read_bytes())) as picture:
            # a JPEG is decoded at a fraction of its size where that is enough
            picture.draft("RGB", (order.width, order.height))
            picture.load()
            return picture

    def _fitted(self, order: Order, number: int, variant: int) -> Image.Image:
        still = ImageOps.exif_transpose(self._still(order, variant)).convert("RGB")
        fitted = ImageOps.fit(still, (order.width, order.height), Image.Resampling.LANCZOS)
        # several of one task differ
        return ImageOps.mirror(fitted) if number % 2 else fitted

    def _draw_frames(self, order: Order, variant: int, part: Path) -> None:
        frame = io.BytesIO()
        self._fitted(order, 0, variant).save(frame, "PNG")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for number in range(FRAMES):
                archive.writestr(zipfile.ZipInfo(f"frame_{number:05}.png"), frame.getvalue())

    def _picture(self, task_id: str) -> Path:
        return self._pictures / task_id


def _drawing(width: int, height: int, variant: int) -> str:
    middle = f'cx="{width // 2}" cy="{height // 2}" r="{min(width, height) // 3}"'
    circle = f'<circle {middle} fill="hsl({variant % 360} 40% 50%)"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{circle}</svg>\n'
