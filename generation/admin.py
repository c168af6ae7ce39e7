"""Jobs with their whole story. Nothing is edited here; cancel and retry call the same actions as everywhere."""

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
from generation.engine import queues
from generation.models import GenerationJob, QualityReport, QualityThumbnail
from generation.serializers import plain_number
from generation.templatetags import takes
from projects.access import permissions
from projects.admin import ReadOnlyAdmin, asset_thumbnail
from projects.models.asset import file_url
from projects.problems import Problem


@admin.register(GenerationJob)
class GenerationJobAdmin(ReadOnlyAdmin):
    list_display = (
        "thumbnail",
        "take_name",
        "status",
        "shown_progress",
        "model",
        "project",
        "shown_cost",
        "verdict",
        "age",
        "waiting_message",
    )
    list_filter = ("status", "quality__verdict", "model", "kind", "project", ("created_at", admin.DateFieldListFilter))
    search_fields = ("id", "runway_task_id", "project__name", "project__slug", "parameters", "error_message")
    list_select_related = ("project", "scene")
    date_hierarchy = "created_at"
    actions = ("cancel_jobs", "retry_jobs")
    ordering = ("-created_at",)
    list_display_links = ("take_name",)
    fieldsets = (
        (None, {"fields": ("files", "queue_entries")}),
        ("Quality", {"fields": ("verdict", "reasons")}),
        ("Request", {"fields": ("kind", "model", "request")}),
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
        return GenerationJob.objects.with_related().with_first_frame()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With its neighbours in time, and whether the person who looks may open it in the studio."""
        job = self.get_object(request, object_id)
        more = _around(request.user, job) if isinstance(job, GenerationJob) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @admin.display(description="Picture")
    def thumbnail(self, job: GenerationJob) -> SafeString | str:
        return asset_thumbnail(takes.still(job))

    @admin.display(description="Job", ordering="created_at")
    def take_name(self, job: GenerationJob) -> str:
        return f"{job.scene.folder_name}, take {job.take}"

    @admin.display(description="Progress", ordering="progress")
    def shown_progress(self, job: GenerationJob) -> SafeString:
        return format_html('<progress max="100" value="{0}">{0} %</progress> {0} %', job.progress)

    @admin.display(description="Credits", ordering="credits_charged")
    def shown_cost(self, job: GenerationJob) -> str:
        if job.credits_charged is not None:
            return str(plain_number(job.credits_charged))
        return "unknown" if job.credits_estimated is None else f"about {plain_number(job.credits_estimated)}"

    @admin.display(description="Quality", ordering="quality__verdict", empty_value="not looked at")
    def verdict(self, job: GenerationJob) -> str | None:
        report: QualityReport | None = getattr(job, "quality", None)
        return report.verdict if report else None

    @admin.display(description="Reasons", empty_value="none")
    def reasons(self, job: GenerationJob) -> SafeString | None:
        """With their pictures in the page itself: staff need not be in the project."""
        report: QualityReport | None = getattr(job, "quality", None)
        if report is None:
            return None
        pictures = {each.number: _picture(each) for each in report.thumbnails.all()}
        rows = ((pictures.get(number, ""), told["message"]) for number, told in enumerate(report.reasons))
        return format_html_join("", "<p>{} {}</p>", rows) or None

    @admin.display(description="Age", ordering="created_at")
    def age(self, job: GenerationJob) -> str:
        return timesince(job.created_at, timezone.now(), depth=1)

    @admin.display(description="Parameters")
    def request(self, job: GenerationJob) -> SafeString:
        return _code(json.dumps(job.parameters, ensure_ascii=False, indent=1))

    @admin.display(description="Traceback")
    def traceback(self, job: GenerationJob) -> SafeString | str:
        return _code(job.error_traceback) if job.error_traceback else "none"

    @admin.display(description="Files")
    def files(self, job: GenerationJob) -> SafeString | str:
        scene = reverse("scene", args=[job.project.slug, job.scene.folder_name])
        if job.asset is None:
            return format_html('<a href="{}">{}</a>', scene, job.scene.path)
        url = file_url(job.project.slug, job.scene.folder_name, job.asset.pk)
        return format_html('<a href="{}">{}</a> in <a href="{}">its scene</a>', url, job.asset.path, scene)

    @admin.display(description="Queue entries")
    def queue_entries(self, job: GenerationJob) -> SafeString | str:
        try:
            found = queues.find_entries(str(job.pk))
        except (redis.exceptions.RedisError, OSError):
            return "The queue is away."
        entries = [(reverse("django_rq:job_detail", args=[index, key]), key) for index, key in found]
        return format_html_join(", ", '<a href="{}">{}</a>', entries) if entries else "none: only nudges stand there"

    @admin.action(description="Cancel the selected jobs")
    def cancel_jobs(self, request: HttpRequest, jobs: QuerySet[GenerationJob]) -> None:
        self._each(request, jobs, "change", actions.cancel)

    @admin.action(description="Retry the selected jobs")
    def retry_jobs(self, request: HttpRequest, jobs: QuerySet[GenerationJob]) -> None:
        self._each(request, jobs, "spend", lambda user, job: f"It goes on as take {actions.retry(user, job)[0].take}.")

    def _each(
        self,
        request: HttpRequest,
        jobs: QuerySet[GenerationJob],
        right: permissions.Right,
        act: Callable[[User, GenerationJob], str],
    ) -> None:
        """Staff may look at every job; what is done to one is for members of its project, as everywhere."""
        user = request.user
        for job in jobs:
            if isinstance(user, User):
                if not permissions.has_right(user, job.project, right):
                    refusal = f"{self.take_name(job)}: you may not do that in {job.project}: ask its owner."
                    self.message_user(request, refusal, messages.WARNING)
                    continue
                try:
                    self.message_user(request, f"{self.take_name(job)}: {act(user, job)}")
                except Problem as problem:
                    self.message_user(request, f"{self.take_name(job)}: {problem.message}", messages.WARNING)


def _around(user: User | AnonymousUser, job: GenerationJob) -> dict[str, object]:
    source = GenerationJob.objects.filter(pk=job.cached_from).exists() if job.cached_from else False
    return {
        "seen_here": permissions.has_right(user, job.project, "see") and job.project.trashed_at is None,
        "before": job.retry_of,
        "after": GenerationJob.objects.filter(retry_of=job).first(),
        "source": job.cached_from if source else None,
    }


def _picture(thumbnail: QualityThumbnail) -> SafeString:
    data = base64.b64encode(thumbnail.jpeg).decode()
    return format_html('<img src="data:image/jpeg;base64,{}" alt="" width="128">', data)


def _code(text: str) -> SafeString:
    return format_html("<pre>{}</pre>", text)
