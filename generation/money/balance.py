"""What is left at Runway, as far as the studio knows without asking."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q, Sum

from generation.models import GenerationJob, RunwayState
from generation.models.status import Status


def left() -> Decimal | None:
    """What Runway said last, less what was sent since or waits here to be sent; None before it was ever asked."""
    state = RunwayState.objects.filter(pk=1).first()
    told = state.organization.get("creditBalance") if state else None
    if not isinstance(told, int | float) or isinstance(told, bool):
        return None
    counted = Q(status__in=(Status.QUEUED, Status.SUBMITTING))
    if state and state.organization_at:
        counted |= Q(runway_task_id__isnull=False, submitted_at__gte=state.organization_at)
    held = GenerationJob.objects.filter(counted).aggregate(sum=Sum("credits_estimated"))["sum"]
    return Decimal(str(told)) - (held or 0)
