"""Forms of projects, scenes and accounts. They say what a field is; the actions decide what is allowed."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.access import audit, throttle
from projects.disk.name_matching import same_name
from projects.models import Membership, Preferences, Project

logger = logging.getLogger("dailies.access")


class NameForm(forms.Form):
    """The name of a project or scene."""

    name = forms.CharField(
        max_length=200, error_messages={"required": gettext_lazy("Enter a name of 1 to 200 characters.")}
    )


class SceneForm(forms.Form):
    """A new scene; without a name it gets one from its number."""

    name = forms.CharField(max_length=200, required=False)


class PositionForm(forms.Form):
    """The position of a scene in the film, from 1."""

    position = forms.IntegerField(
        error_messages={
            "required": gettext_lazy("position is missing: enter the position in the film, starting at 1."),
            "invalid": gettext_lazy("position must be a whole number, starting at 1."),
        }
    )


class DeleteForm(forms.Form):
    """The name of a film, typed by whoever deletes it; only where takes were paid for."""

    name = forms.CharField(required=False)

    def __init__(self, project: Project, spent: Decimal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # the form that renames is on the same page, and has a name too
        self.auto_id = "delete_%s"
        self.project = project
        self.needs_name = spent > 0

    def clean_name(self) -> str:
        """Return the name. Raise ValidationError where it has to be that of the project, and is another."""
        name = str(self.cleaned_data["name"])
        if self.needs_name and not same_name(name, [self.project.name]):
            raise forms.ValidationError(_("Type the film's name to delete it: {name}").format(name=self.project.name))
        return name


class RoleForm(forms.Form):
    """What a member may do. Spending is a separate right, which a viewer cannot use."""

    role = forms.ChoiceField(
        choices=Membership.Role.choices,
        error_messages={
            "required": gettext_lazy("Choose a role: editor or viewer."),
            "invalid_choice": gettext_lazy("role must be one of owner, editor, viewer."),
        },
    )
    may_spend = forms.BooleanField(required=False)


class MemberForm(RoleForm):
    """A person to invite, by the name they sign in with."""

    username = forms.CharField(max_length=150, error_messages={"required": gettext_lazy("Enter a username.")})


class JoinForm(forms.Form):
    """The account of a person who was invited."""

    username = forms.CharField(
        max_length=150, error_messages={"required": gettext_lazy("Choose a name to sign in with.")}
    )
    password = forms.CharField(
        max_length=200, strip=False, error_messages={"required": gettext_lazy("Choose a password.")}
    )


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        max_length=100, error_messages={"required": gettext_lazy("Enter a purpose of 1 to 100 characters.")}
    )
    read_only = forms.BooleanField(required=False)


class ThemeForm(forms.Form):
    """The theme of the pages."""

    theme = forms.ChoiceField(choices=Preferences.Theme.choices)


class SignInForm(AuthenticationForm):
    """Name and password. After too many wrong ones the person has to wait `wait` seconds."""

    wait = 0

    def clean(self) -> dict[str, Any]:
        """Check name and password, unless the person has to wait."""
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not username or not password or self.request is None:
            return super().clean()
        # before the password is looked at, see register_attempt()
        self.wait = throttle.register_attempt(self.request, username)
        if self.wait:
            seconds = _("1 second") if self.wait == 1 else _("{wait} seconds").format(wait=self.wait)
            raise forms.ValidationError(
                _("Too many wrong passwords: wait {seconds}, then try again.").format(seconds=seconds), code="throttled"
            )
        try:
            given = super().clean()
        except forms.ValidationError:
            logger.warning("sign-in failed name=%r address=%s", username[:150], throttle.address_of(self.request))
            _enter_failure(self.request, username)
            raise
        throttle.register_success(self.request, username)
        return given


def _enter_failure(request: HttpRequest, username: str) -> None:
    """Enter a wrong password with the name of an account: another text may be a password in the wrong field."""
    known = User.objects.filter(username=username).first()
    address = throttle.address_of(request)
    audit.enter(audit.Action.SIGN_IN_FAILED, None, known.username if known else "", address=address)


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The admin's own door; behind it are staff only."""
