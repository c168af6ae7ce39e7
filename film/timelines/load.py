"""The cut of a project with its media, as it plays now."""

from __future__ import annotations

from dataclasses import replace

from film.document.cut import Clip, Cut
from film.document.timeline import Timeline
from film.models import ProjectCut
from film.timelines.resolver import Resolver
from projects.models import Project

UNTOUCHED_VERSION = 1
"""The version of a cut that nobody has touched."""


def current_cut(project: Project) -> tuple[Cut, int, bool]:
    """Return the cut as it is stored, its version, and whether it is automatic."""
    row = ProjectCut.objects.select_related("revision").filter(project=project).first()
    if row is None or row.revision is None:
        return Cut(), row.version if row else UNTOUCHED_VERSION, True
    return row.revision.cut, row.version, row.revision.automatic


def editable_cut(project: Project) -> tuple[Cut, int]:
    """Return the cut with its clips, which an automatic one takes from the scenes, and its version."""
    cut, version, automatic = current_cut(project)
    if automatic:
        scenes = project.scenes.filter(trashed_at=None).order_by("position", "number")
        cut = replace(cut, clips=tuple(Clip(scene.folder_name, scene.folder_name) for scene in scenes))
    return cut, version


def load_timeline(project: Project, *, alternates: bool = False, prompts: bool = False) -> Timeline:
    """Return the film as it plays now.

    With `alternates` each clip has all takes of its scene, with `prompts` also the prompt of the file that it shows.
    """
    cut, version, automatic = current_cut(project)
    resolver = Resolver(project, cut, alternates=alternates, prompts=prompts)
    return resolver.timeline(version, automatic=automatic)


def resolve(project: Project, cut: Cut, *, version: int = 0, automatic: bool = False) -> Timeline:
    """Return a cut with its media. What has changed since it was made is said in `warnings`, and left out."""
    return Resolver(project, cut).timeline(version, automatic=automatic)
