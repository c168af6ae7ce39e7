"""The command palette: pages, projects, scenes and takes by a few letters of their name."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
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
from projects.disk.name_matching import has_letters, has_words, search_words
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
    "trash": gettext_noop("Trash"),
    "account": gettext_noop("Account"),
}
STAFF_PAGES = {"status": gettext_noop("Status"), "admin:index": gettext_noop("Admin")}
Match = Callable[..., bool]


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
    """Yield the job whose id is given, then pages, projects and scenes: first those whose name has all words.

    Behind them are those whose name has the letters of the words.
    """
    projects = {project.pk: project for project in permissions.projects_of(user)}
    yield from _jobs(user, words)
    exact = set()
    for result in _named(user, projects, words, has_words):
        exact.add(result.url)
        yield result
    if words:
        yield from (each for each in _named(user, projects, words, has_letters) if each.url not in exact)


def _named(user: User, projects: dict[int, Project], words: list[str], matches: Match) -> Iterator[Result]:
    pages = [*PAGES.items(), *(STAFF_PAGES.items() if user.is_staff else [])]
    labelled = [(name, _(label)) for name, label in pages]
    yield from (Result(reverse(name), label, _("Page")) for name, label in labelled if matches(words, label))
    yield from (_project(project) for project in projects.values() if matches(words, project.name))
    # all scenes of a studio would only push out what is looked for
    if words:
        yield from (_cut(project) for project in projects.values() if matches(words, "cut", "film", project.name))
        yield from _scenes(projects, words, matches)


def _project(project: Project) -> Result:
    return Result(reverse("project", args=[project.slug]), project.name, _("Project"))


def _cut(project: Project) -> Result:
    return Result(reverse("cut", args=[project.slug]), _("Cut"), _("Of {name}").format(name=project.name))


def _scenes(projects: dict[int, Project], words: list[str], matches: Match) -> Iterator[Result]:
    rows = Scene.objects.filter(project__in=projects, trashed_at=None).order_by("-pk")
    for key, number, name in rows.values_list("project_id", "number", "name"):
        project = projects[key]
        # the project's name counts too, so that "letters window" finds a scene of one of several films
        if matches(words, name, project.name):
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
