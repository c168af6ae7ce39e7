"""Whether rows (as the API tells them), scene.json and the files of a scene agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Jobs = Mapping[str, dict[str, Any]]


def compare_scene(
    told: dict[str, Any], written: dict[str, Any], folder: Path, jobs: Jobs, served: Mapping[str, str]
) -> Iterator[str]:
    """What differs. `jobs`: those of the scene by id; `served`: the sha256 of each task's clip."""
    # the number of the document's form is the file's own
    for key, value in written.items():
        if key not in ("assets", "schema") and told.get(key) != value:
            yield f"scene.json and the API differ in {key}: {value} and {told.get(key)}"
    for kind in ("images", "audio", "videos"):
        if told["assets"][kind] != written["assets"][kind]:
            yield f"scene.json and the API differ in {kind}"
        yield from _compare_files(written["assets"][kind], folder / kind)
    requests = {entry["jobId"]: entry["status"] for entry in written["generation"]["videoRequests"]}
    here = {key: job["status"] for key, job in jobs.items()}
    if requests != here:
        yield f"scene.json has the jobs {requests}, the API {here}"
    yield from _compare_clips(written["generation"]["completedVideos"], folder, jobs, served)


def _compare_clips(entries: list[dict[str, Any]], folder: Path, jobs: Jobs, served: Mapping[str, str]) -> Iterator[str]:
    completed = {key for key, job in jobs.items() if job["status"] == "completed"}
    if {entry["jobId"] for entry in entries} != completed or len(entries) != len(completed):
        yield f"completedVideos has {len(entries)} entries for {len(completed)} completed jobs"
    for entry in entries:
        job = jobs[entry["jobId"]]
        path = folder.parent / entry["path"]
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
        if not found == entry["sha256"] == served.get(job["taskId"]):
            yield f"{path.name} is not what was served for {job['promptText']}: {found}"


def _compare_files(entries: list[dict[str, Any]], folder: Path) -> Iterator[str]:
    names = {entry["fileName"] for entry in entries}
    found = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    if names != found:
        strays, missing = sorted(found - names), sorted(names - found)
        yield f"{folder.name} has {strays} without a row, and rows {missing} without a file"
    for entry in entries:
        path = folder / entry["fileName"]
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            yield f"{path.name} is not what its row says"
