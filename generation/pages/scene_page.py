"""The page of a scene besides its composer: the strip of takes, the take in the player, and one to compare it with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db.models import Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_noop

from generation.actions.compare import Differences, compare
from generation.engine.durations import typical_seconds
from generation.models import GenerationJob, JobQuerySet, Mark
from generation.models.status import UNFINISHED, Status
from generation.pages.strip_pages import StripPaginator
from projects.models import Asset, Scene
from projects.models.asset import take_or_zero

TAKES_PER_PAGE = 48
# so many takes are offered to compare with, the newest of them; the address may name any
MAX_COMPARABLE = 100
# of uploaded clips and of sounds each, the newest of them; the scene's folder lists all
MAX_OTHERS = 60
# how long the page says that something came from the scene's folder
NOTICE_PERIOD = timedelta(days=7)
STRIP_FILTERS = {"starred": Q(mark=Mark.STARRED), "kept": ~Q(mark=Mark.REJECTED)}
# a person has deleted the clip
DELETED = Q(asset__trashed_at__isnull=False)
# filters that a new take passes
FILTERS_OF_NEW_TAKES = ("", "kept")
# what a tile shows: a page has fifty of them, and a job has sixty columns
TILE_COLUMNS = (
    *("scene", "take", "kind", "makes", "status", "version", "progress", "mark", "note"),
    *(f"asset__{name}" for name in ("scene", "kind", "selected", "selected_automatically", "trashed_at")),
    *("quality__verdict", "quality__reasons"),
)
# there is nothing to see in these, so that a page does not open with them
WITHOUT_CLIP = (Status.FAILED, Status.CANCELLED)


class SceneFilter(forms.Form):
    """The query of a scene's address. A value that makes no sense is left out and is no error."""

    STRIP_TABS = [
        ("", gettext_noop("All")),
        ("chosen", gettext_noop("Chosen")),
        ("starred", gettext_noop("Starred")),
        ("kept", gettext_noop("Not rejected")),
    ]
    show = forms.ChoiceField(choices=STRIP_TABS, required=False)
    take = forms.IntegerField(min_value=1, max_value=10**9, required=False)
    compare = forms.IntegerField(min_value=1, max_value=10**9, required=False)
    page = forms.IntegerField(min_value=1, max_value=10**6, required=False)


