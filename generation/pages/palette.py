"""The command palette: pages, projects, scenes and takes by a few letters of their name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation import access
from generation.models import GenerationJob
from projects.access import permissions
from projects.disk.name_matching import has_words, search_words
from projects.models import Project, Scene
from projects.pages.responses import Request, page

MAX_RESULTS = 12
# name of the address → label
PAGES = {
    "projects": gettext_noop("Projects"),
    "queue": gettext_noop("Queue"),
    "usage": gettext_noop("Usage"),
    "budgets": gettext_noop("Budgets"),
    "connection": gettext_noop("Connection to Runway"),
    "account": gettext_noop("Account"),
}
ADMIN = ("admin:index", gettext_noop("Admin"))


@dataclass(frozen=True)
class Result:
    """A line of the palette: where it goes, its name, and in a few words what it is."""

    url: str
    label: str
    about: str


@page("GET", "HEAD")
def palette(request: Request) -> HttpResponse:
    """Show what matches the words of `q`, the lines of the palette alone."""
    results = itertools.islice(find(request.user, search_words(request.GET.get("q", ""))), MAX_RESULTS)
    return render(request, "generation/_palette.html", {"results": list(results)})


def find(user: User, words: list[str]) -> Iterator[Result]:
    """Yield the job whose id is given, then pages, projects and scenes whose name has all words."""
    projects = {project.pk: project for project in permissions.projects_of(user)}
    yield from _jobs(user, words)
    pages = [*PAGES.items(), *([ADMIN] if user.is_staff else [])]
    labelled = [(name, _(label)) for name, label in pages]
    yield from (Result(reverse(name), label, _("Page")) for name, label in labelled if has_words(words, label))
    yield from (_project(project) for project in projects.values() if has_words(words, project.name))
    if words:
        yield from (_cut(project) for project in projects.values() if has_words(words, "cut", "film", project.name))
    # all scenes of a studio would only push out what is looked for
    if words:
        yield from _scenes(projects, words)


def _project(project: Project) -> Result:
    return Result(reverse("project", args=[project.slug]), project.name, _("Project"))


def _cut(project: Project) -> Result:
    return Result(reverse("cut", args=[project.slug]), _("Cut"), _("Of {name}").format(name=project.name))


def _scenes(projects: dict[int, Project], words: list[str]) -> Iterator[Result]:
    rows = Scene.objects.filter(project__in=projects, trashed_at=None).order_by("-pk")
    for key, number, name in rows.values_list("project_id", "number", "name"):
        project = projects[key]
        # the project's name counts too, so that "letters window" finds a scene of one of several films
        if has_words(words, name, project.name):
            yield Result(
                reverse("scene", args=[project.slug, f"scene-{number}"]),
                name,
                _("Scene of {name}").format(name=project.name),
            )


def _jobs(user: User, words: list[str]) -> Iterator[Result]:
    """Yield the take with this job id or Runway task id, if the person may see it."""
    job = access.jobs_of(user).filter(access.has_id(words[0])).first() if len(words) == 1 else None
    if job:
        yield _take(job)


def _take(job: GenerationJob) -> Result:
    scene = job.scene
    address = reverse("scene", args=[scene.project.slug, scene.folder_name])
    return Result(
        f"{address}?take={job.take}", _("Take {take}").format(take=job.take), f"{scene.name} · {scene.project.name}"
    )
