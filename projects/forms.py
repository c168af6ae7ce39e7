"""Forms of projects, scenes and accounts. What is allowed is decided by the actions; here is only what a field is."""

from __future__ import annotations

from django import forms

from projects.models import Membership


class NameForm(forms.Form):
    name = forms.CharField(max_length=200, error_messages={"required": "Write a name of 1 to 200 characters."})


class SceneForm(forms.Form):
    """A scene without a name gets one from its number."""

    name = forms.CharField(max_length=200, required=False)


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
    THEMES = [("system", "System"), ("light", "Light"), ("dark", "Dark")]
    theme = forms.ChoiceField(choices=THEMES)
