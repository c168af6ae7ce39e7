"""Sign-in by name and password, by a one-time link, and the second factor that follows where an account has one."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from projects.access import second_factor
from projects.access.openid.accounts import providers
from projects.access.sign_in import begin_second_factor, pending_sign_in, sign_in, user_for_link
from projects.pages.code_form import CodeForm
from projects.pages.forms import AdminSignInForm, SignInForm
from projects.pages.responses import continue_by_page


class SignIn(LoginView):
    """The sign-in page; 429 with Retry-After while the person has to wait."""

    template_name = "projects/sign_in.html"
    authentication_form = SignInForm
    # the Back button leads here after a sign-in
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Add the providers of OpenID Connect."""
        return {**super().get_context_data(**kwargs), "providers": providers()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign the person in, or ask for the second factor."""
        return finish_sign_in(self.request, form.get_user(), self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again; with the waiting time when there were too many wrong passwords."""
        response = super().form_invalid(form)
        return with_wait(response, form.wait) if isinstance(form, SignInForm) else response


class AdminSignIn(SignIn):
    """The admin's own door, which also asks for the second factor."""

    template_name = "admin/login.html"
    authentication_form = AdminSignInForm
    redirect_authenticated_user = False
    next_page = "admin:index"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Send staff who are signed in on to the admin."""
        if request.method == "GET" and admin.site.has_permission(request):
            return redirect("admin:index")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Return what Django's own page shows."""
        own = {"title": _("Log in"), "subtitle": None, "app_path": self.request.get_full_path()}
        context = {**super().get_context_data(**kwargs), **admin.site.each_context(self.request), **own}
        return context | {"next": self.get_redirect_url() or reverse("admin:index")}


def with_wait(response: HttpResponse, seconds: int) -> HttpResponse:
    """Return the response as 429 with Retry-After, if there are seconds to wait."""
    if seconds:
        response.status_code = 429
        response.headers["Retry-After"] = str(seconds)
    return response


def finish_sign_in(request: HttpRequest, user: User, to: str, way: str = "") -> HttpResponse:
    """Sign in somebody who has proved who they are and lead them to `to`, or ask for the second factor first."""
    if second_factor.is_on(user):
        begin_second_factor(request, user, way, to)
        return redirect("second-factor")
    sign_in(request, user, way)
    return redirect(to)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def give_second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code that completes a sign-in."""
    pending = pending_sign_in(request)
    if pending is None:
        return redirect("login")
    form = CodeForm(request, pending.user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        sign_in(request, pending.user, pending.way)
        return redirect(pending.to)
    return with_wait(render(request, "projects/second_factor.html", {"form": form}), form.wait)


@require_safe
@never_cache
def sign_in_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Sign in by a link, once. A HEAD request, as link checkers send, does not use it up."""
    to = "/"
    with transaction.atomic():
        user = user_for_link(uid, token)
        if user is not None and request.method == "GET":
            response = finish_sign_in(request, user, to, way="link")
            to = str(response.headers["Location"])
    if user is None:
        return render(request, "projects/link_used.html", status=403)
    # a redirect would not do, see continue_by_page()
    return continue_by_page(request, to)
