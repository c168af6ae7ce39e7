"""Forms of projects, scenes and accounts. What is allowed is decided by the actions; here is only what a field is."""

from __future__ import annotations

from django import forms


class NameForm(forms.Form):
    name = forms.CharField(max_length=200, error_messages={"required": "Write a name of 1 to 200 characters."})


class SceneForm(forms.Form):
    """A scene without a name gets one from its number."""

    name = forms.CharField(max_length=200, required=False)


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=100, error_messages={"required": "Write what the token is for, in 1 to 100 characters."}
    )
    read_only = forms.BooleanField(required=False)


class ThemeForm(forms.Form):
    THEMES = [("system", "System"), ("light", "Light"), ("dark", "Dark")]
    theme = forms.ChoiceField(choices=THEMES)