class ScenePage:
    """What the page of a scene shows, by the query of its address."""

    strip_tabs = SceneFilter.STRIP_TABS

    def __init__(self, scene: Scene, query: Mapping[str, Any]) -> None:
        form = SceneFilter(query)
        form.is_valid()
        self.scene = scene
        self.show: str = form.cleaned_data.get("show") or ""
        self._query = form.cleaned_data

    @property
    def taken_in(self) -> str:
        """What came lately from the scene's folder, which was newer than the database: "2 takes"; else empty."""
        taken_in_at = self.scene.taken_in_at
        return self.scene.taken_in if taken_in_at and timezone.now() - taken_in_at < NOTICE_PERIOD else ""

    @cached_property
    def page(self) -> Page[GenerationJob]:
        """One page of the strip, the newest take first."""
        # newest first, so that page 1 is the one that new takes join
        takes = self._chosen if self.show == "chosen" else self.scene.jobs.takes()
        takes = takes.exclude(DELETED).filter(STRIP_FILTERS.get(self.show, Q())).order_by("-take")
        tiles = takes.select_related("asset", "quality").with_first_frame().only(*TILE_COLUMNS)
        return StripPaginator(tiles, TAKES_PER_PAGE, self._query.get("page")).page_at

    @cached_property
    def tiles(self) -> list[GenerationJob]:
        """The takes of the page with what a tile shows, the newest last: a new one moves none of the others."""
        return [self._in_scene(job) for job in reversed(self.page.object_list)]

    @property
    def accepts_new_takes(self) -> bool:
        """Whether a take that is made now belongs on this page."""
        return self.page.number == 1 and self.show in FILTERS_OF_NEW_TAKES

    @cached_property
    def current(self) -> GenerationJob | None:
        """The take in the player: the one that the address names, else the first of `_candidates()`."""
        if take := self._find_take(self._query.get("take")):
            return take
        return self._find_take(next(self._candidates(), None))

    def _candidates(self) -> Iterator[int]:
        """Yield takes to open with: what is being made, the chosen one, the newest that can be seen, the newest."""
        newest_first = list(reversed(self.tiles))
        yield from (job.take for job in newest_first if job.status in UNFINISHED)
        # it may be on another page of the strip
        yield from self._chosen.order_by().values_list("take", flat=True)
        visible = [job for job in newest_first if job.status not in WITHOUT_CLIP]
        yield from (job.take for job in visible if job.mark != Mark.REJECTED)
        yield from (job.take for job in [*visible, *newest_first])

    @cached_property
    def compared(self) -> GenerationJob | None:
        """The take beside the current one."""
        take = self._find_take(self._query.get("compare"))
        return take if take and take != self.current and take.asset_id else None

    @cached_property
    def differences(self) -> Differences | None:
        """How the current take differs from the compared one."""
        return compare(self.current, self.compared) if self.current and self.compared else None

    @cached_property
    def comparable_takes(self) -> list[int]:
        """The numbers of the newest takes with a clip, the newest first."""
        # no question of the files' kind, which would let PostgreSQL begin with all clips of the studio
        clips = self.scene.jobs.takes().filter(asset__isnull=False).exclude(DELETED)
        takes = list(clips.order_by("-take").values_list("take", flat=True)[:MAX_COMPARABLE])
        # an older one that the address names
        return [*takes, self.compared.take] if self.compared and self.compared.take not in takes else takes

    @property
    def typical_seconds(self) -> float | None:
        """How long a take such as the current one usually takes; None when it is finished, or nobody knows."""
        return typical_seconds(self.current) if self.current and self.current.status in UNFINISHED else None

    @property
    def other_assets(self) -> list[Asset]:
        """Uploaded clips and all sounds, the oldest first; of many the newest.

        Generated sound is no take, and the strip does not show it.
        """
        # in the order of an index, so that a database ends at the limit; sounds are never chosen
        files = self.scene.assets.filter(trashed_at=None)
        files = files.order_by("-selected", "-kind", take_or_zero().desc(), "-created_at")
        clips = files.filter(kind=Asset.Kind.VIDEO, job=None)[:MAX_OTHERS]
        sounds = files.filter(kind=Asset.Kind.AUDIO, selected=False)[:MAX_OTHERS]
        return sorted([*clips, *sounds], key=lambda asset: (asset.created_at, asset.pk))

    @property
    def _chosen(self) -> JobQuerySet:
        """The chosen take, found by its file: there is one of a scene, and an index of it."""
        files = self.scene.assets.filter(selected=True, trashed_at=None).order_by().values("pk")
        return self.scene.jobs.takes().filter(asset=Subquery(files[:1]))

    @property
    def _takes(self) -> JobQuerySet:
        """The takes with what a card shows, but not their scene again and again; see `_in_scene()`."""
        takes = GenerationJob.objects.filter(scene=self.scene).takes()
        return takes.select_related("asset", "successor", "quality").with_first_frame()

    def _find_take(self, number: int | None) -> GenerationJob | None:
        # there is one at most; to order so many columns costs Django more than all the rest of the query
        job = next(iter(self._takes.filter(take=number).order_by()[:1]), None) if number else None
        return self._in_scene(job) if job else None

    def _in_scene(self, job: GenerationJob) -> GenerationJob:
        """Return the job with the scene that is loaded already."""
        job.scene, job.project = self.scene, self.scene.project
        if job.asset and job.asset.scene_id == self.scene.pk:
            job.asset.scene = self.scene
        return job
