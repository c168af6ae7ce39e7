"""Spend by project, scene, model, person and day, of what the person may see; the same for the page and the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, Sum

from generation.models import GenerationJob, Mark
from generation.models.ledger import ZERO
from generation.models.status import Status
from generation.money import refusals, totals
from generation.money.refusals import Refusals
from generation.money.totals import Sums
from projects.access import permissions
from projects.models import Asset, Project, Scene

GONE = "somebody who is gone"


@dataclass(frozen=True)
class Scope:
    """What is asked for: of these projects, and only what fits; both days are in it, None is without an end."""

    projects: dict[int, Project]
    project: Project | None = None
    person: User | None = None
    model: str | None = None
    first: date | None = None
    last: date | None = None

    @property
    def whose(self) -> Q:
        """By the fields that ledger and jobs share."""
        found = Q(project=self.project) if self.project else Q(project__in=list(self.projects))
        return found & Q(model=self.model) if self.model else found

    @property
    def entries(self) -> Q:
        return self.whose & Q(person=self.person) if self.person else self.whose

    @property
    def jobs(self) -> Q:
        return self.whose & Q(created_by=self.person) if self.person else self.whose

    def within(self, name: str) -> Q:
        found = Q(**{f"{name}__gte": self.first}) if self.first else Q()
        return found & Q(**{f"{name}__lte": self.last}) if self.last else found


@dataclass(frozen=True)
class Line:
    """One project, scene, model or person. `key` is what the address calls it."""

    name: str
    key: str
    sums: Sums
    project: Project | None = None
    scene: Scene | None = None


@dataclass(frozen=True)
class Takes:
    """That ended in that time: how many were completed; credits of those that came to nothing, and of rejected ones."""

    completed: int
    failed: Decimal
    rejected: Decimal


@dataclass
class Report:
    scope: Scope
    total: Sums
    held: Decimal
    takes: Takes
    # of the chosen takes, and what all has cost so far, whenever that was
    seconds_used: float
    spent_ever: Decimal
    refusals: list[Refusals]
    days: dict[date, Sums] = field(default_factory=dict)
    projects: list[Line] = field(default_factory=list)
    scenes: list[Line] = field(default_factory=list)
    models: list[Line] = field(default_factory=list)
    persons: list[Line] = field(default_factory=list)

    @property
    def given_back(self) -> Decimal:
        return -self.total.refunded

    @property
    def per_second_used(self) -> Decimal | None:
        """Credits for each second that is in the cut; None while nothing is chosen."""
        return self.spent_ever / Decimal(str(self.seconds_used)) if self.seconds_used else None


def projects_of(user: User) -> dict[int, Project]:
    return {project.pk: project for project in permissions.projects_with_visible_costs(user)}


def read(scope: Scope) -> Report:
    """The same number of queries, whatever there is."""
    totals.fold()
    book = totals.Book()
    within = scope.entries & scope.within("day")
    days = {day: found for (day,), found in sorted(book.by(["day"], within).items())}
    total = _added(days.values())
    ever = book.total(scope.entries) if scope.first or scope.last else total
    report = Report(
        scope=scope,
        total=total,
        held=ever.held,
        takes=_takes(scope),
        seconds_used=_seconds_used(scope),
        spent_ever=ever.spent,
        refusals=refusals.counted(GenerationJob.objects.filter(scope.jobs)),
        days=days,
    )
    scenes = _spent(book.by(["project", "scene"], within))
    report.projects = _projects(scope, scenes)
    report.scenes = _scenes(scope, scenes)
    who = _spent(book.by(["model", "person", "person_name"], within))
    report.models = _lines((key[0], key[0], found) for key, found in _merged(who, 0, 1).items())
    report.persons = _persons(_merged(who, 1, 3))
    return report


def _merged(groups: dict[tuple[Any, ...], Sums], first: int, last: int) -> dict[tuple[Any, ...], Sums]:
    """By a part of the key only."""
    found: dict[tuple[Any, ...], list[Sums]] = {}
    for key, each in groups.items():
        found.setdefault(key[first:last], []).append(each)
    return {key: _added(each) for key, each in found.items()}


def _spent(groups: dict[tuple[Any, ...], Sums]) -> dict[tuple[Any, ...], Sums]:
    """Without those of which nothing was charged in that time."""
    return {key: found for key, found in groups.items() if found.charged or found.refunded}


def _added(many: Iterable[Sums]) -> Sums:
    found = Sums()
    for each in many:
        found.held += each.held
        found.charged += each.charged
        found.refunded += each.refunded
    return found


def _lines(found: Iterable[tuple[str, str, Sums]]) -> list[Line]:
    return _in_order(Line(name, key, each) for name, key, each in found)


def _in_order(lines: Iterable[Line]) -> list[Line]:
    """The dearest first."""
    return sorted(lines, key=lambda line: (-line.sums.spent, line.name, line.key))


def _projects(scope: Scope, scenes: dict[tuple[Any, ...], Sums]) -> list[Line]:
    known = ((scope.projects.get(key), each) for (key,), each in _merged(scenes, 0, 1).items())
    return _in_order(Line(project.name, project.slug, each, project) for project, each in known if project)


def _scenes(scope: Scope, scenes: dict[tuple[Any, ...], Sums]) -> list[Line]:
    known = Scene.objects.in_bulk([scene for _, scene in scenes if scene is not None])
    lines = []
    for (project_id, scene_id), found in scenes.items():
        project, scene = scope.projects.get(project_id), known.get(scene_id)
        if project and scene:
            lines.append(Line(scene.name, scene.folder_name, found, project, scene))
    return _in_order(lines)


def _persons(groups: dict[tuple[Any, ...], Sums]) -> list[Line]:
    """One line for each, under the present name; who is gone keeps the last one."""
    names = dict(User.objects.filter(pk__in=[key for key, _ in groups if key]).values_list("pk", "username"))
    found: dict[tuple[str, str], list[Sums]] = {}
    for (key, name), each in groups.items():
        username = names.get(key, "")
        found.setdefault((username or f"{name or GONE}", username), []).append(each)
    return _lines((name, username, _added(each)) for (name, username), each in found.items())


def _takes(scope: Scope) -> Takes:
    jobs = GenerationJob.objects.filter(scope.jobs, *_ended_within(scope))
    wasted = Q(status__in=(Status.FAILED, Status.CANCELLED))
    found = jobs.aggregate(
        completed=Count("status", filter=Q(status=Status.COMPLETED)),
        failed=Sum("credits_charged", filter=wasted),
        rejected=Sum("credits_charged", filter=Q(mark=Mark.REJECTED) & ~wasted),
    )
    return Takes(found["completed"], found["failed"] or ZERO, found["rejected"] or ZERO)


def _ended_within(scope: Scope) -> Iterator[Q]:
    """By moments, not by days: a database need not look at the date of each row."""
    if scope.first:
        yield Q(finished_at__gte=datetime.combine(scope.first, time(), UTC))
    if scope.last:
        yield Q(finished_at__lt=datetime.combine(scope.last + timedelta(days=1), time(), UTC))


def _seconds_used(scope: Scope) -> float:
    """Of the takes that are chosen now, in scenes that are not in the trash."""
    chosen = Asset.objects.filter(selected=True, trashed_at=None, scene__trashed_at=None, source=Asset.Source.GENERATED)
    projects = [scope.project.pk] if scope.project else list(scope.projects)
    chosen = chosen.filter(scene__project__in=projects)
    if scope.model:
        chosen = chosen.filter(job__model=scope.model)
    if scope.person:
        chosen = chosen.filter(job__created_by=scope.person)
    return float(chosen.aggregate(sum=Sum("duration"))["sum"] or 0)
