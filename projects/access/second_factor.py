"""The second factor of an account: codes of an app (TOTP) and recovery codes. Rows and arithmetic are allauth's."""

from __future__ import annotations

import re
from datetime import timedelta

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.access import audit
from projects.problems import conflict, wrong_field

Type = Authenticator.Type
# as generate_totp_secret() makes them: 20 bytes in base32
_SECRET = re.compile(r"[A-Z2-7]{32}", re.ASCII)
# longer than a code is valid
_REMEMBERED = timedelta(minutes=3)
WRONG = gettext_noop("Wrong code. Enter the code that the app shows now, or a recovery code that you have not used.")


def is_on(user: User) -> bool:
    """Return whether the account has a second factor."""
    return bool(Authenticator.objects.filter(user=user, type=Type.TOTP).exists())


def new_secret() -> str:
    """Return a secret for an app. It counts once `turn_on()` has seen a code that was made with it."""
    return str(generate_totp_secret())


def picture_of(user: User, secret: str) -> SafeString:
    """Return the QR code that an app reads, as SVG."""
    adapter = get_adapter()
    svg = str(adapter.build_totp_svg(adapter.build_totp_url(user, secret)))
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 - drawn by qrcode


def turn_on(user: User, secret: str, code: str) -> list[str]:
    """Give the account a second factor and return its recovery codes.

    Raise Problem 422 for a code that was not made with the secret, 409 for an account that has a second factor.
    """
    if not _SECRET.fullmatch(secret):
        raise wrong_field("secret", _("The secret is not complete. Reload the page and try again."))
    if not validate_totp_code(secret, code):
        raise wrong_field("code", _("Wrong code. Enter the code that the app shows now."))
    with transaction.atomic():
        # locked: of two at once, the second sees the first
        User.objects.select_for_update().get(pk=user.pk)
        if is_on(user):
            raise conflict(_("This account has a second factor already."))
        TOTP.activate(user, secret)
        audit.enter(audit.Action.SECOND_FACTOR, user, change="turned on")
        return _make_codes(user)


def turn_off(user: User, by: User | None) -> None:
    """Take the second factor away; `by` is None for a command."""
    with transaction.atomic():
        if Authenticator.objects.filter(user=user).delete()[0]:
            audit.enter(audit.Action.SECOND_FACTOR, by, user.username, change="turned off")


def renew_codes(user: User) -> list[str]:
    """Return new recovery codes; the old ones no longer work. Raise Problem 409 without a second factor."""
    if not is_on(user):
        raise conflict(_("This account has no second factor."))
    with transaction.atomic():
        audit.enter(audit.Action.SECOND_FACTOR, user, change="new recovery codes")
        return _make_codes(user)


def codes_left(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    row = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


def check_code(user: User, code: str) -> bool:
    """Return whether a code is right. Each works once, in every process."""
    code = code.replace(" ", "").replace("-", "")
    with transaction.atomic():
        rows = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=user)}
        totp, recovery = rows.get(Type.TOTP), rows.get(Type.RECOVERY_CODES)
        if totp and _is_new(totp, code) and TOTP(totp).validate_code(code):
            totp.data["lastCode"], totp.last_used_at = code, timezone.now()
            totp.save()
            return True
        return bool(recovery and RecoveryCodes(recovery).validate_code(code))


def _is_new(row: Authenticator, code: str) -> bool:
    return bool(row.data.get("lastCode") != code or timezone.now() - row.last_used_at > _REMEMBERED)


def _make_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(user).get_unused_codes())
