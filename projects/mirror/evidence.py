"""Whether a scene.json or project.json knows something that the rows do not: the database may be an old backup."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from projects.disk.layout import FOLDER_BY_KIND
from projects.mirror.parse import entries, objects

# what a column holds; anything larger was not written by this program
MAX_NUMBER = 2**31 - 2
# scene.json begins with ids, name, position and version; a name takes at most 200 characters
_HEAD_BYTES = 2048
_VERSION = re.compile(rb'^  "version": ([0-9]{1,10}),$', re.MULTILINE)


def knows_more(stored: Mapping[str, Any], current: Mapping[str, Any], assets: Container[str]) -> bool:
    """Return whether the stored scene.json is newer than what the rows say now.

    `current` is scene.json as the rows make it, and `assets` are the ids of the files that have rows, also of those in
    the trash.
    """
    if number(stored.get("version")) > current["version"]:
        return True
    files = entries(stored, "assets", *FOLDER_BY_KIND.values())
    if any(str(file.get("id")) not in assets for file in files):
        return True
    jobs = {request["jobId"]: request for request in requests(current)}
    return any(is_newer(request, jobs.get(str(request.get("jobId")))) for request in requests(stored))


def is_newer(request: Mapping[str, Any], current: Mapping[str, Any] | None) -> bool:
    """Return whether the stored entry of a job is newer than the present one; None stands for a job without a row."""
    if current is None:
        return True
    if "version" in request:
        # a row's version only grows, so a file never has a higher one, unless the row is from a backup
        return bool(number(request["version"]) > current["version"])
    # written by a version of this program that kept no versions of jobs here; a row never loses its task
    return bool(request.get("taskId")) and not current["taskId"]


def requests(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries of requests in a scene.json, of whatever kind: those that have a state."""
    generation = data.get("generation")
    for entries_of_kind in generation.values() if isinstance(generation, dict) else []:
        yield from (entry for entry in objects(entries_of_kind) if "jobId" in entry and "status" in entry)


def number(value: object) -> int:
    """Return a number of a file that a column can hold; 0 for anything else."""
    return value if isinstance(value, int) and 0 < value <= MAX_NUMBER else 0


def stored_version(path: Path) -> int | None:
    """Return the version in a scene.json without reading all of it; 0 without a file, None where it is not found."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return 0
    match = _VERSION.search(head)
    return int(match[1]) if match else None
