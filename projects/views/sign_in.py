"""The one-time link that signs a person in. The form for name and password is Django's own view."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from projects import people


@never_cache
def sign_in_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    user = people.user_of_link(uid, token)
    if user is None:
        return render(request, "projects/link_used.html", status=403)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("projects")
