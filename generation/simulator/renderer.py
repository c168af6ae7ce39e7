"""Renders outputs to disk, in threads beside the event loop.

File names are derived from what an output looks like, so equal outputs of several tasks are rendered once.
"""

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
from generation.simulator.task import Task, TaskSpec

logger = logging.getLogger("dailies.simulator")

THREADS = 2
# frames in an archive: enough to show that it is one
ARCHIVE_FRAMES = 3
PICTURE_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}
VIDEO_SUFFIXES = (".mp4", ".mov")


class Renderer:
    """The outputs under `home`, and the input pictures of tasks that still have to be rendered.

    `on_failure` is called from a thread with a task whose output could not be rendered.
    """

    def __init__(self, home: Path, on_failure: Callable[[Task], None]) -> None:
        self._outputs, self._pictures = home / "outputs", home / "pictures"
        self._on_failure = on_failure
        for folder in (self._outputs, self._pictures):
            folder.mkdir(parents=True, exist_ok=True)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="render")

    def path(self, name: str) -> Path:
        """Return where an output is, or will be."""
        return self._outputs / name

    def save_input_picture(self, task_id: str, picture: bytes | None) -> None:
        """Keep the picture that a task starts from until it is rendered, so that a restart can go on with it."""
        if picture is not None:
            self._input_picture(task_id).write_bytes(picture)

    def delete_input_picture(self, task_id: str) -> None:
        """Delete the picture that a task starts from, if there is one."""
        self._input_picture(task_id).unlink(missing_ok=True)

    def start(self, task: Task) -> None:
        """Render a task's outputs when a thread is free, unless they exist or the task will fail.

        Sets `task.rendered` at the end.
        """
        task.rendered = all(self.path(name).exists() for name in task.spec.file_names)
        if task.rendered or task.failure_code is not None:
            self.delete_input_picture(task.spec.id)
        else:
            self._threads.submit(self._render, task)

    def close(self) -> None:
        """Wait for all rendering to end."""
        self._threads.shutdown()

    def delete_unneeded(self, tasks: list[Task]) -> None:
        """Delete every file that none of these tasks needs, half-written ones among them."""
        outputs = {name for task in tasks for name in task.spec.file_names}
        pictures = {task.spec.id for task in tasks}
        for path in self._outputs.iterdir():
            if path.name not in outputs:
                path.unlink()
        for path in self._pictures.iterdir():
            if path.name not in pictures:
                path.unlink()

    def _render(self, task: Task) -> None:
        try:
            for number, name in enumerate(task.spec.file_names):
                if not task.removed and not self.path(name).exists():
                    self._render_output(task.spec, number, self.path(name))
            task.rendered = True
            self.delete_input_picture(task.spec.id)
        except Exception:
            logger.exception("task %s: its output could not be rendered", task.spec.id)
            self._on_failure(task)

    def _render_output(self, spec: TaskSpec, number: int, target: Path) -> None:
        # renamed when complete, so that a download never reads half of a file
        part = self._outputs / f"{spec.id}.part"
        variant = int(hashlib.sha256(target.name.encode()).hexdigest()[:4], 16)
        if target.suffix in VIDEO_SUFFIXES:
            still = self._still(spec, variant)
            size = (spec.width, spec.height, spec.duration)
            clips.draw_clip(still, *size, part, move=spec.move, variant=spec.variant, sound=spec.sound)
        elif target.suffix in PICTURE_FORMATS:
            self._picture(spec, number, variant).save(part, PICTURE_FORMATS[target.suffix])
        elif target.suffix == ".zip":
            _write_frames(self._picture(spec, 0, variant), part)
        elif target.suffix == ".svg":
            part.write_text(_svg(spec.width, spec.height, variant))
        else:
            synth_audio.write_chord(part, target.suffix, spec.duration, variant)
        part.replace(target)

    def _still(self, spec: TaskSpec, variant: int) -> Image.Image:
        """Return the input picture; without one, a drawn scene."""
        path = self._input_picture(spec.id)
        if not path.exists():
            return clips.draw_picture(spec.width, spec.height, variant)
        with Image.open(io.BytesIO(path.read_bytes())) as picture:
            # decodes a JPEG at a fraction of its size when that is enough
            picture.draft("RGB", (spec.width, spec.height))
            picture.load()
            return picture

    def _picture(self, spec: TaskSpec, number: int, variant: int) -> Image.Image:
        still = ImageOps.exif_transpose(self._still(spec, variant)).convert("RGB")
        picture = ImageOps.fit(still, (spec.width, spec.height), Image.Resampling.LANCZOS)
        # the pictures of one task differ from each other
        return ImageOps.mirror(picture) if number % 2 else picture

    def _input_picture(self, task_id: str) -> Path:
        return self._pictures / task_id


def _write_frames(picture: Image.Image, path: Path) -> None:
    frame = io.BytesIO()
    picture.save(frame, "PNG")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(ARCHIVE_FRAMES):
            archive.writestr(zipfile.ZipInfo(f"frame_{number:05}.png"), frame.getvalue())


def _svg(width: int, height: int, variant: int) -> str:
    center = f'cx="{width // 2}" cy="{height // 2}" r="{min(width, height) // 3}"'
    circle = f'<circle {center} fill="hsl({variant % 360} 40% 50%)"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{circle}</svg>\n'
