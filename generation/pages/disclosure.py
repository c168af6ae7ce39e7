"""The disclosure of a film: which files were generated, with what. A page to print, CSV and JSON."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render

from generation.provenance.disclosure import MAX_SHOWN, Disclosure, disclosure_csv, disclosure_dict, load_disclosure
from projects.access import permissions
from projects.models import Project
from projects.pages.responses import Request, page


@page("GET", "HEAD")
def disclosure(request: Request, project_id: str) -> HttpResponse:
    """Show what each scene shows; with `?takes=all` every generated file, with `?film=` what is in that film.

    Of thousands of takes it shows the first; the downloads have all.
    """
    project, sheet = _load(request, project_id, MAX_SHOWN)
    # the downloads are of what is shown
    query = QueryDict(mutable=True)
    query.update({name: request.GET[name] for name in ("takes", "film") if request.GET.get(name)})
    context = {"project": project, "sheet": sheet, "all_takes": _has_all_takes(request), "query": query.urlencode()}
    return render(request, "generation/disclosure.html", context)


@page("GET", "HEAD")
def as_csv(request: Request, project_id: str) -> HttpResponse:
    """Return the same rows as CSV."""
    project, sheet = _load(request, project_id)
    headers = {"Content-Disposition": f'attachment; filename="{project.slug}-disclosure.csv"'}
    return HttpResponse(disclosure_csv(sheet), content_type="text/csv; charset=utf-8", headers=headers)


@page("GET", "HEAD")
def as_json(request: Request, project_id: str) -> HttpResponse:
    """Return the same rows as JSON."""
    project, sheet = _load(request, project_id)
    headers = {"Content-Disposition": f'attachment; filename="{project.slug}-disclosure.json"'}
    return JsonResponse(disclosure_dict(project, sheet), json_dumps_params={"indent": 2}, headers=headers)


def _load(request: Request, project_id: str, most: int | None = None) -> tuple[Project, Disclosure]:
    project = permissions.project_for(request.user, project_id)
    film = request.GET.get("film", "")
    return project, load_disclosure(project, all_takes=_has_all_takes(request), film=film, most=most)


def _has_all_takes(request: Request) -> bool:
    return request.GET.get("takes") == "all"
