"""The command palette: pages, projects, scenes and takes by a few letters of their name."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
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
# only for who searches: the first lines are for films
SETTINGS = {"set-up-second-factor": gettext_noop("Second factor")}
STAFF_SETTINGS = {
    "people": gettext_noop("People"),
    "audit": gettext_noop("Audit log"),
    "webhooks": gettext_noop("Webhooks"),
    "clean-up": gettext_noop("Clean-up"),
}
# of each film
FILM_PAGES = {
    "cut": gettext_noop("Cut"),
    "contact-sheet": gettext_noop("Takes"),
    "batches": gettext_noop("Batches"),
    "disclosure": gettext_noop("Disclosure"),
    "members": gettext_noop("Members"),
    "auto-retry": gettext_noop("Automatic retry"),
    "project-files": gettext_noop("Files"),
}
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
    pages = PAGES | (STAFF_PAGES if user.is_staff else {})
    if words:
        pages |= SETTINGS | (STAFF_SETTINGS if user.is_staff else {})
    labelled = [(name, _(label)) for name, label in pages.items()]
    yield from (Result(reverse(name), label, _("Page")) for name, label in labelled if matches(words, label))
    yield from (_project(project) for project in projects.values() if matches(words, project.name))
    # all scenes of a studio would only push out what is looked for
    if words:
        yield from _film_pages(projects.values(), words, matches)
        yield from _scenes(projects, words, matches)


def _project(project: Project) -> Result:
    return Result(reverse("project", args=[project.slug]), project.name, _("Project"))


def _film_pages(projects: Iterable[Project], words: list[str], matches: Match) -> Iterator[Result]:
    """Yield the pages of films whose name and film's name have the words; the name of a film alone finds its cut."""
    for name, untranslated in FILM_PAGES.items():
        label = _(untranslated)
        names = (label, "film") if name == "cut" else (label,)
        if name != "cut" and not any(matches([word], label) for word in words):
            continue
        for project in projects:
            if matches(words, *names, project.name):
                yield Result(reverse(name, args=[project.slug]), label, _("Of {name}").format(name=project.name))


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
