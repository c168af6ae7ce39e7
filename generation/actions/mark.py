"""What people think of a take: its star, its rejection, a note, and whether it is the chosen one of its scene."""

from __future__ import annotations

from django.db import transaction

from generation.models import GenerationJob, Mark
from projects.actions import assets
from projects.problems import conflict, wrong_field

LONGEST_NOTE = 4000


def change(
    job: GenerationJob, *, note: str | None = None, starred: bool | None = None, rejected: bool | None = None
) -> None:
    """None leaves it as it is. A take is starred or rejected, never both; a rejected one is no longer chosen."""
    if starred and rejected:
        raise wrong_field("rejected", "A take can be starred or rejected, not both.")
    if note is not None and len(note) > LONGEST_NOTE:
        raise wrong_field("note", f"note must be at most {LONGEST_NOTE} characters; this one has {len(note)}.")
    with transaction.atomic():
        if rejected and job.asset and job.asset.selected:
            assets.change_asset(job.asset, selected=False)
        values = {"mark": _mark(job, starred, rejected)}
        job.annotate(**values if note is None else {**values, "note": note.strip()})


def choose(job: GenerationJob, chosen: bool) -> list[GenerationJob]:
    """Make its clip the one of its scene, or take that back; the takes that look otherwise now, this one first."""
    if job.asset is None or job.asset.trashed_at:
        raise conflict("This take has no clip that could be chosen.", "no_clip")
    with transaction.atomic():
        before = GenerationJob.objects.filter(scene=job.scene, asset__selected=True, asset__trashed_at=None)
        others = list(before.exclude(pk=job.pk)) if chosen else []
        assets.change_asset(job.asset, selected=chosen)
        changed = [job, *others]
        job.annotate(mark="" if chosen and job.mark == Mark.REJECTED else job.mark)
        for other in others:
            other.annotate()
    return changed


def _mark(job: GenerationJob, starred: bool | None, rejected: bool | None) -> str:
    if starred or rejected:
        return Mark.STARRED if starred else Mark.REJECTED
    taken_back = (starred is False and job.mark == Mark.STARRED) or (rejected is False and job.mark == Mark.REJECTED)
    return "" if taken_back else job.mark
