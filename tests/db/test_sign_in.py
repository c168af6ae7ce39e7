"""Sign-in: the pause after wrong passwords, the link that works once, the cookies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from projects.access.sign_in import _link_tokens, sign_in_path
from projects.access.throttle import FREE_ATTEMPTS, LONGEST_PAUSE
from projects.models import SignInAttempts
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
PASSWORD = "screening-room-7"


@pytest.fixture
def ada() -> User:
    return make_user("ada", password=PASSWORD, is_staff=True)


def attempt(name: str = "ada", typed: str = "wrong", *, at: str = SIGN_IN, address: str = "192.0.2.7") -> int:
    """Return the status: 200 for a wrong password, 302 for the right one, 429 during a pause."""
    return Client(REMOTE_ADDR=address).post(at, {"username": name, "password": typed}).status_code


def later(seconds: float) -> None:
    """Let time pass."""
    for row in SignInAttempts.objects.all():
        SignInAttempts.objects.filter(pk=row.pk).update(last_at=row.last_at - timedelta(seconds=seconds))


def test_the_pause_is_shown_and_doubles(ada: User) -> None:
    assert [attempt() for _ in range(FREE_ATTEMPTS)] == [200] * FREE_ATTEMPTS
    answer = Client(REMOTE_ADDR="192.0.2.7").post(SIGN_IN, {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "2"
    assert "Too many wrong passwords: wait 2 seconds, then try again." in answer.content.decode()
    for pause in (2, 4, 8):
        later(pause - 1)
        assert attempt() == 429
        later(1)
        assert attempt() == 200


def test_the_right_password_ends_the_pause_for_the_name(ada: User) -> None:
    for _ in range(FREE_ATTEMPTS - 1):
        attempt()
    assert attempt(typed=PASSWORD) == 302
    assert attempt(address="192.0.2.8") == 200
    assert attempt(typed=PASSWORD, address="192.0.2.8") == 302


def test_many_names_from_one_address_are_paused(ada: User) -> None:
    assert [attempt(f"name-{number}") for number in range(FREE_ATTEMPTS)] == [200] * FREE_ATTEMPTS
    assert attempt(typed=PASSWORD) == 429
    assert attempt(typed=PASSWORD, address="192.0.2.8") == 302


def test_a_success_does_not_clear_the_address(ada: User) -> None:
    for number in range(FREE_ATTEMPTS - 1):
        attempt(f"name-{number}")
    assert attempt(typed=PASSWORD) == 302
    assert attempt("name-9") == 200
    assert attempt(typed=PASSWORD) == 429


def test_many_addresses_for_one_name_lock_nobody_out_for_long(ada: User) -> None:
    for number in range(FREE_ATTEMPTS + 40):
        attempt(address=f"198.51.100.{number}")
        later(LONGEST_PAUSE["name"])
    assert attempt(address="192.0.2.8") == 200
    assert attempt(typed=PASSWORD, address="192.0.2.8") == 429
    assert Client().get(sign_in_path(ada)).status_code == 200
    later(LONGEST_PAUSE["name"])
    assert attempt(typed=PASSWORD, address="192.0.2.8") == 302


def test_attempts_are_forgotten_after_an_hour(ada: User) -> None:
    for _ in range(FREE_ATTEMPTS):
        attempt()
    later(3601)
    assert attempt() == 200
    assert [row.count for row in SignInAttempts.objects.all()] == [1, 1]


def test_a_network_of_ipv6_counts_as_one_address(ada: User) -> None:
    for number in range(FREE_ATTEMPTS):
        attempt(f"name-{number}", address=f"2001:db8:1:2::{number}")
    assert attempt("name-9", address="2001:db8:1:2:ffff::9") == 429
    assert attempt("name-9", address="2001:db8:1:3::9") == 200


def test_the_admins_sign_in_shares_the_pause(ada: User) -> None:
    for _ in range(FREE_ATTEMPTS):
        attempt(at="/admin/login/")
    later(1)
    assert "wait 1 second, then" in Client().post(SIGN_IN, {"username": "ada", "password": "x"}).content.decode()
    refused = Client().post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert "Too many wrong passwords" in refused.content.decode()
    later(1)
    assert attempt(typed=PASSWORD, at="/admin/login/") == 302


def test_behind_a_proxy_only_its_own_entry_counts(ada: User, settings: Settings) -> None:
    settings.BEHIND_HTTPS_PROXY = True

    def through(forwarded: str, name: str) -> int:
        client = Client(headers={"x-forwarded-for": forwarded} if forwarded else {})
        return client.post(SIGN_IN, {"username": name, "password": "wrong"}).status_code

    assert [through(f"10.0.0.{n}, 192.0.2.7", f"name-{n}") for n in range(FREE_ATTEMPTS + 1)] == [
        200
    ] * FREE_ATTEMPTS + [429]
    # without an address everybody would share one count, so there is none
    assert {through("", f"other-{n}") for n in range(FREE_ATTEMPTS + 1)} == {200}


def test_no_name_is_stored(ada: User) -> None:
    attempt("my-password-by-mistake")
    assert not re.search("password|192", str(list(SignInAttempts.objects.values())))


def test_the_link_signs_in_by_a_page_that_redirects_itself(ada: User) -> None:
    path = sign_in_path(ada)
    client = Client()
    head = client.head(path)
    assert (head.status_code, head.cookies.get("sessionid")) == (200, None)
    answer = client.get(path, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/">' in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/account/").status_code == 200
    assert Client().get(path).status_code == 403
    assert Client().post(path).status_code == 405


def test_the_link_lives_for_an_hour(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sign_in_path(ada)
    tokens, now = type(_link_tokens), timezone.now().replace(tzinfo=None)
    monkeypatch.setattr(tokens, "_now", lambda _: now + timedelta(minutes=61))
    assert Client().head(path).status_code == 403
    monkeypatch.setattr(tokens, "_now", lambda _: now + timedelta(minutes=59))
    assert Client().get(path).status_code == 200


def test_a_link_from_another_site_leads_to_the_page(ada: User) -> None:
    """The strict cookie is not sent with it; it comes with the second request, which is our own page's."""
    make_project(ada, "Film")
    from_elsewhere = Client(headers={"sec-fetch-site": "cross-site"})
    answer = from_elsewhere.get("/projects/film/?a=1&b=2")
    assert answer.status_code == 200
    assert 'content="0; url=/projects/film/?a=1&amp;b=2"' in answer.content.decode()
    assert Client(headers={"sec-fetch-site": "same-origin"}).get("/projects/film/").status_code == 302
    assert from_elsewhere.post("/projects/film/delete/").status_code == 302


