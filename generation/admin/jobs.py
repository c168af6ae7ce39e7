"""The admin of jobs: everything about a job, read-only. Cancel and retry are the same actions as elsewhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import redis.exceptions
from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from generation import actions
from generation.admin.changelist import SEARCHED_JOBS, CatalogFilter, JobPaginator, search_jobs
from generation.engine import queues
from generation.models import GenerationJob, QualityThumbnail
from generation.runway import catalog
from generation.serializers import plain_number
from generation.templatetags import takes
from projects.access import permissions
from projects.admin import ReadOnlyAdmin, asset_thumbnail
from projects.models.asset import file_url
from projects.problems import Problem, forbidden


@admin.register(GenerationJob)
class GenerationJobAdmin(ReadOnlyAdmin):
    """Jobs with their request, history, ledger entries and neighbors."""

    list_display = (
        "thumbnail",
        "take_name",
        "status",
        "progress_bar",
        "model",
        "project",
        "cost",
        "verdict",
        "age",
        "waiting_message",
    )
    list_filter = (
        "status",
        "quality__verdict",
        CatalogFilter.of("model", lambda kind: [model.name for model in catalog.models(kind)]),
        CatalogFilter.of("kind", lambda kind: [kind]),
        "project",
        ("created_at", admin.DateFieldListFilter),
    )
    # Django shows the field where there are some; what is searched is said in get_search_results()
    search_fields = ("id",)
    search_help_text = f"An id, a task id, a project, or words from the newest {SEARCHED_JOBS:,} jobs."
    list_select_related = ("project", "scene")
    # neither all jobs nor all matches are counted: with a long history that takes seconds
    paginator = JobPaginator
    show_full_result_count = False
    actions = ("cancel_jobs", "retry_jobs")
    ordering = ("-created_at",)
    list_display_links = ("take_name",)
    fieldsets = (
        (None, {"fields": ("files", "queue_entries")}),
        ("Quality", {"fields": ("verdict", "reasons")}),
        ("Request", {"fields": ("kind", "model", "parameters_json")}),
        ("Error", {"fields": ("error_code", "error_message", "traceback")}),
        (
            "Waiting",
            {
                "fields": ("waiting_message", "waiting_since", "due_at", "attempts", "claimed_by", "claim_expires_at"),
                "classes": ("collapse",),
            },
        ),
        (
            "Times",
            {
                "fields": ("created_at", "submitted_at", "running_at", "finished_at", "cancel_requested_at"),
                "classes": ("collapse",),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[GenerationJob]:
        """Load what the list shows in a fixed number of queries."""
        return GenerationJob.objects.with_related().with_first_frame()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[GenerationJob], search_term: str
    ) -> tuple[QuerySet[GenerationJob], bool]:
        """Search ids and projects by their indexes, and words in the requests and errors of the newest jobs only."""
        return search_jobs(queryset, search_term) if search_term else queryset, False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add the jobs before and after it to the page, and whether the person may open it in the studio."""
        job = self.get_object(request, object_id)
        context = _context(request.user, job) if isinstance(job, GenerationJob) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    @admin.display(description="Picture")
    def thumbnail(self, job: GenerationJob) -> SafeString | str:
        """Return the take's picture, or the one that it begins with."""
        return asset_thumbnail(takes.still(job))

    @admin.display(description="Job", ordering="created_at")
    def take_name(self, job: GenerationJob) -> str:
        """Return the scene's id and the number of the take."""
        return f"{job.scene.folder_name}, take {job.take}"

    @admin.display(description="Progress", ordering="progress")
    def progress_bar(self, job: GenerationJob) -> SafeString:
        """Return the progress as a bar and in percent."""
        return format_html('<progress max="100" value="{0}">{0}%</progress> {0}%', job.progress)

    @admin.display(description="Credits", ordering="credits_charged")
    def cost(self, job: GenerationJob) -> str:
        """Return the credits that were charged, or else the estimate."""
        if job.credits_charged is not None:
            return str(plain_number(job.credits_charged))
        return "unknown" if job.credits_estimated is None else f"about {plain_number(job.credits_estimated)}"

    @admin.display(description="Quality", ordering="quality__verdict", empty_value="not checked")
    def verdict(self, job: GenerationJob) -> str | None:
        """Return quality control's verdict."""
        report = takes.quality_report(job)
        return report.verdict if report else None

    @admin.display(description="Reasons", empty_value="none")
    def reasons(self, job: GenerationJob) -> SafeString | None:
        """Return the reasons of the verdict, with their pictures inline: staff may not be members of the project."""
        report = takes.quality_report(job)
        if report is None:
            return None
        pictures = {thumbnail.number: _inline_image(thumbnail) for thumbnail in report.thumbnails.all()}
        rows = ((pictures.get(number, ""), reason["message"]) for number, reason in enumerate(report.reasons))
        return format_html_join("", "<p>{} {}</p>", rows) or None

    @admin.display(description="Age", ordering="created_at")
    def age(self, job: GenerationJob) -> str:
        """Return how long ago the job was created, in one unit."""
        return timesince(job.created_at, timezone.now(), depth=1)

    @admin.display(description="Parameters")
    def parameters_json(self, job: GenerationJob) -> SafeString:
        """Return the parameters of the request as JSON."""
        return _code(json.dumps(job.parameters, ensure_ascii=False, indent=1))

    @admin.display(description="Traceback")
    def traceback(self, job: GenerationJob) -> SafeString | str:
        """Return the traceback of an error of ours."""
        return _code(job.error_traceback) if job.error_traceback else "none"

    @admin.display(description="Files")
    def files(self, job: GenerationJob) -> SafeString | str:
        """Return links to the job's file and to its scene."""
        scene = reverse("scene", args=[job.project.slug, job.scene.folder_name])
        if job.asset is None:
            return format_html('<a href="{}">{}</a>', scene, job.scene.path)
        url = file_url(job.project.slug, job.scene.folder_name, job.asset.pk)
        return format_html('<a href="{}">{}</a> in <a href="{}">its scene</a>', url, job.asset.path, scene)

    @admin.display(description="Queue entries")
    def queue_entries(self, job: GenerationJob) -> SafeString | str:
        """Return links to the RQ entries that name the job. Most of the time there are none."""
        try:
            entries = queues.find_entries(str(job.pk))
        except (redis.exceptions.RedisError, OSError):
            return "The queue cannot be reached."
        links = [(reverse("django_rq:job_detail", args=[index, key]), key) for index, key in entries]
        return format_html_join(", ", '<a href="{}">{}</a>', links) if links else "none right now"

    @admin.action(description="Cancel the selected jobs")
    def cancel_jobs(self, request: HttpRequest, jobs: QuerySet[GenerationJob]) -> None:
        """Cancel each job that can be cancelled."""
        self._apply(request, jobs, "change", actions.cancel)

    @admin.action(description="Retry the selected jobs")
    def retry_jobs(self, request: HttpRequest, jobs: QuerySet[GenerationJob]) -> None:
        """Retry each failed or cancelled job."""
        self._apply(request, jobs, "spend", _retry)

    def _apply(
        self,
        request: HttpRequest,
        jobs: QuerySet[GenerationJob],
        right: permissions.Right,
        action: Callable[[User, GenerationJob], str],
    ) -> None:
        """Do something to each job, if the person has the right in its project, and show what came of it.

        Staff may view every job; as everywhere, only members of its project may change it.
        """
        for job in jobs:
            try:
                message, level = action(_member(request.user, job, right), job), messages.INFO
            except Problem as problem:
                message, level = problem.message, messages.WARNING
            self.message_user(request, f"{self.take_name(job)}: {message}", level)


