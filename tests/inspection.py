"""What the product finds in the bytes of a media file, for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects.disk import probe
from projects.disk.media import Media
from projects.problems import Problem


def inspect(tmp_path: Path, content: bytes) -> Media:
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    return probe.inspect(path)


def refused(tmp_path: Path, content: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        inspect(tmp_path, content)
    return caught.value
