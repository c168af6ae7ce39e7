"""Template filters that show a job: its state in words, its files, and what a person can do with it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from generation import labels
from generation.actions.cancel import cancel_loss as loss_of_all
from generation.actions.compare import Piece, plain_settings
from generation.forms import ratios
from generation.models import GenerationJob, Mark
from generation.models.quality import QualityReport
from generation.models.status import AT_RUNWAY, UNFINISHED, Status
from generation.money import refusals
from generation.money.price_words import describe_class
from generation.runway import catalog
from projects.models import Asset, Scene

register = template.Library()

DEFAULT_STATUS_ICON = "clock"
STATUS_ICONS = {
    Status.COMPLETED: "circle-check",
    Status.FAILED: "circle-alert",
    Status.CANCELLED: "ban",
    Status.UNCONFIRMED: "circle-question-mark",
    Status.RUNNING: "aperture",
    Status.DOWNLOADING: "download",
}
PIECE_ELEMENTS = {"same": "span", "gone": "del", "new": "ins"}
CODEC_TITLES = {"av1": "AV1", "h264": "H.264", "hevc": "H.265", "prores": "ProRes", "vp9": "VP9"}
VERDICT_ICONS = {"pass": "shield-check", "warn": "triangle-alert", "fail": "circle-x"}
# sooner than this, a page counts down the seconds instead of naming the time of day
COUNTDOWN = timedelta(minutes=3)

register.filter("pixels", ratios.pixels)
register.filter("price_class", describe_class)
register.filter("model_title", catalog.model_title)
register.filter("kind_title", catalog.title)


@register.filter
def status_label(job: GenerationJob) -> str:
    """Return the state in words."""
    if job.cancel_requested_at and is_unfinished(job):
        return _(labels.CANCELLING)
    # the limit of tasks at once holds in the studio as at Runway, so both waits have one label
    if job.status == Status.QUEUED and job.waiting_code == labels.WAITING_FOR_SLOT:
        return _(labels.STATUS_LABELS[Status.THROTTLED])
    return _(labels.STATUS_LABELS[Status(job.status)])


@register.filter
def next_scene(job: GenerationJob) -> Scene | None:
    """Return the scene after that of the take, in the order of the film."""
    return job.scene.project.scenes.filter(trashed_at=None, position__gt=job.scene.position).first()


@register.filter
def short_status_label(job: GenerationJob) -> str:
    """Return the state in a word or two, for a tile; an empty string for a finished take, whose picture is shown."""
    return _(labels.SHORT_STATUS_LABELS.get(Status(job.status), ""))


@register.filter
def status_icon(job: GenerationJob) -> str:
    """Return the name of the state's icon."""
    return STATUS_ICONS.get(Status(job.status), DEFAULT_STATUS_ICON)


@register.filter
def wait_reason(job: GenerationJob) -> str:
    """Return why the job does not move now."""
    return _(labels.WAIT_REASONS.get(job.waiting_code, job.waiting_message.rstrip(".")))


@register.filter
def next_try_at(job: GenerationJob) -> datetime | None:
    """Return when the job's step is due again; None when it is due, or nothing is."""
    return job.due_at if job.due_at and job.due_at > timezone.now() else None


@register.filter
def next_try_label(job: GenerationJob) -> str:
    """Return for example "second try" when one try has failed and another is due; else an empty string."""
    return labels.nth_try(job.attempts + 1) if job.attempts and next_try_at(job) else ""


@register.filter
def is_due_soon(job: GenerationJob) -> bool:
    """Return whether a countdown says more about the next try than the time of day."""
    return job.due_at is not None and job.due_at - timezone.now() < COUNTDOWN


@register.filter
def seconds_until(moment: datetime) -> int:
    """Return whole seconds from now, at least 1."""
    return max(1, round((moment - timezone.now()).total_seconds()))


@register.filter
def elapsed_seconds(job: GenerationJob) -> float:
    """Return the seconds from the request to the end of the job, or to now."""
    return ((job.finished_at or timezone.now()) - job.created_at).total_seconds()


@register.filter
def is_unfinished(job: GenerationJob) -> bool:
    """Return whether the job will still change."""
    return job.status in UNFINISHED


@register.filter
def is_queued(job: GenerationJob) -> bool:
    """Return whether the job waits in the studio, where its place in the queue can be changed."""
    return job.status == Status.QUEUED


@register.filter
def is_starred(job: GenerationJob) -> bool:
    """Return whether a person starred the take."""
    return job.mark == Mark.STARRED


@register.filter
def is_rejected(job: GenerationJob) -> bool:
    """Return whether a person rejected the take."""
    return job.mark == Mark.REJECTED


