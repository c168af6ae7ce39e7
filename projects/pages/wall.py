"""What the wall of projects shows, in a number of queries that does not grow with them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count

from projects.access import permissions
from projects.mirror import contributions
from projects.models import Asset, Scene
from projects.pages.storyboard import Still, best_of, with_best

POSTERS_ON_A_CARD = 4
# a film shows itself by its beginning: of a long one the rest is not looked at
SCENES_LOOKED_AT = 12


@dataclass
class ProjectCard:
    project: Any
    """With what `access.projects_of` adds to it."""
    stills: list[Still] = field(default_factory=list)
    chosen: int = 0
    under_way: int = 0
    spent: Decimal = Decimal(0)


def wall(user: User, wanted: str = "") -> list[ProjectCard]:
    """Every project that the person sees, the last changed first; with `wanted`, those of that name or with a scene of
    it."""
    cards = {project.pk: ProjectCard(project) for project in permissions.projects_of(user)}
    if wanted:
        found = _found(cards, wanted)
        cards = {key: card for key, card in cards.items() if key in found}
    _add_stills(cards)
    _add_numbers(cards)
    return list(cards.values())


def _found(cards: dict[int, ProjectCard], wanted: str) -> set[int]:
    """By every word of it. In Python: a database folds what letters it knows, SQLite those of English alone."""
    texts = {key: [folded(card.project.name)] for key, card in cards.items()}
    for key, name in Scene.objects.filter(project__in=cards, trashed_at=None).values_list("project_id", "name"):
        texts[key].append(folded(name))
    words = folded(wanted).split()
    return {key for key, names in texts.items() if all(any(word in name for name in names) for word in words)}


def folded(text: str) -> str:
    """Without case and accents: `Nächte` is found by `nachte`."""
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in taken_apart if not unicodedata.combining(character))


def _add_stills(cards: dict[int, ProjectCard]) -> None:
    scenes = Scene.objects.filter(project__in=cards, trashed_at=None, position__lte=SCENES_LOOKED_AT)
    for scene in with_best(scenes):
        card, best = cards[scene.project_id], best_of(scene)
        if best and len(card.stills) < POSTERS_ON_A_CARD:
            card.stills.append(best.still)


def _add_numbers(cards: dict[int, ProjectCard]) -> None:
    chosen = Asset.objects.filter(scene__project__in=cards, scene__trashed_at=None, trashed_at=None, selected=True)
    for key, count in chosen.order_by().values_list("scene__project").annotate(Count("pk")):
        cards[key].chosen = count
    for key, numbers in contributions.jobs().project_numbers(cards).items():
        cards[key].spent = numbers.spent
        cards[key].under_way = numbers.unfinished
