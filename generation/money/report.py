"""The usage report: credits by day, project, scene, model and person; the same for the page and the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.models import GenerationJob, JobQuerySet
from generation.money import refusals
from generation.money.refusals import Refusals
from generation.money.scope import Scope
from generation.money.take_costs import TakeCosts, seconds_used, take_costs
from generation.money.totals import CreditTotals, Groups, LedgerSnapshot, add_up
from projects.models import Project, Scene

DELETED_PERSON = gettext_noop("deleted user")


@dataclass(frozen=True)
class SpendRow:
    """The credits of one project, scene, model or person; `key` is its id in addresses, such as a slug."""

    name: str
    key: str
    totals: CreditTotals
    project: Project | None = None
    scene: Scene | None = None


@dataclass(frozen=True)
class Report:
    """Credits within a scope. `held`, `seconds_used` and `spent_ever` are of all time, the rest of the scope's days."""

    scope: Scope
    total: CreditTotals
    held: Decimal
    takes: TakeCosts
    seconds_used: float
    """The length of the takes that are chosen now."""
    spent_ever: Decimal
    refusals: list[Refusals]
    """Refusals by moderation in the last thirty days."""
    days: dict[date, CreditTotals]
    projects: list[SpendRow]
    scenes: list[SpendRow]
    models: list[SpendRow]
    people: list[SpendRow]

    @property
    def given_back(self) -> Decimal:
        """Credits that Runway refunded, as a positive number."""
        return -self.total.refunded

    @property
    def per_second_used(self) -> Decimal | None:
        """Credits spent so far for each second of the chosen takes; None while nothing is chosen."""
        return self.spent_ever / Decimal(str(self.seconds_used)) if self.seconds_used else None


def load_report(scope: Scope) -> Report:
    """Return the report of a scope. It reads only, with the same number of queries however long the ledger is."""
    ledger = LedgerSnapshot()
    entries = scope.entries & scope.within("day")
    days = {day: totals for (day,), totals in sorted(ledger.totals_by(["day"], entries).items())}
    total = sum(days.values(), CreditTotals())
    # credits are held and a second of film is paid for whenever that was, not only in these days
    ever = ledger.total(scope.entries) if scope.first or scope.last else total
    by_scene = _without_unpaid(ledger.totals_by(["project", "scene"], entries))
    # models and people by one query
    by_person = _without_unpaid(ledger.totals_by(["model", "person", "person_name"], entries))
    return Report(
        scope=scope,
        total=total,
        held=ever.held,
        takes=take_costs(scope),
        seconds_used=seconds_used(scope),
        spent_ever=ever.spent,
        refusals=refusals.count_by_model(_jobs_to_count_refusals(scope)),
        days=days,
        projects=_project_rows(scope, _merged(by_scene, 0, 1)),
        scenes=_scene_rows(scope, by_scene),
        models=_by_spend(SpendRow(model, model, totals) for (model,), totals in _merged(by_person, 0, 1).items()),
        people=_person_rows(_merged(by_person, 1, 3)),
    )


def _jobs_to_count_refusals(scope: Scope) -> JobQuerySet:
    """Select the scope's jobs in a way that no index of projects serves: the few that were refused have one."""
    jobs = GenerationJob.objects.alias(any_project=Coalesce("project_id", 0)).filter(any_project__in=scope.project_ids)
    jobs = jobs.filter(created_by=scope.person) if scope.person else jobs
    return jobs.filter(model=scope.model) if scope.model else jobs


def _without_unpaid(groups: Groups) -> Groups:
    """Leave out the groups in which nothing was charged."""
    return {key: totals for key, totals in groups.items() if totals.charged or totals.refunded}


def _merged(groups: Groups, first: int, last: int) -> Groups:
    """Add up the groups that share a part of their key: `key[first:last]`."""
    return add_up((key[first:last], totals) for key, totals in groups.items())


def _by_spend(rows: Iterable[SpendRow]) -> list[SpendRow]:
    """Return the rows with the most credits first."""
    return sorted(rows, key=lambda row: (-row.totals.spent, row.name, row.key))


def _project_rows(scope: Scope, groups: Groups) -> list[SpendRow]:
    projects = ((scope.projects.get(key), totals) for (key,), totals in groups.items())
    return _by_spend(SpendRow(project.name, project.slug, totals, project) for project, totals in projects if project)


def _scene_rows(scope: Scope, groups: Groups) -> list[SpendRow]:
    scenes = Scene.objects.in_bulk([scene for _, scene in groups if scene is not None])
    rows = []
    for (project_id, scene_id), totals in groups.items():
        project, scene = scope.projects.get(project_id), scenes.get(scene_id)
        # entries of deleted projects and scenes count in the totals, but have no row
        if project and scene:
            rows.append(SpendRow(scene.name, scene.folder_name, totals, project, scene))
    return _by_spend(rows)


def _person_rows(groups: Groups) -> list[SpendRow]:
    """Return one row for each person, under their present name; deleted people keep their last one.

    `groups`: by person and by the name that the person had.
    """
    usernames = dict(User.objects.filter(pk__in=[key for key, _ in groups if key]).values_list("pk", "username"))
    people = add_up((_name_and_key(usernames.get(key, ""), name), totals) for (key, name), totals in groups.items())
    return _by_spend(SpendRow(name, username, totals) for (name, username), totals in people.items())


def _name_and_key(username: str, name_then: str) -> tuple[str, str]:
    return username or name_then or _(DELETED_PERSON), username