@register.filter
def is_refused(job: GenerationJob) -> bool:
    """Return whether moderation refused the request: a retry costs again and is most likely refused again."""
    return job.status == Status.FAILED and job.error_code.startswith(refusals.CODE_PREFIXES)


@register.filter
def can_be_cancelled(job: GenerationJob) -> bool:
    """Return whether the job can be cancelled, and nobody has done so."""
    return job.cancel_requested_at is None and job.status in (Status.QUEUED, Status.SUBMITTING, *AT_RUNWAY)


@register.filter
def cancel_loss(job: GenerationJob) -> str:
    """Return what a cancellation loses, as a sentence; empty for a job that was not sent to Runway."""
    return loss_of_all([job])


@register.filter
def can_be_retried(job: GenerationJob) -> bool:
    """Return whether a retry makes sense: not of what would fail again unchanged, nor of what was retried already."""
    if job.status == Status.FAILED and job.clip_may_come:
        return True
    is_worth_it = job.status == Status.CANCELLED or (job.status == Status.FAILED and job.error_retryable)
    return is_worth_it and not hasattr(job, "successor")


@register.filter
def is_of(job: GenerationJob, projects: Container[int]) -> bool:
    """Return whether the job belongs to one of the projects, which are given by their ids."""
    return job.project_id in projects


@register.filter
def clip(job: GenerationJob) -> Asset | None:
    """Return the video that the job made, unless it is in the trash."""
    return _file_of_kind(job, Asset.Kind.VIDEO)


@register.filter
def sound(job: GenerationJob) -> Asset | None:
    """Return the sound that the job made, unless it is in the trash."""
    return _file_of_kind(job, Asset.Kind.AUDIO)


@register.filter
def still(job: GenerationJob) -> Asset | None:
    """Return a file whose poster stands for the job: the picture or video it made, else its first frame."""
    files = (asset for asset in (job.asset, job.first_frame) if asset and not asset.trashed_at)
    return next((asset for asset in files if asset.kind != Asset.Kind.AUDIO), None)


@register.filter
def output_label(job: GenerationJob) -> str:
    """Return what the job makes and its number, such as "Take 3"."""
    return f"{_(labels.OUTPUT_LABELS[job.output_kind])} {job.take}"


@register.filter
def full_name(job: GenerationJob) -> str:
    """Return project, scene and number, such as "Night ferry · Harbour, take 3"."""
    return f"{job.project.name} · {job.scene.name}, {output_label(job).lower()}"


@register.filter
def settings(job: GenerationJob) -> list[tuple[str, object]]:
    """Return the label and value of each setting besides the prompt; ratio and duration need no label."""
    values = {name: value for name, value in plain_settings(job).items() if name != "promptText"}
    unlabeled: list[tuple[str, object]] = [("", values.pop(name)) for name in ("ratio", "resolution") if name in values]
    unlabeled = [(name, ratios.pixels(str(value)) or value) for name, value in unlabeled]
    if "duration" in values:
        unlabeled.append(("", f"{values.pop('duration')} s"))
    return unlabeled + [(labels.short_label(name), labels.value_text(value)) for name, value in values.items()]


@register.filter
def codec_title(codec: str) -> str:
    """Return the name that film people give a codec of a clip."""
    return CODEC_TITLES.get(codec, codec)


@register.filter
def marked_changes(pieces: Iterable[Piece]) -> SafeString:
    """Return the pieces of two prompts as HTML, with what is gone and what is new marked as such."""
    return format_html_join("", "<{0}>{1}</{0}>", ((PIECE_ELEMENTS[piece.what], piece.text) for piece in pieces))


@register.filter
def spending_refusal(may_spend: bool, may_change: bool) -> str:
    """Return why a person cannot generate here; an empty text for one who may spend."""
    return "" if may_spend else _(labels.MAY_NOT_SPEND[may_change])


@register.filter
def quality_report(job: GenerationJob) -> QualityReport | None:
    """Return the report of quality control; None until the take was checked."""
    return getattr(job, "quality", None)


@register.filter
def verdict_icon(report: QualityReport) -> str:
    """Return the name of the verdict's icon."""
    return VERDICT_ICONS[report.verdict]


@register.filter
def verdict_label(report: QualityReport) -> str:
    """Return the verdict in words, with the number of reasons where there are several."""
    count = len(report.reasons)
    return _(labels.VERDICT_LABELS[report.verdict]) + (f" · {count}" if count > 1 else "")


@register.filter
def count_of(counts: Mapping[str, int], name: str) -> int:
    """Return a count by its name; 0 where there is none."""
    return counts.get(name, 0)


def _file_of_kind(job: GenerationJob, kind: Asset.Kind) -> Asset | None:
    asset = job.asset
    return asset if asset and not asset.trashed_at and asset.kind == kind else None
