"""Pay once: what makes two requests the same, and whose files one of them may have for nothing.

Two requests are the same by kind, model, API version, canonical parameters and the content of every file that goes in.
What the simulator drew is never taken for Runway's.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q

from generation.models import GenerationJob, JobQuerySet
from generation.models.status import AT_RUNWAY, Status
from generation.runway.catalog import CatalogModel
from generation.runway.request_body import set_at_path
from projects.access import permissions
from projects.disk import probe
from projects.disk.probe import Media
from projects.models import Asset, Project

# on its way, and paid or about to be: also what nobody knows of
UNDER_WAY = (Status.SUBMITTING, *AT_RUNWAY, Status.DOWNLOADING, Status.UNCONFIRMED)


class Gone(Exception):
    """A file of a finished take is not there any more, or is another one by now."""


@dataclass(frozen=True)
class Output:
    """One file that a task made; `media` is None for an archive, which is kept as it is."""

    path: Path
    sha256: str
    bytes: int
    suffix: str
    media: Media | None
    came_at: float
    """Seconds since 1970."""


def wanted(reuse: bool | None, parameters: Mapping[str, Any]) -> bool:
    """As was said; else for a request that names a seed, since Runway would make the same again."""
    return "seed" in parameters if reuse is None else reuse


def key_of(model: CatalogModel, parameters: Mapping[str, Any], files: Mapping[str, Asset]) -> str:
    """Equal for equal requests; empty where a file is only an address, so that nobody knows what is in it.

    `files`: by what stands for them in the parameters, `asset:{id}`.
    """
    told = copy.deepcopy(dict(parameters))
    for medium in model.media_references(parameters):
        if (asset := files.get(medium.value)) is None:
            return ""
        set_at_path(told, medium.path, f"sha256:{content(asset)}")
    told = {name: _canonical(value) for name, value in told.items() if value is not None}
    told = {name: value for name, value in told.items() if not _is_default(model, name, value)}
    maker = "simulator" if settings.RUNWAY_IS_SIMULATOR else "runway"
    whole = [maker, settings.RUNWAY_API_VERSION, model.kind, model.name, told]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """5.0 is 5, and what is not given is not there."""
    if isinstance(value, dict):
        return {name: _canonical(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_default(model: CatalogModel, name: str, value: Any) -> bool:
    """Runway's own: given or not, it is the same request."""
    field = model.fields.get(name)
    return field is not None and field.default is not None and field.default == value


def content(asset: Asset) -> str:
    """The sha256 of the file as it stands: of one that was changed by hand since it came, anew."""
    try:
        if untouched(asset.path, asset.bytes, asset.created_at.timestamp()):
            return asset.sha256
        return probe.sha256_of(asset.path)
    except OSError:
        return asset.sha256


def untouched(path: Path, size: int, since: float) -> bool:
    found = path.stat()
    return found.st_size == size and found.st_mtime <= since


def sources(user: User | None, project: Project, *keys: str) -> JobQuerySet:
    """Finished takes of the same requests that the person may see, those that were paid first.

    One that quality control has failed serves nobody: who asks again wants a better one.
    """
    done = _same(user, project, *keys).filter(status=Status.COMPLETED, scene__trashed_at=None)
    return _told(done.exclude(quality__verdict="fail"))


def in_turn(found: JobQuerySet) -> Iterator[GenerationJob]:
    """The first by itself: most often it serves, and there may be hundreds behind it."""
    yield from found[:1]
    yield from found[1:]


def _told(jobs: JobQuerySet) -> JobQuerySet:
    return jobs.select_related("project", "scene", "asset__scene__project").order_by("finished_at")


def under_way(user: User | None, project: Project, key: str, *, queued: bool = False) -> JobQuerySet:
    """The same request, sent by another job whose file is still to come; with `queued` also one that is to be sent.

    Who waits for such a one was taken in for nothing, and it was not: so no two wait for each other.
    """
    there = Q(status__in=UNDER_WAY)
    if queued:
        there |= Q(status=Status.QUEUED) & ~Q(credits_estimated=0)
    return _same(user, project, key).filter(there).select_related("scene__project").order_by("created_at")


