"""What goes by the rules, without a change: files that are old enough, and that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.actions.clean_up.rules import rule_for, studio_rule
from projects.actions.file_uses import CacheFile, file_users
from projects.mirror import contributions
from projects.models import Asset, CleanUpRule, Project

Why = Literal["rejected", "trash"]
WORDS: dict[Why, str] = {"rejected": gettext_noop("Rejected takes"), "trash": gettext_noop("Trash")}
# of each project and reason, on the page
SHOWN = 50


@dataclass(frozen=True)
class Part:
    """What goes of one project for one reason."""

    project: Project
    why: Why
    assets: QuerySet[Asset]
    count: int
    bytes: int

    @property
    def label(self) -> str:
        """The reason, for people."""
        return _(WORDS[self.why])

    @property
    def names(self) -> list[str]:
        """The first of the files, by their paths in the project's folder."""
        return [asset.relative_path for asset in self.assets[:SHOWN]]

    @property
    def more(self) -> int:
        """How many files are not among them."""
        return max(self.count - SHOWN, 0)


@dataclass(frozen=True)
class Plan:
    """What goes now, by the rules, and what that frees."""

    parts: tuple[Part, ...]
    cache: tuple[CacheFile, ...]

    @property
    def count(self) -> int:
        """The number of files."""
        return sum(part.count for part in self.parts) + len(self.cache)

    @property
    def bytes(self) -> int:
        """What goes from the folders and caches."""
        return sum(part.bytes for part in self.parts) + self.cache_bytes

    @property
    def cache_bytes(self) -> int:
        """The size of the segments and proxies."""
        return sum(file.bytes for file in self.cache)


def make_plan(project: Project | None = None) -> Plan:
    """Return what goes of one project; without one of all, with the caches."""
    parts = tuple(parts_of(project) if project else all_parts())
    cache = () if project else tuple(old_cache_files(remove=False))
    return Plan(parts, cache)


def all_parts() -> Iterator[Part]:
    """Yield what goes, project by project; those in which nothing is old enough are not looked at one by one."""
    rules = list(CleanUpRule.objects.all())
    own = [rule.project_id for rule in rules if rule.project_id]
    for rule in rules:
        scope = Q(scene__project=rule.project_id) if rule.project_id else ~Q(scene__project__in=own)
        old = Q(pk__in=[])
        for condition in _conditions(rule).values():
            old |= condition
        keys = Asset.objects.filter(scope, old, missing_since=None).order_by().values("scene__project")
        for project in Project.objects.filter(pk__in=keys).order_by("slug"):
            yield from parts_of(project, rule)


def parts_of(project: Project, rule: CleanUpRule | None = None) -> Iterator[Part]:
    """Yield what goes of a project: what is old enough, unless it is in use."""
    conditions = _conditions(rule or rule_for(project))
    used = in_use(project) if conditions else set()
    for why, condition in conditions.items():
        assets = Asset.objects.filter(condition, scene__project=project, missing_since=None).exclude(pk__in=used)
        total = assets.aggregate(count=Count("pk"), bytes=Sum("bytes"))
        if total["count"]:
            assets = assets.select_related("scene__project").order_by("scene_id", "created_at", "pk")
            yield Part(project, why, assets, total["count"], total["bytes"])


def in_use(project: Project) -> set[UUID]:
    """Return the ids of the files that stay: cuts, chosen takes or unfinished jobs need them."""
    used = set(contributions.jobs().assets_in_use(project))
    for user in file_users():
        used |= user.assets_in_use(project)
    return used


def old_cache_files(*, remove: bool) -> Iterator[CacheFile]:
    """Yield the segments and proxies that are old enough; with `remove` each is gone then."""
    days = studio_rule().cache_days
    for user in file_users() if days is not None else ():
        yield from user.old_cache_files(_before(days or 0), remove=remove)


def _conditions(rule: CleanUpRule) -> dict[Why, Q]:
    """Return what makes a file old enough, for each reason that the rule has."""
    conditions: dict[Why, Q] = {}
    if rule.rejected_days is not None:
        in_place = Q(trashed_at=None, scene__trashed_at=None, scene__project__trashed_at=None, selected=False)
        conditions["rejected"] = in_place & Q(contributions.jobs().rejected_before(_before(rule.rejected_days)))
    if rule.trash_days is not None:
        before = _before(rule.trash_days)
        conditions["trash"] = (
            Q(trashed_at__lt=before) | Q(scene__trashed_at__lt=before) | Q(scene__project__trashed_at__lt=before)
        )
    return conditions


def _before(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)
