"""An archive that is made while it is sent."""

from __future__ import annotations

import io
import os
from pathlib import Path
from zipfile import ZipFile

from projects.disk.zip_archive import CHUNK_BYTES, files_below, zip_parts


def test_a_folder_becomes_an_archive(tmp_path: Path) -> None:
    scene = tmp_path / "scene-1"
    content = os.urandom(CHUNK_BYTES * 2 + 5)
    for name, data in (("videos/take-001.mp4", content), ("metadata/scene.json", b"{}" * 999), ("notes.txt", b"")):
        (scene / name).parent.mkdir(parents=True, exist_ok=True)
        (scene / name).write_bytes(data)
    (scene / "metadata" / ".lock").touch()
    (scene / "videos" / "link.mp4").symlink_to(scene / "notes.txt")
    parts = list(zip_parts(files_below(scene)))
    # no part is as large as the file
    assert max(map(len, parts)) < CHUNK_BYTES + 10_000
    with ZipFile(io.BytesIO(b"".join(parts))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["scene-1/notes.txt", "scene-1/metadata/scene.json", "scene-1/videos/take-001.mp4"]
        assert archive.read("scene-1/videos/take-001.mp4") == content
        assert archive.getinfo("scene-1/metadata/scene.json").compress_size < 100


def test_a_file_that_is_gone_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "here.txt").write_text("here")
    files = [("gone.txt", tmp_path / "gone.txt"), ("here.txt", tmp_path / "here.txt")]
    with ZipFile(io.BytesIO(b"".join(zip_parts(files)))) as archive:
        assert archive.namelist() == ["here.txt"]
