"""Sign-in by name and password, and by a one-time link."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from projects.access.sign_in import user_for_link
from projects.pages.forms import SignInForm
from projects.pages.responses import continue_by_page


class SignIn(LoginView):
    """The sign-in page; 429 with Retry-After while the person has to wait."""

    template_name = "projects/sign_in.html"
    authentication_form = SignInForm
    # the Back button leads here after a sign-in
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again; with the waiting time when there were too many wrong passwords."""
        response = super().form_invalid(form)
        if isinstance(form, SignInForm) and form.wait:
            response.status_code = 429
            response.headers["Retry-After"] = str(form.wait)
        return response


@require_safe
@never_cache
def sign_in_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Sign in by a link, once. A HEAD request, as link checkers send, does not use it up."""
    with transaction.atomic():
        user = user_for_link(uid, token)
        if user is not None and request.method == "GET":
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if user is None:
        return render(request, "projects/link_used.html", status=403)
    # a redirect would not do, see continue_by_page()
    return continue_by_page(request, "/")
