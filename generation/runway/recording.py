"""A video or sound from disk as a request to Runway can carry it: without the place where it was recorded."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generation.runway.request_body import FileAsDataUri
from projects.disk.filming_places import blank_boxes, boxes_with_place


@contextmanager
def without_place(path: Path, mime_type: str) -> Iterator[FileAsDataUri]:
    """Give the file itself, or a temporary copy in which the place is blanked. Raise OSError."""
    boxes = boxes_with_place(path)
    if not boxes:
        yield FileAsDataUri(path, mime_type, path.stat().st_size)
        return
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        copy = Path(folder) / f"copy{path.suffix}"
        shutil.copyfile(path, copy)
        blank_boxes(copy, boxes)
        yield FileAsDataUri(copy, mime_type, copy.stat().st_size)
