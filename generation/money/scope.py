"""What a usage report covers: projects, perhaps one project, person or model, and a range of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.db.models import Q

from projects.access import permissions
from projects.models import Project


@dataclass(frozen=True)
class Scope:
    """`projects`: those whose costs the person may see, by key. None elsewhere means all; both days are included."""

    projects: dict[int, Project]
    project: Project | None = None
    person: User | None = None
    model: str | None = None
    first: date | None = None
    last: date | None = None

    @property
    def project_ids(self) -> list[int]:
        """The keys of the projects that count."""
        return [self.project.pk] if self.project else list(self.projects)

    @property
    def entries(self) -> Q:
        """The condition of ledger entries and daily totals, on any day."""
        return self._work & Q(person=self.person) if self.person else self._work

    @property
    def other_entries(self) -> Q:
        """The condition of ledger entries without that of their projects."""
        condition = Q(model=self.model) if self.model else Q()
        return condition & Q(person=self.person) if self.person else condition

    @property
    def jobs(self) -> Q:
        """The condition of jobs, at any time."""
        return self._work & Q(created_by=self.person) if self.person else self._work

    def within(self, field: str) -> Q:
        """Return the condition that the field, a date, lies in the range of days."""
        condition = Q(**{f"{field}__gte": self.first}) if self.first else Q()
        return condition & Q(**{f"{field}__lte": self.last}) if self.last else condition

    def within_time(self, field: str) -> Q:
        """Return the condition that the field, a moment, lies in the range of days; an index on it can be used."""
        condition = Q()
        if self.first:
            condition &= Q(**{f"{field}__gte": midnight(self.first)})
        if self.last:
            condition &= Q(**{f"{field}__lt": midnight(self.last + timedelta(days=1))})
        return condition

    @property
    def _work(self) -> Q:
        """The condition on the fields that ledger entries and jobs share."""
        condition = Q(project=self.project) if self.project else Q(project__in=self.project_ids)
        return condition & Q(model=self.model) if self.model else condition


def visible_projects(user: User) -> dict[int, Project]:
    """Return the projects whose costs the person may see, by key, those in the trash included."""
    return {project.pk: project for project in permissions.projects_with_visible_costs(user)}


def midnight(day: date) -> datetime:
    """Return the beginning of a day, which is one of UTC."""
    return datetime.combine(day, time(), UTC)
