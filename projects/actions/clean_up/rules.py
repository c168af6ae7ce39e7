"""The rules: which counts for a project, and how people change them."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.access import audit
from projects.models import CleanUpRule, Project
from projects.problems import wrong_field

MAX_DAYS = 3650
FIELDS = ("rejected_days", "trash_days", "cache_days")


def studio_rule() -> CleanUpRule:
    """Return the studio's rule, which may not be stored yet."""
    return CleanUpRule.objects.filter(project=None).first() or CleanUpRule()


def rule_for(project: Project) -> CleanUpRule:
    """Return the rule that counts for a project: its own, else the studio's."""
    return CleanUpRule.objects.filter(project=project).first() or studio_rule()


def save_rule(
    project: Project | None,
    by: User | None,
    *,
    rejected_days: int | None,
    trash_days: int | None,
    cache_days: int | None = None,
) -> CleanUpRule:
    """Store the rule of a project, or of the studio. Raise Problem 422 for days that are not 1 to 3650."""
    values = dict(zip(FIELDS, (rejected_days, trash_days, cache_days), strict=True))
    for name, days in values.items():
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise wrong_field(
                name, _("{name} must be 1 to {max_days} days, or empty for never.").format(name=name, max_days=MAX_DAYS)
            )
    if project is not None and cache_days is not None:
        raise wrong_field(
            "cache_days", _("cache_days is for the studio alone: segments and proxies belong to no project.")
        )
    with transaction.atomic():
        rule = CleanUpRule.objects.update_or_create(project=project, defaults=values)[0]
        # so that there is a day to look at what will go
        CleanUpRule.objects.update_or_create(project=None, defaults={"ran_at": timezone.now()})
        audit.enter(audit.Action.CLEAN_UP_RULE, by, "clean-up rule", project, **values)
    return rule


def remove_rule(project: Project, by: User | None) -> None:
    """Let the studio's rule count for a project again."""
    with transaction.atomic():
        if CleanUpRule.objects.filter(project=project).delete()[0]:
            audit.enter(audit.Action.CLEAN_UP_RULE, by, "clean-up rule: that of the studio", project)
