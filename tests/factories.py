"""Rows for tests, made by the product's own actions where it has one."""

from __future__ import annotations

import itertools
from typing import Any

from django.contrib.auth.models import User

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