def _same(user: User | None, project: Project, *keys: str) -> JobQuerySet:
    known = [key for key in keys if key]
    if not known:
        return GenerationJob.objects.none()
    seen = Q(project=project)
    if user is not None:
        seen |= Q(project__in=permissions.visible_to(user).values("pk"))
    return GenerationJob.objects.filter(seen, cache_key__in=known, project__trashed_at=None)


def find(user: User, project: Project, key: str) -> tuple[GenerationJob | None, str]:
    """The take whose files serve, else None; and what is wrong with one whose files do not."""
    trouble = ""
    for source in in_turn(sources(user, project, key)):
        try:
            for output in outputs(source):
                _look(output)
            return source, ""
        except Gone as gone:
            trouble = trouble or str(gone)
    return None, trouble or _found_wanting(user, project, key)


def _found_wanting(user: User, project: Project, key: str) -> str:
    failed = _same(user, project, key).filter(status=Status.COMPLETED, scene__trashed_at=None, quality__verdict="fail")
    bad = _told(failed).first()
    return f"Quality control has found {name(bad)} wanting." if bad else ""


def outputs(job: GenerationJob) -> Sequence[Output]:
    """Every file that a finished job made. Gone where one is in the trash."""
    told = job.outputs or ([{"assetId": str(job.asset_id)}] if job.asset_id else [])
    if not told:
        raise Gone(f"The file of {name(job)} is gone.")
    keys = [UUID(output["assetId"]) for output in told if output["assetId"]]
    living = _read_already(job, keys)
    if living is None:
        living = list(Asset.objects.filter(pk__in=keys, trashed_at=None).select_related("scene__project"))
    assets = {str(asset.pk): asset for asset in living}
    return [_output(job, output, assets) for output in told]


def _read_already(job: GenerationJob, keys: list[UUID]) -> list[Asset] | None:
    """Most takes are one file, and it was read with its job."""
    if job.asset is None or keys != [job.asset_id]:
        return None
    return [] if job.asset.trashed_at else [job.asset]


def _output(job: GenerationJob, told: dict[str, Any], assets: Mapping[str, Asset]) -> Output:
    if told["assetId"] is None:
        path = job.project.path / told["path"]
        came_at = (job.finished_at or job.created_at).timestamp()
        return Output(path, told["sha256"], told["bytes"], path.suffix, None, came_at)
    asset = assets.get(told["assetId"])
    if asset is None:
        raise Gone(f"The file of {name(job)} is in the trash.")
    suffix = Path(asset.file_name).suffix
    found = Media(
        kind=cast(Any, asset.kind),
        mime_type=asset.mime_type,
        suffix=suffix,
        bytes=asset.bytes,
        sha256=asset.sha256,
        width=asset.width,
        height=asset.height,
        duration=asset.duration,
    )
    return Output(asset.path, asset.sha256, asset.bytes, suffix, found, asset.created_at.timestamp())


def _look(output: Output) -> None:
    """Quickly: what nobody has written to since it came is what came."""
    try:
        if untouched(output.path, output.bytes, output.came_at):
            return
    except OSError:
        pass
    check(output)


def check(output: Output, path: Path | None = None) -> None:
    """Gone unless the file, or another name of it, has the very bytes that came."""
    looked_at = path or output.path
    try:
        same = looked_at.stat().st_size == output.bytes and probe.sha256_of(looked_at) == output.sha256
    except OSError:
        raise gone(output) from None
    if not same:
        raise Gone(f"The file {output.path.name} of an earlier take is no longer what Runway made.")


def gone(output: Output) -> Gone:
    return Gone(f"The file {output.path.name} of an earlier take is gone from the disk.")


def name(job: GenerationJob) -> str:
    return f"take {job.take} of {job.scene.name}"
