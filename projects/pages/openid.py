"""Sign-in by OpenID Connect: to the provider, back from it, and what allauth asks on the way."""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from projects.access.openid.accounts import account_for, connect
from projects.access.openid.identity import Identity
from projects.access.openid.provider import Adapter, Provider
from projects.pages.responses import continue_by_page
from projects.pages.sign_in import finish_sign_in
from projects.problems import Problem

logger = logging.getLogger("dailies.access")


@require_POST
@never_cache
def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to a provider, by a page: a redirect after a form would be stopped by `form-action`."""
    adapter = _adapter(request, provider_id)
    try:
        response: HttpResponse = OAuth2LoginView.adapter_view(adapter)(request)
    except OAuth2Error as error:
        return failure(request, adapter.get_provider().app.name, str(error))
    return continue_by_page(request, response.headers["Location"]) if response.status_code == 302 else response


@require_safe
@never_cache
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take somebody whom a provider sends back."""
    adapter = _adapter(request, provider_id)
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(adapter)(request)
    except OAuth2Error as error:
        return failure(request, adapter.get_provider().app.name, str(error))
    return response


def failure(request: HttpRequest, name: str, reason: str) -> HttpResponse:
    """Say in one sentence why nobody was signed in."""
    logger.warning("sign-in by %s failed: %s", name, reason)
    return render(request, "projects/openid_failed.html", {"name": name, "reason": reason}, status=403)


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's hooks, by which it hands over here: none of its own accounts and pages is used."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:
        """Return a provider of the settings. Raise SocialApp.DoesNotExist where there is none of that name."""
        return Provider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Sign in who has come, before allauth would do so in its own way."""
        app = self.get_app(request, provider=sociallogin.account.provider)
        identity = Identity.read(app, sociallogin.account.extra_data)
        raise ImmediateHttpResponse(_finish(request, identity, sociallogin.state))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str = AuthError.UNKNOWN,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Show what was wrong in a page of ours."""
        reason = _("You cancelled it there.") if error == AuthError.CANCELLED else str(exception or "")
        reason = reason or _("The sign-in took too long, was done already, or began in another browser. Try again.")
        raise ImmediateHttpResponse(failure(request, provider.app.name, reason))


def _adapter(request: HttpRequest, provider_id: str) -> Adapter:
    adapter = Adapter(request, provider_id)
    try:
        adapter.get_provider()
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return adapter


def _finish(request: HttpRequest, identity: Identity, state: dict[str, Any]) -> HttpResponse:
    try:
        if state.get("process") == "connect" and isinstance(request.user, User):
            connect(identity, request.user)
            messages.success(
                request,
                _("You can sign in with {provider_name} from now on.").format(provider_name=identity.provider_name),
            )
            return redirect("account")
        return finish_sign_in(request, account_for(identity), state.get("next") or "/", identity.provider_name)
    except Problem as problem:
        return failure(request, identity.provider_name, problem.message)
