"""The wall of projects: the first page."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import replace_url

from projects import actions
from projects.access import permissions
from projects.disk.name_matching import MAX_SEARCH_LENGTH, has_words, search_words
from projects.mirror import contributions
from projects.mirror.best_asset import Poster, annotate_best_asset, best_asset
from projects.models import Asset, Scene
from projects.pages.forms import NameForm
from projects.pages.responses import Request, add_problem_to_form, form_status, page
from projects.problems import Problem

POSTERS_ON_A_CARD = 4
# the beginning of a film is enough for its card: the other scenes are not read
SCENES_ON_A_CARD = 12


@dataclass
class ProjectCard:
    """A project on the wall. `project` has the annotations of `permissions.projects_of`."""

    project: Any
    posters: list[Poster] = field(default_factory=list)
    chosen: int = 0
    unfinished: int = 0
    spent: Decimal = Decimal(0)


@page("GET", "HEAD", "POST")
def projects(request: Request) -> HttpResponse:
    """Show all projects, or those that match a search; a POST creates one."""
    form = NameForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            return redirect("project", actions.create_project(request.user, form.cleaned_data["name"]).slug)
        except Problem as problem:
            add_problem_to_form(form, problem)
    search = request.GET.get("q", "").strip()[:MAX_SEARCH_LENGTH]
    context = {"cards": project_cards(request.user, search), "search": search, "form": form}
    response = render(request, "projects/projects.html", context, status=form_status(form))
    if request.htmx and not search:
        # an empty search leaves nothing in the address
        replace_url(response, request.path)
    return response


def project_cards(user: User, search: str = "") -> list[ProjectCard]:
    """Return the projects that a person sees, last changed first, in a fixed number of queries.

    `search` keeps those whose name, or the name of one of their scenes, has every word of it.
    """
    cards = {project.pk: ProjectCard(project) for project in permissions.projects_of(user)}
    if search:
        matches = _matching(cards, search)
        cards = {key: card for key, card in cards.items() if key in matches}
    _add_posters(cards)
    _add_numbers(cards)
    return list(cards.values())


def _matching(cards: dict[int, ProjectCard], search: str) -> set[int]:
    """Search in Python: databases ignore case and accents of different letters, SQLite of English ones alone."""
    names = {key: [card.project.name] for key, card in cards.items()}
    for key, name in Scene.objects.filter(project__in=cards, trashed_at=None).values_list("project_id", "name"):
        names[key].append(name)
    words = search_words(search)
    return {key for key in cards if has_words(words, *names[key])}


def _add_posters(cards: dict[int, ProjectCard]) -> None:
    scenes = Scene.objects.filter(project__in=cards, trashed_at=None, position__lte=SCENES_ON_A_CARD)
    for scene in annotate_best_asset(scenes):
        card, best = cards[scene.project_id], best_asset(scene)
        if best and len(card.posters) < POSTERS_ON_A_CARD:
            card.posters.append(best.poster)


def _add_numbers(cards: dict[int, ProjectCard]) -> None:
    chosen = Asset.objects.filter(scene__project__in=cards, scene__trashed_at=None, trashed_at=None, selected=True)
    for key, count in chosen.order_by().values_list("scene__project").annotate(Count("pk")):
        cards[key].chosen = count
    for key, work in contributions.jobs().project_work(cards).items():
        cards[key].spent = work.spent
        cards[key].unfinished = work.unfinished
