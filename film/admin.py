"""The admin of exports, read-only: they are asked for, cancelled and tried again in the studio."""

from __future__ import annotations

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from film.models import Export
from projects.admin import CappedPaginator, ReadOnlyAdmin


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """Exports with their settings, reports and errors."""

    list_display = ("created_at", "project", "profile", "status", "progress_bar", "file_name", "error")
    list_filter = ("status", "profile", "project")
    list_select_related = ("project",)
    search_fields = ("project__name", "project__slug", "file_name")
    paginator = CappedPaginator
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("project", "profile", "status", "progress_bar", "error", "report_text")}),
        ("File", {"fields": ("file_name", "bytes", "sha256", "segments_total", "segments_reused")}),
        ("Request", {"fields": ("cut_version", "options_text", "created_by")}),
        ("Work", {"fields": ("attempts", "claimed_by", "claim_expires_at", "cancel_requested_at")}),
        ("Times", {"fields": ("created_at", "started_at", "finished_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        """Leave the cut out, which may be large."""
        return Export.objects.defer("document")

    @admin.display(description="Progress", ordering="progress")
    def progress_bar(self, export: Export) -> SafeString:
        """Return the progress as a bar and in percent."""
        percent = round(export.progress * 100)
        return format_html('<progress max="100" value="{0}">{0}%</progress> {0}%', percent)

    @admin.display(description="Report", empty_value="nothing")
    def report_text(self, export: Export) -> str | None:
        """Return the report, one sentence a line."""
        return "\n".join(export.report) or None

    @admin.display(description="Options")
    def options_text(self, export: Export) -> str:
        """Return the options as JSON."""
        return json.dumps(export.options)
