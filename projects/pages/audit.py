"""The audit log, newest first, for staff."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from projects.access.permissions import require_staff
from projects.models import AuditEntry, Project
from projects.pages.responses import Request, page

PER_PAGE = 100
# the largest key of a table
_MAX_KEY = 2**63 - 1


@page("GET", "HEAD")
def audit(request: Request) -> HttpResponse:
    """Show entries; `before` is the key of the last one of the page before, so that no page counts the table."""
    require_staff(request.user)
    text = request.GET.get("before", "")
    before = min(int(text), _MAX_KEY) if text.isdecimal() else _MAX_KEY
    entries = list(AuditEntry.objects.filter(pk__lte=before - 1).order_by("-pk")[: PER_PAGE + 1])
    older = entries[PER_PAGE - 1].pk if len(entries) > PER_PAGE else None
    rows = _with_names(entries[:PER_PAGE])
    context = {"rows": rows, "older": older, "is_first": not text}
    return render(request, "projects/audit.html", context)


def _with_names(entries: list[AuditEntry]) -> list[tuple[AuditEntry, str]]:
    """Return each entry with the name that its project has now; its id where it is no longer there."""
    slugs = {entry.project_id for entry in entries if entry.project_id}
    names = dict(Project.objects.filter(slug__in=slugs).values_list("slug", "name"))
    return [(entry, names.get(entry.project_id, entry.project_id)) for entry in entries]
