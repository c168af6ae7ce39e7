"""Forms of projects, scenes and accounts. What is allowed is decided by the actions; here is only what a field is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm

from projects.access import throttle
from projects.models import Membership, Preferences


class NameForm(forms.Form):
    name = forms.CharField(max_length=200, error_messages={"required": "Write a name of 1 to 200 characters."})


class SceneForm(forms.Form):
    """A scene without a name gets one from its number."""

    name = forms.CharField(max_length=200, required=False)


class PlaceForm(forms.Form):
    position = forms.IntegerField(
        error_messages={
            "required": "position is missing: say the place in the film, from 1.",
            "invalid": "position must be a whole number, from 1.",
        }
    )


class RoleForm(forms.Form):
    """What a member may do. To spend is a right of its own, and of no use to a viewer."""

    role = forms.ChoiceField(
        choices=Membership.Role.choices,
        error_messages={
            "required": "Choose a role: editor or viewer.",
            "invalid_choice": "role must be one of owner, editor, viewer.",
        },
    )
    may_spend = forms.BooleanField(required=False)


class MemberForm(RoleForm):
    username = forms.CharField(
        max_length=150, error_messages={"required": "Write the name by which the person signs in."}
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=100, error_messages={"required": "Write what the token is for, in 1 to 100 characters."}
    )
    read_only = forms.BooleanField(required=False)


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=Preferences.Theme.choices)


class SignInForm(AuthenticationForm):
    """Name and password; who was wrong too often waits first. `wait`: for how many seconds."""

    wait = 0

    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not username or not password or self.request is None:
            return super().clean()
        self.wait = throttle.register_attempt(self.request, username)
        if self.wait:
            seconds = "1 second" if self.wait == 1 else f"{self.wait} seconds"
            raise forms.ValidationError(f"Too many wrong passwords: wait {seconds}, then try again.", code="throttled")
        given = super().clean()
        throttle.register_success(self.request, username)
        return given


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The admin's own door; behind it are staff only."""
