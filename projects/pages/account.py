"""The account page: password, second factor, sign-in by other providers, API tokens, theme."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from projects.access import audit, second_factor, tokens
from projects.access.openid.accounts import disconnect, providers_of
from projects.access.tokens import create_token
from projects.models import Preferences
from projects.pages.forms import ThemeForm, TokenForm
from projects.pages.responses import Request, page, referring_page

YEAR_SECONDS = 365 * 24 * 3600


@page("GET", "HEAD")
def account(request: Request) -> HttpResponse:
    """Show the person's account."""
    return account_page(request)


def account_page(request: Request, status: int = 200, **forms_and_secret: object) -> HttpResponse:
    """Render the page; a form with errors, or a new token with its secret, replaces the empty one."""
    active = request.user.api_tokens.filter(revoked_at=None)
    context = {
        "tokens": active,
        "password_form": password_form(request.user),
        "token_form": TokenForm(),
        "second_factor": second_factor.is_on(request.user),
        "codes_left": second_factor.codes_left(request.user),
        "providers": providers_of(request.user),
    }
    return render(request, "projects/account.html", {**context, **forms_and_secret}, status=status)


def password_form(user: User, data: object = None) -> SetPasswordForm[User]:
    """Return the form that changes the password, or sets the first one after a sign-in by link."""
    # who came by a link has no old password to type
    form = PasswordChangeForm if user.has_usable_password() else SetPasswordForm
    return form(user, data)


@page("POST")
def change_password(request: Request) -> HttpResponse:
    """Change the password, keep this browser signed in, and sign out the others."""
    form = password_form(request.user, request.POST)
    if not form.is_valid():
        return account_page(request, 422, password_form=form)
    with transaction.atomic():
        form.save()
        audit.enter(audit.Action.PASSWORD, request.user)
    # a session is valid only with the hash of the present password, so the others end by themselves
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Password changed. Other browsers are signed out."))
    return redirect("account")


@page("POST")
@never_cache
def make_token(request: Request) -> HttpResponse:
    """Create a token and show it: it is stored as a digest, so a page after a redirect could not."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return account_page(request, 422, token_form=form)
    token, text = create_token(request.user, form.cleaned_data["name"], read_only=form.cleaned_data["read_only"])
    return account_page(request, new_token=token, secret=text)


@page("POST")
def revoke_token(request: Request, token_id: int) -> HttpResponse:
    """Revoke one of the person's own tokens."""
    tokens.revoke_token(request.user, token_id)
    messages.success(request, _("Token revoked. Programs that used it are signed out."))
    return redirect("account")


@page("POST")
def disconnect_provider(request: Request, provider_id: str) -> HttpResponse:
    """Take the person's own identity of a provider away."""
    disconnect(request.user, provider_id)
    messages.success(request, _("This sign-in is no longer linked to your account."))
    return redirect("account")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme for the person, and in a cookie for pages before the sign-in.

    The server renders it into each page, so that none flashes in another theme first.
    """
    form = ThemeForm(request.POST)
    response = HttpResponse(status=204) if request.headers.get("HX-Request") else redirect(referring_page(request))
    if form.is_valid():
        theme_name = form.cleaned_data["theme"]
        if isinstance(request.user, User):
            Preferences.objects.update_or_create(user=request.user, defaults={"theme": theme_name})
        response.set_cookie("theme", theme_name, max_age=YEAR_SECONDS, samesite="Lax")
    return response