def test_cookies_are_strict() -> None:
    make_user("bob", password=PASSWORD)
    client = Client()
    client.get(SIGN_IN)
    client.post(SIGN_IN, {"username": "bob", "password": PASSWORD})
    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["samesite"], csrf["samesite"]) == ("Strict", "Strict")
    assert session["httponly"]


PRODUCTION = {
    "ALLOWED_HOSTS": "film.example",
    "BEHIND_HTTPS_PROXY": "on",
    "DEBUG": "",
    "SECRET_KEY": "",
    "RUNWAY_API_KEY": "",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def test_the_documented_production_settings_pass_djangos_check(tmp_path: Path) -> None:
    env = {**os.environ, **PRODUCTION, "DATA_DIR": str(tmp_path / "data")}
    top = Path(__file__).resolve().parents[2]
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"]
    done = subprocess.run(command, cwd=top, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_a_wrong_password_is_logged_with_name_and_address(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    attempt("ada\nroot")
    attempt(typed=PASSWORD)
    assert caplog.messages == ["sign-in failed name='ada\\nroot' address=192.0.2.7"]


def test_a_link_does_not_work_again_within_the_second(ada: User) -> None:
    """Django's own tokens leave out fractions of the last sign-in."""
    moment = timezone.now().replace(microsecond=100)
    User.objects.filter(pk=ada.pk).update(last_login=moment)
    ada.refresh_from_db()
    path = sign_in_path(ada)
    User.objects.filter(pk=ada.pk).update(last_login=moment.replace(microsecond=900))
    assert Client().get(path).status_code == 403


@pytest.mark.parametrize("referer", ["http://testserver//evil.example", "http://testserver/\\evil.example"])
def test_a_form_never_leads_to_another_site(client: Client, referer: str) -> None:
    response = client.post("/account/theme/", {"theme": "dark"}, headers={"Referer": referer})
    assert response.headers["Location"] == "/"
