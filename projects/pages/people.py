"""The accounts of the studio, for staff."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from projects.access.openid.accounts import providers
from projects.actions import people as actions
from projects.pages.responses import Request, page

PER_PAGE = 100


@page("GET", "HEAD")
def accounts(request: Request) -> HttpResponse:
    """Show accounts by name; `after` is the last name of the page before."""
    after = request.GET.get("after", "")
    users = list(actions.people(request.user).filter(username__gt=after)[: PER_PAGE + 1])
    people = actions.describe(users[:PER_PAGE])
    more = users[PER_PAGE - 1].username if len(users) > PER_PAGE else ""
    context = {
        "rows": [(each, actions.why_not(request.user, each.user) is None) for each in people],
        "more": more,
        "is_first": not after,
        "has_providers": bool(providers()),
    }
    return render(request, "projects/people.html", context)


@page("POST")
def switch_account(request: Request, username: str) -> HttpResponse:
    """Disable or enable an account."""
    user = actions.set_active(request.user, username, active=request.POST.get("active") == "on")
    words = (
        _("{username} can sign in again.")
        if user.is_active
        else _("{username} is disabled. Their browsers and programs are signed out within ten seconds.")
    )
    messages.success(request, words.format(username=user.username))
    return redirect("people")
