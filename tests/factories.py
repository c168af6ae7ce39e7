"""Rows for tests, made by the product's own actions where it has one."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from film.actions import exports
from film.models import Export
from film.render.options import Options
from generation import references
from generation.engine import outputs
from generation.mirror import restore
from generation.models import GenerationJob
from generation.runway import catalog
from projects import actions
from projects.models import Asset, Membership, Project, Scene

_numbers = itertools.count(1)


def make_user(name: str | None = None, *, password: str | None = None, is_staff: bool = False) -> User:
    name = name or f"person-{next(_numbers)}"
    user = User(username=name, is_staff=is_staff)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    return user


def make_project(owner: User | None = None, name: str = "My film") -> Project:
    return actions.create_project(owner or make_user(), name)


def owner_of(project: Project) -> User:
    return User.objects.get(memberships__project=project, memberships__role=Membership.Role.OWNER)


def make_scene(project: Project | None = None, name: str | None = None) -> Scene:
    return actions.create_scene(project or make_project(), name)


def make_job(scene: Scene, *, first_frame: Asset | None = None, **values: Any) -> GenerationJob:
    """A job as its creation leaves it: entered in the ledger, its files noted. `values`: columns; take 1 by default."""
    parameters = dict(values.pop("parameters", {}))
    if first_frame:
        parameters.setdefault("promptImage", references.to_asset(first_frame))
    if asset := values.get("asset"):
        values.setdefault("outputs", [outputs.output_entry(asset)])
    if kind := values.get("kind"):
        values.setdefault("makes", catalog.output_kind(kind))
    columns = {"project": scene.project, "take": 1, "model": "gen4_turbo", "parameters": parameters, **values}
    job = GenerationJob.objects.create(scene=scene, **columns)
    restore.add_inputs(job, scene.project)
    job.record_credits("Requested.", new=True)
    return job


def make_finished_export(project: Project, content: bytes = b"a film") -> Export:
    """An export of a film with these bytes, as its worker leaves it."""
    export = exports.create_export(project, owner_of(project), "h264-1080p", Options(), nudge=False)
    export.folder.mkdir(parents=True, exist_ok=True)
    (export.folder / "film-001.mp4").write_bytes(content)
    file: dict[str, Any] = {
        "file_name": "film-001.mp4",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    export.write(status=Export.Status.COMPLETED, progress=1.0, finished_at=timezone.now(), **file)
    return export
