"""The page with all batches of a project."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from generation.batches.summary import summarize_all
from generation.pages.new_batch import start_batch
from projects.access import permissions
from projects.pages.responses import Request, page

BATCHES_PER_PAGE = 50


@page("GET", "HEAD", "POST")
def batches(request: Request, project_id: str) -> HttpResponse:
    """Show the batches, the newest first; a POST starts the one whose preview was shown."""
    if request.method == "POST":
        return start_batch(request, permissions.project_for(request.user, project_id, "spend"))
    project = permissions.project_for(request.user, project_id)
    paginator = Paginator(project.batches.select_related("project", "created_by"), BATCHES_PER_PAGE)
    batches = paginator.get_page(request.GET.get("page"))
    context = {
        "project": project,
        "page": batches,
        "summaries": summarize_all(list(batches)),
        "may_spend": permissions.has_right(request.user, project, "spend"),
    }
    return render(request, "generation/batches.html", context)
