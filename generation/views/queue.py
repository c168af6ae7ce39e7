"""All jobs that the person may see, newest first; the filter and the page stand in the address."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from generation import planning
from generation.finding import jobs_of
from generation.forms import QueueFilter
from generation.models import JobQuerySet
from generation.status import UNFINISHED
from generation.workbench import with_everything
from projects import access
from projects.models import Project
from projects.pages import Request, page

JOBS_ON_A_PAGE = 50
# a page listens to so many projects at most, the last changed first
LIVE_PROJECTS = 100


@page("GET", "HEAD")
def queue(request: Request) -> HttpResponse:
    projects = access.projects_of(request.user)
    form = QueueFilter(request.GET)
    form.fields["project"].queryset = projects  # type: ignore[attr-defined]
    form.is_valid()
    state, project = form.cleaned_data.get("state", ""), form.cleaned_data.get("project")
    jobs = with_everything(jobs_of(request.user))
    members = request.user.memberships.all()
    context = {
        "state": state,
        "chosen_project": project,
        "projects": list(projects),
        "live_projects": " ".join(known.slug for known in ([project] if project else projects[:LIVE_PROJECTS])),
        "groups": QueueFilter.GROUPS,
        "jobs": Paginator(filtered(jobs, state, project), JOBS_ON_A_PAGE).get_page(request.GET.get("page")),
        "may_change": {member.project_id for member in members if access.allows(member, "change")},
    }
    return render(request, "generation/queue.html", context)


@page("GET", "HEAD", "POST")
def plan(request: Request) -> HttpResponse:
    """A fragment: for each model, how many of those that wait fit today, and when the rest goes on.

    A POST, by staff, chooses who goes first.
    """
    if request.method == "POST":
        planning.choose_order(request.user, cheapest=request.POST.get("order") == "cheapest")
        if not request.htmx:
            return redirect("queue")
    context = {"plans": planning.read(request.user), "cheapest_first": planning.cheapest_first()}
    return render(request, "generation/_plan.html", context)


def filtered(jobs: JobQuerySet, state: str, project: Project | None) -> JobQuerySet:
    if state:
        jobs = jobs.filter(status__in=UNFINISHED if state == "unfinished" else [state])
    return jobs.filter(project=project) if project else jobs
