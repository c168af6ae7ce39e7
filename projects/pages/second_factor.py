"""The second factor on the account page: turn it on and off, and make new recovery codes."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from projects.access import second_factor
from projects.pages.account import account_page
from projects.pages.code_form import CodeForm
from projects.pages.responses import Request, add_problem_to_form, form_status, page
from projects.pages.sign_in import with_wait
from projects.problems import Problem


class SetUpForm(forms.Form):
    """The first code of an app, and the password where the account has one."""

    secret = forms.CharField()
    code = forms.CharField(
        max_length=20, error_messages={"required": gettext_lazy("Enter the code that the app shows.")}
    )
    password = forms.CharField(max_length=200, strip=False, required=False)


@page("GET", "HEAD", "POST")
@never_cache
def set_up(request: Request) -> HttpResponse:
    """Show a new secret for an app; a POST with its first code turns the second factor on and shows recovery codes."""
    if second_factor.is_on(request.user):
        return redirect("account")
    if request.method != "POST":
        return _show_secret(request, SetUpForm(initial={"secret": second_factor.new_secret()}))
    form = SetUpForm(request.POST)
    if form.is_valid():
        # whoever finds an open browser must not lock the person out
        if request.user.has_usable_password() and not request.user.check_password(form.cleaned_data["password"]):
            form.add_error("password", _("Wrong password."))
            return _show_secret(request, form)
        try:
            codes = second_factor.turn_on(request.user, form.cleaned_data["secret"], form.cleaned_data["code"])
        except Problem as problem:
            add_problem_to_form(form, problem)
        else:
            return render(request, "projects/recovery_codes.html", {"codes": codes})
    return _show_secret(request, form)


@page("POST")
@never_cache
def renew_codes(request: Request) -> HttpResponse:
    """Show new recovery codes to whoever gives a code."""
    form = CodeForm(request, request.user, request.POST)
    if not form.is_valid():
        return with_wait(account_page(request, 422, code_form=form), form.wait)
    return render(request, "projects/recovery_codes.html", {"codes": second_factor.renew_codes(request.user)})


@page("POST")
def turn_off(request: Request) -> HttpResponse:
    """Take the second factor away from whoever gives a code."""
    form = CodeForm(request, request.user, request.POST)
    if not form.is_valid():
        return with_wait(account_page(request, 422, code_form=form), form.wait)
    second_factor.turn_off(request.user, request.user)
    messages.success(request, _("The second factor is off. Your password alone signs you in."))
    return redirect("account")


def _show_secret(request: Request, form: SetUpForm) -> HttpResponse:
    secret = str(form["secret"].value() or second_factor.new_secret())
    context = {"form": form, "secret": secret, "picture": second_factor.picture_of(request.user, secret)}
    return render(request, "projects/second_factor_setup.html", context, status=form_status(form))
