"""The form that asks for a code of the second factor."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.access import audit, second_factor, throttle

logger = logging.getLogger("dailies.access")


class CodeForm(forms.Form):
    """A code of the app, or a recovery code. After too many wrong ones the person has to wait `wait` seconds."""

    code = forms.CharField(max_length=20, error_messages={"required": gettext_lazy("Enter a code.")})
    wait = 0

    def __init__(self, request: HttpRequest, user: User, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.request, self.user = request, user

    def clean_code(self) -> str:
        """Check the code, unless the person has to wait."""
        # no name of an account has spaces
        name = f"second factor of {self.user.pk}"
        self.wait = throttle.register_attempt(self.request, name)
        if self.wait:
            seconds = _("1 second") if self.wait == 1 else _("{wait} seconds").format(wait=self.wait)
            raise forms.ValidationError(
                _("Too many wrong codes: wait {seconds}, then try again.").format(seconds=seconds), code="throttled"
            )
        code = str(self.cleaned_data["code"])
        if not second_factor.check_code(self.user, code):
            address = throttle.address_of(self.request)
            logger.warning("second factor failed name=%r address=%s", self.user.username, address)
            audit.enter(audit.Action.SIGN_IN_FAILED, None, self.user.username, address=address, way="second factor")
            raise forms.ValidationError(_(second_factor.WRONG))
        throttle.register_success(self.request, name)
        return code
