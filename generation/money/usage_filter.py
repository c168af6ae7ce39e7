"""What stands in the address of the usage page and in the API's query, as a scope; the names are the same."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from generation.money import report
from generation.money.report import Scope
from projects.models import Project
from projects.problems import FieldProblem, not_found, wrong_fields

DEFAULT = "30"
RANGES = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("all", "All time")]


class UsageFilter(forms.Form):
    """The page's; what makes no sense there is left out, not an error. Two dates go before a range."""

    range = forms.ChoiceField(choices=RANGES, required=False)
    project = forms.CharField(required=False)
    person = forms.CharField(required=False)
    model = forms.CharField(max_length=60, required=False)
    # `from` is no name in Python
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)


def of_page(user: User, form: UsageFilter) -> Scope:
    form.is_valid()
    given = form.cleaned_data
    projects = report.projects_of(user)
    first, last = given.get("since"), given.get("until")
    if first and last and first > last:
        first, last = last, first
    if not first and not last and (days := given.get("range") or DEFAULT) != "all":
        first = timezone.now().date() - timedelta(days=int(days) - 1)
    return Scope(
        projects=projects,
        project=_project(projects, given.get("project")),
        person=_person(projects, given.get("person")),
        model=given.get("model") or None,
        first=first,
        last=_no_later_than_today(last),
    )


def of_call(
    user: User, *, project: str | None, person: str | None, model: str | None, since: str | None, until: str | None
) -> Scope:
    """Problem 404 for a project that is not theirs to see, 422 for a date that is none."""
    projects = report.projects_of(user)
    first, last = _dates(since=since, until=until)
    found = _project(projects, project)
    if project is not None and found is None:
        raise not_found("project")
    whose = _person(projects, person)
    if person is not None and whose is None:
        raise not_found("person")
    return Scope(projects, found, whose, model, first, last)


def _project(projects: dict[int, Project], slug: str | None) -> Project | None:
    return next((project for project in projects.values() if project.slug == slug), None)


def _person(projects: dict[int, Project], username: str | None) -> User | None:
    """Of those who belong to these projects, or have asked for takes there."""
    if not username:
        return None
    keys = list(projects)
    there = Q(memberships__project__in=keys) | Q(jobs__project__in=keys)
    return User.objects.filter(there, username=username).first()


def _dates(**texts: str | None) -> list[date | None]:
    found: dict[str, date | None] = {}
    wrong: list[FieldProblem] = []
    for name, text in texts.items():
        try:
            found[name] = date.fromisoformat(text) if text is not None else None
        except ValueError:
            wrong.append(FieldProblem(name, f"{name} must be a day such as 2026-11-30."))
    first, last = found.get("since"), found.get("until")
    if first and last and first > last:
        wrong.append(FieldProblem("until", "until must not be before since."))
    if wrong:
        raise wrong_fields(*wrong)
    return [first, _no_later_than_today(last)]


def _no_later_than_today(day: date | None) -> date | None:
    return min(day, timezone.now().date()) if day else None
