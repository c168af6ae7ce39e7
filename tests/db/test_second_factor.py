"""The second factor: set up, asked at each way of signing in, recovered, reset; and how an account ends."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from projects.access import second_factor
from projects.access.sign_in import PENDING_SECONDS, sign_in_path
from projects.access.throttle import FREE_ATTEMPTS
from projects.access.tokens import create_token, find_token
from projects.models import AuditEntry
from tests.db.pages.makers import text
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "screening-room-7"
SIGN_IN, SECOND, SET_UP = "/accounts/login/", "/accounts/second-factor/", "/account/second-factor/"


@pytest.fixture
def ada() -> User:
    return make_user("ada", password=PASSWORD, is_staff=True)


@pytest.fixture
def secret(ada: User) -> str:
    """Of the app of somebody who has a second factor."""
    secret = second_factor.new_secret()
    second_factor.turn_on(ada, secret, code_of(secret))
    return secret


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def first_factor(client: Client, at: str = SIGN_IN, **more: str) -> Any:
    return client.post(at, {"username": "ada", "password": PASSWORD, **more})


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def recovery_codes(user: User) -> list[str]:
    row = Authenticator.objects.get(user=user, type="recovery_codes")
    return list(RecoveryCodes(row).generate_codes())


def test_without_one_nothing_changes(ada: User) -> None:
    client = Client()
    assert first_factor(client, next="/queue/").headers["Location"] == "/queue/"
    assert is_signed_in(client)
    assert client.get(SECOND).headers["Location"] == SIGN_IN


def test_it_is_set_up_on_the_account_page(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    assert "Set up" in text(client.get("/account/"))
    page = client.get(SET_UP).content.decode()
    assert not Authenticator.objects.exists()
    assert "<svg" in page
    secret = re.search(r'name="secret" value="(\w+)"', page)
    assert secret
    form = {"secret": secret[1], "code": code_of(secret[1]), "password": PASSWORD}
    for wrong in ({"code": "000000"}, {"password": "x"}, {"secret": "AAAA"}, {"code": ""}):
        assert client.post(SET_UP, form | wrong).status_code == 422
    assert not Authenticator.objects.exists()
    shown = text(client.post(SET_UP, form))
    codes = recovery_codes(ada)
    assert len(codes) == 10
    assert all(code in shown for code in codes)
    assert "10 recovery codes left" in text(client.get("/account/"))
    assert client.get(SET_UP).status_code == 302
    assert client.post(SET_UP, form).status_code == 302
    assert AuditEntry.objects.get(action="second_factor").details["change"] == "turned on"


@pytest.mark.parametrize(("at", "to"), [(SIGN_IN, "/queue/"), ("/admin/login/", "/admin/auth/user/")])
def test_both_doors_ask_for_it(ada: User, secret: str, at: str, to: str) -> None:
    client = Client()
    assert first_factor(client, at, next=to).headers["Location"] == SECOND
    assert not is_signed_in(client)
    assert client.get("/admin/").status_code == 302
    wrong = client.post(SECOND, {"code": "000000"})
    assert "Wrong code" in text(wrong)
    assert not is_signed_in(client)
    assert client.post(SECOND, {"code": code_of(secret)}).headers["Location"] == to
    assert is_signed_in(client)
    ways = [entry.action for entry in AuditEntry.objects.exclude(action="second_factor").order_by("pk")]
    assert ways == ["sign_in_failed", "sign_in"]


def test_a_code_works_once_and_a_recovery_code_too(ada: User, secret: str) -> None:
    code, recovery = code_of(secret), recovery_codes(ada)[3]
    for typed, works in ((code, True), (code, False), (recovery, True), (recovery, False)):
        client = Client()
        first_factor(client)
        client.post(SECOND, {"code": typed})
        assert is_signed_in(client) == works
    assert second_factor.codes_left(ada) == 9


def test_a_link_replaces_the_password_alone(ada: User, secret: str) -> None:
    client, path = Client(), sign_in_path(ada)
    assert f'content="0; url={SECOND}"' in client.get(path).content.decode()
    assert not is_signed_in(client)
    client.post(SECOND, {"code": code_of(secret)})
    assert is_signed_in(client)
    assert Client().get(path).status_code == 403
    assert AuditEntry.objects.get(action="sign_in").details["way"] == "link"


def test_wrong_codes_are_throttled_whatever_the_browser(ada: User, secret: str) -> None:
    for number in range(FREE_ATTEMPTS):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        first_factor(client)
        assert client.post(SECOND, {"code": "000000"}).status_code == 200
    answer = client.post(SECOND, {"code": code_of(secret)})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert not is_signed_in(client)


def test_a_pending_sign_in_ends(ada: User, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    first_factor(client)
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr("projects.access.sign_in.time.time", lambda: now + PENDING_SECONDS + 1)
        assert client.get(SECOND).status_code == 302
    assert client.get(SECOND).status_code == 200
    ada.set_password("another-room-8")
    ada.save()
    assert client.post(SECOND, {"code": code_of(secret)}).headers["Location"] == SIGN_IN
    assert not is_signed_in(client)


def test_it_is_turned_off_and_codes_are_renewed_with_a_code_only(ada: User, secret: str) -> None:
    client = Client()
    client.force_login(ada)
    old = recovery_codes(ada)
    for path in ("codes/", "off/"):
        assert client.post(SET_UP + path, {"code": "000000"}).status_code == 422
    assert second_factor.is_on(ada)
    shown = text(client.post(f"{SET_UP}codes/", {"code": code_of(secret)}))
    new = recovery_codes(ada)
    assert not set(old) & set(new)
    assert new[0] in shown
    assert client.post(f"{SET_UP}off/", {"code": new[0]}).status_code == 302
    assert not Authenticator.objects.exists()


def test_a_command_resets_the_password_and_takes_the_second_factor_away(
    ada: User, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = Client()
    client.force_login(ada)
    call_command("resetpassword", "ada")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert not is_signed_in(client)
    ada.refresh_from_db()
    assert not ada.has_usable_password()
    assert second_factor.is_on(ada)
    call_command("resetpassword", "ada", "--remove-second-factor")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert client.get(link).status_code == 200
    assert is_signed_in(client)
    with pytest.raises(CommandError, match="Nobody here is called eve"):
        call_command("resetpassword", "eve")
    actions = [entry.action for entry in AuditEntry.objects.order_by("pk")]
    assert actions == [
        "second_factor", "password_reset", "password_reset", "second_factor", "sign_in"
    ]  # fmt: skip


def test_a_closed_account_ends_its_pages_tokens_and_pending_sign_ins(ada: User, secret: str) -> None:
    open_page, pending = Client(), Client()
    open_page.force_login(ada)
    first_factor(pending)
    _, token = create_token(ada, "script")
    staff = make_user("owner", is_staff=True)
    User.objects.filter(pk=staff.pk).update(is_superuser=True)
    admin = Client()
    admin.force_login(staff)
    data = {"username": "ada", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert admin.post(f"/admin/auth/user/{ada.pk}/change/", data).status_code == 302
    assert not is_signed_in(open_page)
    assert pending.post(SECOND, {"code": code_of(secret)}).headers["Location"] == SIGN_IN
    assert find_token(token) is None
    assert first_factor(Client()).status_code == 200
