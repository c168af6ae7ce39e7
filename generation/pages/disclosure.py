"""The disclosure sheet of a film: a page to print, CSV and JSON."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from generation.provenance import disclosure
from generation.provenance.disclosure import DisclosureRow
from projects.access import permissions
from projects.models import Project
from projects.pages.responses import Request, page


@page("GET", "HEAD")
def sheet(request: Request, project_id: str) -> HttpResponse:
    """`?takes=all`: every generated file, not only what is in the film."""
    project, rows = _asked(request, project_id)
    context = {"project": project, "rows": rows, "every": _every(request)}
    return render(request, "generation/disclosure.html", context)


@page("GET", "HEAD")
def as_csv(request: Request, project_id: str) -> HttpResponse:
    project, rows = _asked(request, project_id)
    headers = {"Content-Disposition": f'attachment; filename="{project.slug}-disclosure.csv"'}
    return HttpResponse(disclosure.disclosure_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)


@page("GET", "HEAD")
def as_json(request: Request, project_id: str) -> HttpResponse:
    project, rows = _asked(request, project_id)
    headers = {"Content-Disposition": f'attachment; filename="{project.slug}-disclosure.json"'}
    return JsonResponse(disclosure.disclosure_dict(project, rows), json_dumps_params={"indent": 2}, headers=headers)


def _asked(request: Request, project_id: str) -> tuple[Project, list[DisclosureRow]]:
    project = permissions.project_for(request.user, project_id)
    return project, disclosure.load_disclosure(project, all_takes=_every(request))


def _every(request: Request) -> bool:
    return request.GET.get("takes") == "all"
