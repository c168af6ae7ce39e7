"""The filter of the usage page and of the API's usage calls, as a scope; both use the same names."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.money.scope import Scope, visible_projects
from projects.models import Project
from projects.problems import FieldProblem, not_found, wrong_fields

DEFAULT_RANGE = "30"
RANGES = [
    ("7", gettext_noop("7 days")),
    ("30", gettext_noop("30 days")),
    ("90", gettext_noop("90 days")),
    ("365", gettext_noop("A year")),
    ("all", gettext_noop("All time")),
]


class UsageFilter(forms.Form):
    """The query of the usage page. Values that make no sense are ignored; dates go before a range."""

    range = forms.ChoiceField(choices=RANGES, required=False)
    project = forms.CharField(required=False)
    person = forms.CharField(required=False)
    model = forms.CharField(max_length=60, required=False)
    # `from` is no name in Python
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)


def scope_of_page(user: User, form: UsageFilter) -> Scope:
    """Return the scope of the page's query; without dates the last 30 days."""
    # after it `cleaned_data` has the values that make sense
    form.is_valid()
    query = form.cleaned_data
    projects = visible_projects(user)
    first, last = query.get("since"), query.get("until")
    if first and last and first > last:
        first, last = last, first
    if not first and not last and (days := query.get("range") or DEFAULT_RANGE) != "all":
        first = timezone.now().date() - timedelta(days=int(days) - 1)
    return Scope(
        projects=projects,
        project=_project(projects, query.get("project")),
        person=_person(projects, query.get("person")),
        model=query.get("model") or None,
        first=first,
        last=_no_later_than_today(last),
    )


def scope_of_call(
    user: User, *, project: str | None, person: str | None, model: str | None, since: str | None, until: str | None
) -> Scope:
    """Return the scope of an API call; without dates all time.

    Raise Problem 404 for a project or person that the caller cannot see, 422 for a date that is none.
    """
    projects = visible_projects(user)
    first, last = _dates(since=since, until=until)
    only_project = _project(projects, project)
    if project is not None and only_project is None:
        raise not_found(_("project"))
    only_person = _person(projects, person)
    if person is not None and only_person is None:
        raise not_found(_("person"))
    return Scope(projects, only_project, only_person, model, first, last)


def _project(projects: dict[int, Project], slug: str | None) -> Project | None:
    return next((project for project in projects.values() if project.slug == slug), None)


def _person(projects: dict[int, Project], username: str | None) -> User | None:
    """Return the member of one of these projects, or the person who created a job there."""
    if not username:
        return None
    keys = list(projects)
    took_part = Q(memberships__project__in=keys) | Q(jobs__project__in=keys)
    return User.objects.filter(took_part, username=username).first()


def _dates(**texts: str | None) -> tuple[date | None, date | None]:
    """Return `since` and `until`. Raise Problem 422 that names each wrong one."""
    dates: dict[str, date | None] = {}
    problems: list[FieldProblem] = []
    for name, text in texts.items():
        try:
            dates[name] = date.fromisoformat(text) if text is not None else None
        except ValueError:
            problems.append(FieldProblem(name, _("{name} must be a day such as 2026-11-30.").format(name=name)))
    first, last = dates.get("since"), dates.get("until")
    if first and last and first > last:
        problems.append(FieldProblem("until", _("until must not be before since.")))
    if problems:
        raise wrong_fields(*problems)
    return first, _no_later_than_today(last)


def _no_later_than_today(day: date | None) -> date | None:
    # a day far off, such as 9999-12-31, has no next day
    return min(day, timezone.now().date()) if day else None
