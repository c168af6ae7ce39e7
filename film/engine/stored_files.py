"""Files in `exports/`: named and numbered, each with what it was made from in `exports/metadata/`. Nothing is half."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from film.models import Export
from film.models.export import METADATA
from film.render.export import subtitles, tool_versions
from film.render.film import Rendered
from film.render.profiles import profile_named
from projects.disk.atomic import IncomingFile, write_atomically
from projects.disk.flush import flush_file, sync_folder
from projects.disk.links import link_or_move
from projects.disk.locks import file_lock
from projects.disk.media import sha256_of
from projects.text.iso_time import iso_time


@dataclass(frozen=True)
class StoredFile:
    """A finished file and those beside it."""

    path: Path
    bytes: int
    sha256: str
    beside: tuple[Path, ...]

    @property
    def name(self) -> str:
        """Its name in `exports/`."""
        return self.path.name

    def remove(self) -> None:
        """Remove it and the files beside it."""
        _remove((self.path, *self.beside))


def store(export: Export, rendered: Rendered, incoming: IncomingFile) -> StoredFile:
    """Give a rendered file the next free name; the files beside it come first, so that it is never without them."""
    suffix = profile_named(export.profile).suffix
    with incoming.path.open("rb") as file:
        flush_file(file.fileno(), incoming.path)
    size, sha256 = incoming.path.stat().st_size, sha256_of(incoming.path)
    # two workers that took the same number would write each other's manifest
    with file_lock(Path(settings.PROJECTS_ROOT) / ".exports.lock"):
        for number in itertools.count(_last_number(export) + 1):
            target = export.folder / f"{_stem(export)}{number:03}.{suffix}"
            beside = _beside(export, rendered, target, size, sha256)
            try:
                for path, content in beside.items():
                    write_atomically(path, content)
                # fails where the name exists
                link_or_move(incoming.path, target)
            except OSError as error:
                _remove(beside)
                if isinstance(error, FileExistsError):
                    continue
                raise
            sync_folder(export.folder)
            return StoredFile(target, size, sha256, tuple(beside))
    raise AssertionError("there is no end to numbers")


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _stem(export: Export) -> str:
    return f"{export.project.slug}-{export.profile}-"


def _last_number(export: Export) -> int:
    pattern = re.compile(re.escape(_stem(export)) + r"([0-9]{3,})\.[a-z0-9]+", re.ASCII)
    numbers = [int(match[1]) for path in export.folder.iterdir() if (match := pattern.fullmatch(path.name))]
    return max(numbers, default=0)


def _beside(export: Export, rendered: Rendered, target: Path, size: int, sha256: str) -> dict[Path, bytes]:
    """Return the content of the files that go with an export, by their paths."""
    about = {"name": target.name, "bytes": size, "sha256": sha256}
    manifest = json.dumps(_manifest(export, rendered, about), ensure_ascii=False, indent=2).encode()
    files = {export.folder / METADATA / f"{target.stem}.json": manifest}
    if export.chosen_options.captions == "sidecar" and profile_named(export.profile).is_played:
        files[target.with_suffix(".srt")] = subtitles(export.timeline, rendered.plan).encode()
    return files


def inputs_of(rendered: Rendered) -> list[dict[str, str]]:
    """Return the files that a film was made from, as JSON."""
    return [{"assetId": each.asset, "path": each.path, "sha256": each.sha256} for each in rendered.media.values()]


def _manifest(export: Export, rendered: Rendered, about: dict[str, Any]) -> dict[str, Any]:
    """Return what the file was made from, with which settings and which versions of the tools."""
    return {
        "exportId": str(export.pk),
        "projectId": export.project.slug,
        "profile": export.profile,
        "options": export.options,
        "cutVersion": export.cut_version,
        "cut": export.document,
        "inputs": inputs_of(rendered),
        "segments": {"total": rendered.total, "reused": rendered.reused},
        "report": rendered.report,
        "tools": tool_versions(),
        "file": about,
        "requestedAt": iso_time(export.created_at),
    }
