"""The filters and the pages of the admin's list of jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from generation.access import has_id
from generation.models import GenerationJob
from generation.models.slices import load_slice
from generation.runway import catalog
from projects.admin import CappedPaginator
from projects.models import Project

SEARCHED_JOBS = 5000
# the newest of those that each search finds: all keys go into each query of the list
FOUND_JOBS = 1000


class CatalogFilter(admin.SimpleListFilter):
    """A filter whose choices come from the catalog, not from a search through all jobs for what they have."""

    names: Callable[[str], list[str]]

    @classmethod
    def of(cls, column: str, names: Callable[[str], list[str]]) -> type[CatalogFilter]:
        """Return the filter of a column; `names` gives its values for a kind of generation."""
        columns = {"title": column, "parameter_name": column, "names": staticmethod(names)}
        return type(f"{column.title()}Filter", (cls,), columns)

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Return the choices."""
        names = {name for kind in catalog.kinds() for name in self.names(kind)}
        return [(name, name) for name in sorted(names)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter by the choice, if there is one."""
        value = self.value()
        return queryset.filter(**{str(self.parameter_name): value}) if value else queryset


class JobPaginator(CappedPaginator):
    """Pages whose keys are read before their rows: else SQLite may begin with all scenes, and sort all their jobs."""

    def page(self, number: int | str) -> Page[Any]:
        """Return a page. Raise InvalidPage for a number that there is not."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        jobs: Any = self.object_list
        return Page(load_slice(jobs, start, start + self.per_page), number, self)


def search_jobs(jobs: QuerySet[GenerationJob], term: str) -> QuerySet[GenerationJob]:
    """Select the jobs that a term finds: by ids and projects, and by words of the newest `SEARCHED_JOBS` only."""
    newest = GenerationJob.objects.order_by("-created_at", "-id")
    # the keys first: for a condition on projects PostgreSQL would walk all jobs, also where it has none
    projects = list(Project.objects.filter(Q(name__icontains=term) | Q(slug=term)).values_list("pk", flat=True))
    words = Q(parameters__icontains=term) | Q(error_message__icontains=term)
    # a time and not a list of keys, beside which PostgreSQL would look for the words in all jobs
    oldest = newest.values_list("created_at", flat=True)[SEARCHED_JOBS - 1 : SEARCHED_JOBS].first()
    # with two ends, of which the second is no limit: PostgreSQL takes one end for a third of all, without statistics
    lately = Q(created_at__gte=oldest, created_at__lte=timezone.now() + timedelta(days=1)) if oldest else Q()
    # one query each: together no index would serve them
    searches = (
        GenerationJob.objects.filter(has_id(term)),
        newest.filter(project__in=projects),
        newest.filter(words, lately),
    )
    keys = {key for search in searches for key in search.values_list("pk", flat=True)[:FOUND_JOBS]}
    return jobs.filter(pk__in=keys)
