"""In a process of its own: a tree of files that is walked and hashed, imported, and compared with its rows."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import uuid
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
ROOT = Path(tempfile.mkdtemp(prefix="dailies-bench-folders-", dir="/tmp"))
os.environ["DATA_DIR"] = str(ROOT)
os.environ.pop("DATABASE_URL", None)

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from projects.access.sign_in import ensure_owner  # noqa: E402
from projects.mirror import drift, rebuild  # noqa: E402
from projects.models import Asset, Project  # noqa: E402

FILES_OF_A_SCENE = 1000
FILE_BYTES = 16 * 1024
RESCANS = 3


def make_tree(count: int) -> None:
    """Folders as the program writes them, with files that nobody needs to decode, since their hashes are known."""
    project = Path(settings.PROJECTS_ROOT) / "film"
    content = bytearray(random.Random(count).randbytes(FILE_BYTES))
    scenes = range(1, max(count // FILES_OF_A_SCENE, 1) + 1)
    for scene in scenes:
        folder = project / f"scene-{scene}"
        for name in ("images", "audio", "videos", "metadata", "exports"):
            (folder / name).mkdir(parents=True)
        entries = []
        for number in range(min(count, FILES_OF_A_SCENE)):
            content[:8] = (scene * FILES_OF_A_SCENE + number).to_bytes(8, "big")
            name = f"picture-{number:04d}.jpg"
            (folder / "images" / name).write_bytes(content)
            entries.append(_entry(f"scene-{scene}", name, hashlib.sha256(content).hexdigest()))
        _write(folder / "metadata" / "scene.json", _scene(scene, entries))
    names = [f"scene-{scene}" for scene in scenes]
    times = {"createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z"}
    numbers = {"scenes": names, "nextSceneNumber": len(names) + 1}
    _write(project / "project.json", {"schema": 2, "id": "film", "name": "Film", **times, **numbers})


def _entry(scene: str, name: str, sha256: str) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "fileName": name,
        "path": f"{scene}/images/{name}",
        "mimeType": "image/jpeg",
        "bytes": FILE_BYTES,
        "sha256": sha256,
        "width": 640,
        "height": 360,
        "duration": None,
        "source": "found",
        "createdAt": "2026-01-01T00:00:00.000Z",
    }


def _scene(number: int, entries: list[dict[str, object]]) -> dict[str, object]:
    return {
        "schema": 2,
        "id": f"scene-{number}",
        "projectId": "film",
        "name": f"Scene {number}",
        "position": number,
        "reviewStatus": "none",
        "color": "none",
        "version": 2,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
        "status": "has_content",
        "assets": {"images": entries, "audio": [], "videos": []},
        "generation": {"videoRequests": [], "completedVideos": []},
    }


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, indent=2))


def walk_and_hash() -> float:
    began = time.perf_counter()
    for folder, _, names in os.walk(settings.PROJECTS_ROOT):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123 - as bare as it can be
                hashlib.file_digest(file, "sha256").hexdigest()
    return time.perf_counter() - began


def main() -> None:
    count = int(sys.argv[1])
    call_command("migrate", verbosity=0)
    owner, _ = ensure_owner()
    make_tree(count)
    # twice: the first time brings all into the memory of the system
    walk_and_hash()
    bare = walk_and_hash()
    began = time.perf_counter()
    result = rebuild.rebuild(owner)
    imported = time.perf_counter() - began
    assert (result.files, result.notes, Asset.objects.count()) == (count, [], count), result
    project = Project.objects.get()
    times = []
    for _ in range(RESCANS):
        began = time.perf_counter()
        assert drift.find_drift(project).findings == []
        times.append(time.perf_counter() - began)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    connections.close_all()
    print(json.dumps({"bare": bare, "import": imported, "rescan": min(times), "memory": memory, "count": count}))


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(ROOT, ignore_errors=True)
