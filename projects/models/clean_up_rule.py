"""Rules of what is removed by itself: of the studio, and of projects that have their own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from projects.models.project import Project


class CleanUpRule(models.Model):
    """After how many days what goes; None is never. The row without a project is the studio's.

    The row of a project counts instead of the studio's, also where it says never.
    """

    project = models.OneToOneField(Project, null=True, on_delete=models.CASCADE, related_name="clean_up_rule")
    rejected_days = models.PositiveIntegerField(null=True, help_text="since a take was rejected")
    trash_days = models.PositiveIntegerField(null=True, help_text="since something was deleted")
    cache_days = models.PositiveIntegerField(
        null=True, help_text="since a segment or proxy was last used; of the studio alone"
    )
    ran_at = models.DateTimeField(
        null=True, help_text="when the studio last did all of it, or a rule was changed; of the studio alone"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(project__isnull=True), name="one_clean_up_rule_of_the_studio"
            ),
        ]

    def __str__(self) -> str:
        return f"rejected {self.rejected_days}, trash {self.trash_days}, cache {self.cache_days}"

    @property
    def is_on(self) -> bool:
        """Whether anything goes at all."""
        return any(days is not None for days in (self.rejected_days, self.trash_days, self.cache_days))
