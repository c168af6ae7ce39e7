"""Pages of a scene's strip, which may have thousands of takes."""

from __future__ import annotations

from functools import cached_property

from django.core.paginator import Page, Paginator

from generation.models import GenerationJob, JobQuerySet

PAGES_AHEAD = 10
"""Takes are counted so many pages behind the one that is asked for."""


class StripPaginator(Paginator[GenerationJob]):
    """Pages whose rows are counted no further than a person pages at one go."""

    def __init__(self, takes: JobQuerySet, per_page: int, number: int | None) -> None:
        """Make pages for showing the one with this number; None is the first."""
        super().__init__(takes, per_page)
        self._number = number or 1

    @cached_property
    def count(self) -> int:
        """Return the number of takes, or one more than the pages ahead have."""
        most = (self._number + PAGES_AHEAD) * self.per_page + 1
        # in the order of their index, so that a database ends there
        takes: JobQuerySet = self.object_list  # type: ignore[assignment]
        return takes[:most].count()

    @property
    def has_more(self) -> bool:
        """Whether there are more pages than `num_pages`."""
        return self.num_pages > self._number + PAGES_AHEAD

    @property
    def page_at(self) -> Page[GenerationJob]:
        """The page that is shown; the last one where there are fewer."""
        if self._number == 1:
            first = list(self.object_list[: self.per_page])
            if len(first) < self.per_page:
                # most scenes: nothing is left to count
                self.count = len(first)
            return Page(first, 1, self)
        return self.get_page(self._number)
