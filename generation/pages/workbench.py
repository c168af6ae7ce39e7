"""What the workbench of a scene shows: the strip of takes, the one that is looked at, and one beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q

from generation.actions.compare import Differences, differences
from generation.forms.composer_form import BenchFilter
from generation.models import GenerationJob, JobQuerySet, Mark
from generation.models.status import UNFINISHED, Status
from projects.models import Scene

TAKES_ON_A_PAGE = 48
SHOWN = {
    "chosen": Q(asset__selected=True, asset__trashed_at=None),
    "starred": Q(mark=Mark.STARRED),
    "kept": ~Q(mark=Mark.REJECTED),
}
# nothing to see in them, so they are not what a page opens with
FRUITLESS = (Status.FAILED, Status.CANCELLED)


def with_related_rows(jobs: JobQuerySet) -> JobQuerySet:
    """Load what a card, a tile or a row shows, in one query; the first frames are another (`with_first_frame`)."""
    return jobs.select_related("scene__project", "asset__scene__project", "successor", "quality")


class Workbench:
    """`query`: what stands in the page's address; what makes no sense there is left out, not an error."""

    def __init__(self, scene: Scene, query: Mapping[str, Any]) -> None:
        form = BenchFilter(query)
        form.is_valid()
        self.scene = scene
        self.show: str = form.cleaned_data.get("show") or ""
        self.filters = BenchFilter.SHOWN
        self._asked = {name: form.cleaned_data.get(name) for name in ("take", "compare", "page")}

    @cached_property
    def page(self) -> Page[GenerationJob]:
        found = self._takes.filter(SHOWN.get(self.show, Q())).order_by("-take")
        return Paginator(found, TAKES_ON_A_PAGE).get_page(self._asked["page"])

    @cached_property
    def tiles(self) -> list[GenerationJob]:
        """As they were made, the newest last: one that comes moves none that stands."""
        return list(reversed(self.page.object_list))

    @property
    def grows(self) -> bool:
        """Whether a take that is made now belongs on this page."""
        return self.page.number == 1 and self.show in ("", "kept")

    @cached_property
    def looked(self) -> GenerationJob | None:
        """The take that was asked for; else the newest that shows something."""
        if asked := self._take(self._asked["take"]):
            return asked
        newest = list(reversed(self.tiles))
        return next((job for job in newest if job.status not in FRUITLESS), newest[0] if newest else None)

    @cached_property
    def beside(self) -> GenerationJob | None:
        """Of two takes the second."""
        other = self._take(self._asked["compare"])
        return other if other and other != self.looked and other.asset_id else None

    @cached_property
    def differences(self) -> Differences | None:
        return differences(self.looked, self.beside) if self.looked and self.beside else None

    @cached_property
    def comparable(self) -> list[int]:
        """Takes with a clip, newest first."""
        clips = self.scene.jobs.filter(asset__trashed_at=None, asset__kind="video")
        return list(clips.order_by("-take").values_list("take", flat=True))

    @property
    def busy(self) -> int:
        return sum(job.status in UNFINISHED for job in self.tiles)

    @property
    def _takes(self) -> JobQuerySet:
        return with_related_rows(GenerationJob.objects.filter(scene=self.scene).takes()).with_first_frame()

    def _take(self, number: int | None) -> GenerationJob | None:
        return self._takes.filter(take=number).first() if number else None
