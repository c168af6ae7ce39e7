"""Jobs from the records of their files, for those that no scene.json knows any more."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any

from generation.models.status import Status
from generation.serializers import MAIN_PARAMETERS
from projects.disk.tree import list_files
from projects.mirror.parse import read_json
from projects.mirror.scene_file import SCENE_FILE


def read_entries(metadata: Path, known: Container[str]) -> list[dict[str, Any]]:
    """Return entries as in scene.json from the records in a scene's `metadata/`; jobs that are `known` are left out."""
    by_job: dict[str, dict[str, Any]] = {}
    for path in list_files(metadata):
        record = {} if path.name == SCENE_FILE or path.suffix != ".json" else read_json(path, [])
        # a record of another project or scene came with a copied folder
        job = str(record.get("jobId"))
        if {"sha256", "path", "parameters"} <= record.keys() and job not in known:
            entry = by_job.setdefault(job, _entry(record))
            entry["outputs"].append({"assetId": None, **{name: record[name] for name in ("path", "sha256")}})
    return list(by_job.values())


def _entry(record: dict[str, Any]) -> dict[str, Any]:
    parameters = record["parameters"] if isinstance(record["parameters"], dict) else {}
    return {
        **record,
        **{name: parameters.get(name) for name in MAIN_PARAMETERS},
        "promptImage": None,
        # a record is written when the file has come
        "status": Status.COMPLETED,
        "progress": 100,
        "error": None,
        "outputs": [],
    }
