"""One's own account: password, API tokens, theme."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from projects.access.tokens import create_token
from projects.models import Preferences
from projects.pages.forms import ThemeForm, TokenForm
from projects.pages.responses import Request, came_from, page
from projects.problems import not_found

A_YEAR = 365 * 24 * 3600


@page("GET", "HEAD")
def account(request: Request) -> HttpResponse:
    return account_page(request)


def account_page(request: Request, status: int = 200, **forms_and_secret: object) -> HttpResponse:
    tokens = request.user.api_tokens.filter(revoked_at=None)
    context = {"tokens": tokens, "password_form": password_form(request.user), "token_form": TokenForm()}
    return render(request, "projects/account.html", {**context, **forms_and_secret}, status=status)


def password_form(user: User, data: object = None) -> SetPasswordForm[User]:
    """Whoever came by a sign-in link has no old password to tell."""
    form = PasswordChangeForm if user.has_usable_password() else SetPasswordForm
    return form(user, data)


@page("POST")
def change_password(request: Request) -> HttpResponse:
    form = password_form(request.user, request.POST)
    if not form.is_valid():
        return account_page(request, 422, password_form=form)
    form.save()
    update_session_auth_hash(request, request.user)
    messages.success(request, "The password is changed. Other browsers are signed out.")
    return redirect("account")


@page("POST")
@never_cache
def make_token(request: Request) -> HttpResponse:
    """Answered at once instead of by a redirect: the token is kept nowhere, so it can be shown only here."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return account_page(request, 422, token_form=form)
    token, text = create_token(request.user, form.cleaned_data["name"], read_only=form.cleaned_data["read_only"])
    return account_page(request, new_token=token, secret=text)


@page("POST")
def revoke_token(request: Request, token_id: int) -> HttpResponse:
    living = request.user.api_tokens.filter(pk=token_id, revoked_at=None)
    if not living.update(revoked_at=timezone.now()):
        raise not_found("token")
    messages.success(request, "The token is revoked: whatever used it is signed out.")
    return redirect("account")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Kept for the person, and in this browser for the sign-in; the server writes it, so that no page flashes."""
    form = ThemeForm(request.POST)
    response = HttpResponse(status=204) if request.headers.get("HX-Request") else redirect(came_from(request))
    if form.is_valid():
        chosen = form.cleaned_data["theme"]
        if isinstance(request.user, User):
            Preferences.objects.update_or_create(user=request.user, defaults={"theme": chosen})
        response.set_cookie("theme", chosen, max_age=A_YEAR, samesite="Lax")
    return response
