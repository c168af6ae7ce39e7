"""What the link to a shared export opens: a page that plays it, and its file. Nobody need be signed in."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from film.actions.served_files import served_file
from film.actions.share_links import shared_export
from projects.problems import Problem
from projects.web.files import serve_file

# the address is a secret: it goes into no other site's log, no list of a search engine, and no cache
_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the export of a link, or in a sentence that the link does not work."""
    try:
        link, export = shared_export(token)
    except Problem as problem:
        return _private(_problem_page(request, problem))
    kind = served_file(export).mime_type.partition("/")[0]
    context = {"link": link, "export": export, "project": export.project, "kind": kind, "token": token}
    return _private(render(request, "film/shared.html", context))


@require_safe
async def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer with the file, also in ranges; each request asks whether the link still works."""
    try:
        _link, export = await sync_to_async(shared_export)(token)
        response = await serve_file(request, served_file(export))
    except Problem as problem:
        return _private(await sync_to_async(_problem_page)(request, problem))
    return _private(response, {"Cache-Control": "private, no-cache"})


def _problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    return render(request, "film/shared.html", {"problem": problem}, status=problem.status)


def _private(response: HttpResponseBase, headers: dict[str, str] | None = None) -> HttpResponseBase:
    for name, value in (_HEADERS | (headers or {})).items():
        response.headers[name] = value
    return response
