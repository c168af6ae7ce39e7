"""A person's opinion of a take: its star, its rejection, a note, and whether it is the chosen take of its scene."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from generation.models import GenerationJob, Mark
from projects.actions import assets
from projects.problems import conflict, wrong_field

MAX_NOTE_LENGTH = 4000


def annotate(
    job: GenerationJob, *, note: str | None = None, starred: bool | None = None, rejected: bool | None = None
) -> None:
    """Set the note, the star or the rejection; None leaves it unchanged. Raise Problem 422.

    A take is starred or rejected, never both, and a rejected take is no longer the chosen one.
    """
    if starred and rejected:
        raise wrong_field("rejected", _("A take can be starred or rejected, not both."))
    if note is not None and len(note) > MAX_NOTE_LENGTH:
        raise wrong_field(
            "note",
            _("note must be at most {max_note_length} characters; this one has {count}.").format(
                max_note_length=MAX_NOTE_LENGTH, count=len(note)
            ),
        )
    with transaction.atomic():
        if rejected and job.asset and job.asset.selected:
            # a film must not contain a take that somebody has rejected
            assets.change_asset(job.asset, selected=False)
        values = {"mark": _new_mark(job, starred, rejected)}
        job.annotate(**values if note is None else {**values, "note": note.strip()})


def choose(job: GenerationJob, chosen: bool) -> list[GenerationJob]:
    """Make a take the chosen one of its scene, or undo that. Raise Problem 409 when it has no clip.

    Return the takes that look different now, this one first.
    """
    if job.asset is None or job.asset.trashed_at:
        raise conflict(_("This take has no clip to choose."), "no_clip")
    with transaction.atomic():
        # before the change, since afterwards no row says which take was chosen
        chosen_before = GenerationJob.objects.filter(scene=job.scene, asset__selected=True, asset__trashed_at=None)
        others = list(chosen_before.exclude(pk=job.pk)) if chosen else []
        assets.change_asset(job.asset, selected=chosen)
        job.annotate(mark="" if chosen and job.mark == Mark.REJECTED else job.mark)
        # their rows have not changed, but their cards look different, so they need a new version
        for other in others:
            other.annotate()
    return [job, *others]


def _new_mark(job: GenerationJob, starred: bool | None, rejected: bool | None) -> str:
    if starred or rejected:
        return Mark.STARRED if starred else Mark.REJECTED
    removed = (starred is False and job.mark == Mark.STARRED) or (rejected is False and job.mark == Mark.REJECTED)
    return "" if removed else job.mark
