"""The audit log: who did what in the studio, and when. Rows are added, and never changed or removed."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models.json_field import ValidJSONField


def _detail_name(name: str) -> str:
    """Return the name of a detail in words: `May spend` for `maySpend`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").capitalize()


def _detail_value(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class AuditEntry(models.Model):
    """One thing that a person did. Names are stored as they were, so that an entry outlives what it is about."""

    class Action(models.TextChoices):
        """What was done."""

        SIGN_IN = "sign_in", gettext_lazy("signed in")
        SIGN_IN_FAILED = "sign_in_failed", gettext_lazy("failed to sign in")
        SIGN_IN_LINK = "sign_in_link", gettext_lazy("sign-in link made")
        PASSWORD = "password", gettext_lazy("changed the password")
        ACCOUNT = "account", gettext_lazy("account created")
        ACCOUNT_CHANGED = "account_changed", gettext_lazy("account changed")
        ACCOUNT_DISABLED = "account_disabled", gettext_lazy("disabled an account")
        ACCOUNT_ENABLED = "account_enabled", gettext_lazy("enabled an account")
        TOKEN_CREATED = "token_created", gettext_lazy("created a token")
        TOKEN_REVOKED = "token_revoked", gettext_lazy("revoked a token")
        MEMBER_ADDED = "member_added", gettext_lazy("added a member")
        MEMBER_CHANGED = "member_changed", gettext_lazy("changed a member")
        MEMBER_REMOVED = "member_removed", gettext_lazy("removed a member")
        INVITED = "invited", gettext_lazy("made an invitation")
        INVITATION_REVOKED = "invitation_revoked", gettext_lazy("revoked an invitation")
        INVITATION_ACCEPTED = "invitation_accepted", gettext_lazy("accepted an invitation")
        EXPORT_SHARED = "export_shared", gettext_lazy("shared an export")
        SHARE_REVOKED = "share_revoked", gettext_lazy("revoked a shared link")
        BUDGET_SET = "budget_set", gettext_lazy("set a budget")
        BUDGET_REMOVED = "budget_removed", gettext_lazy("removed a budget")
        DELETED = "deleted", gettext_lazy("deleted")
        RESTORED = "restored", gettext_lazy("restored")
        WEBHOOK = "webhook", gettext_lazy("changed a webhook")
        IDENTITY_LINKED = "identity_linked", gettext_lazy("linked a sign-in")
        IDENTITY_UNLINKED = "identity_unlinked", gettext_lazy("disconnected a sign-in")
        SECOND_FACTOR = "second_factor", gettext_lazy("changed the second factor")
        PASSWORD_RESET = "password_reset", gettext_lazy("password reset")
        CLEAN_UP_RULE = "clean_up_rule", gettext_lazy("changed a rule")
        CLEANED_UP = "cleaned_up", gettext_lazy("cleaned up")

    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=20, choices=Action.choices)
    # no foreign keys: to delete a person or a project must not change what they did
    user_id = models.BigIntegerField(null=True)
    username = models.CharField(max_length=150, blank=True)
    project_id = models.CharField(max_length=120, blank=True)
    target = models.CharField(max_length=300, blank=True)
    details = ValidJSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.username or 'somebody'}: {self.get_action_display()} {self.target}".rstrip()

    @property
    def details_text(self) -> str:
        """The details in one line, for people: `Period: day · Credits: 50 · May spend: no`."""
        return " · ".join(
            _("{name}: {value}").format(name=_detail_name(name), value=_detail_value(value))
            for name, value in self.details.items()
            if value not in ("", [], None)
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row. Raise TypeError for one that is there already."""
        if not self._state.adding:
            raise TypeError("An entry of the audit log is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise TypeError."""
        raise TypeError("An entry of the audit log is never removed.")