def _member(user: User | AnonymousUser, job: GenerationJob, right: permissions.Right) -> User:
    """Return the person. Raise Problem 403 if they do not have the right in the job's project."""
    if not isinstance(user, User) or not permissions.has_right(user, job.project, right):
        raise forbidden(f"you may not do that in {job.project}. Ask its owner.")
    return user


def _retry(user: User, job: GenerationJob) -> str:
    successor, _ = actions.retry(user, job)
    return f"Retried as take {successor.take}."


def _context(user: User | AnonymousUser, job: GenerationJob) -> dict[str, object]:
    # a job that was paid for the file may be gone
    source = GenerationJob.objects.filter(pk=job.cached_from).first() if job.cached_from else None
    return {
        "may_open": permissions.has_right(user, job.project, "see") and job.project.trashed_at is None,
        "predecessor": job.retry_of,
        "successor": GenerationJob.objects.filter(retry_of=job).first(),
        "cached_from": source.pk if source else None,
    }


def _inline_image(thumbnail: QualityThumbnail) -> SafeString:
    data = base64.b64encode(thumbnail.jpeg).decode()
    return format_html('<img src="data:image/jpeg;base64,{}" alt="" width="128">', data)


def _code(text: str) -> SafeString:
    return format_html("<pre>{}</pre>", text)
