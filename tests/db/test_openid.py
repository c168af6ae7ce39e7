"""Sign-in by OpenID Connect: who gets in, as whom, and what is said to whoever does not."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from config.environment.openid import read_providers
from projects.models import AuditEntry
from tests.db.pages.makers import text
from tests.factories import make_user
from tests.fakes.openid import CLIENT_ID, CLIENT_SECRET, Provider, openid_provider
from tests.unit.test_environment import Env

pytestmark = pytest.mark.django_db
ADA = {
    "sub": "1234",
    "email": "Ada@example.org",
    "email_verified": True,
    "preferred_username": "ada",
    "groups": ["film"],
}


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with openid_provider() as state:
        state.person = dict(ADA)
        configure(settings, state)
        yield state


def configure(settings: Settings, state: Provider, **values: str) -> None:
    given = {
        "ISSUER": state.issuer,
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": CLIENT_SECRET,
        "NAME": "Example",
        **values,
    }
    apps = read_providers(Env(**{f"OIDC_{name}": value for name, value in given.items()}))
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True}}


def leave(client: Client, **form: str) -> str:
    """Go to the provider; return where the browser is sent."""
    answer = client.post("/accounts/oidc/login/", form)
    match = re.search(r'content="0; url=([^"]+)"', answer.content.decode())
    assert match, text(answer)
    return unescape(match[1])


def sign_in(provider: Provider, client: Client | None = None, **form: str) -> tuple[Client, Any]:
    client = client or Client()
    back = provider.authorize(leave(client, **form))
    return client, client.get(back.removeprefix("http://testserver"))


def signed_in(client: Client) -> str:
    user_id = client.session.get("_auth_user_id")
    return User.objects.get(pk=user_id).username if user_id else ""


def test_the_sign_in_page_has_a_button_for_each(client: Client, provider: Provider) -> None:
    assert "Sign in with Example" in text(client.get("/accounts/login/"))


def test_a_stranger_gets_an_account_and_later_the_same(provider: Provider) -> None:
    client, answer = sign_in(provider, next="/queue/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/queue/")
    user = User.objects.get()
    assert (user.username, user.email, user.is_staff, user.has_usable_password()) == (
        "ada", "ada@example.org", False, False
    )  # fmt: skip
    assert signed_in(client) == "ada"
    provider.person["preferred_username"] = "ada.lovelace"
    sign_in(provider)
    assert User.objects.count() == 1
    entries = [(entry.action, entry.username) for entry in AuditEntry.objects.order_by("pk")]
    assert entries == [("account", "ada"), ("identity_linked", "ada"), ("sign_in", "ada"), ("sign_in", "ada")]


def test_a_name_that_is_taken_gets_a_number(provider: Provider) -> None:
    make_user("Ada")
    sign_in(provider)
    assert User.objects.filter(username="ada-2").exists()


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        ({"iss": "https://evil.example"}, "Invalid issuer"),
        ({"aud": "another client"}, "Audience"),
        ({"exp": int(time.time()) - 10}, "expired"),
        ({"nonce": "another"}, "made for another sign-in"),
        ({"nonce": None}, "made for another sign-in"),
    ],
)
def test_a_wrong_id_token_is_told_in_one_sentence(provider: Provider, lie: dict[str, Any], says: str) -> None:
    provider.lie = lie
    client, answer = sign_in(provider)
    assert answer.status_code == 403
    assert says in text(answer)
    assert not signed_in(client)
    assert not User.objects.exists()


def test_a_wrong_signature_or_another_person_is_refused(provider: Provider) -> None:
    provider.another_key = True
    assert "Signature verification failed" in text(sign_in(provider)[1])
    provider.another_key, provider.another_person = False, True
    assert "a different person" in text(sign_in(provider)[1])
    assert not User.objects.exists()


def test_a_provider_of_another_name_or_that_is_away_is_told(
    client: Client, provider: Provider, settings: Settings
) -> None:
    issuer, provider.issuer = provider.issuer, "https://evil.example"
    assert "calls itself https://evil.example" in text(client.post("/accounts/oidc/login/"))
    provider.issuer = issuer
    configure(settings, provider, ISSUER="http://127.0.0.1:9")
    assert "cannot be reached" in text(client.post("/accounts/oidc/login/"))
    configure(settings, provider, CLIENT_SECRET="wrong")
    assert "did not give a token" in text(sign_in(provider)[1]) or "access token" in text(sign_in(provider)[1])
    assert client.post("/accounts/oidc-2/login/").status_code == 404
    assert client.get("/accounts/oidc/login/").status_code == 405


def test_an_answer_counts_once_and_in_its_own_browser(provider: Provider) -> None:
    client = Client()
    back = provider.authorize(leave(client)).removeprefix("http://testserver")
    # a browser sends no strict cookie with what another site leads to: the page loads itself again
    elsewhere = Client().get(back)
    assert "_redir" in elsewhere.content.decode()
    assert "began in another browser" in text(Client().get(f"{back}&_redir="))
    assert client.get(back).status_code == 302
    assert "was done already" in text(client.get(f"{back}&_redir="))
    provider.refuses = True
    assert "You cancelled it there." in text(sign_in(provider)[1])


@pytest.mark.parametrize(
    ("change", "gets_in"),
    [
        ({}, True),
        ({"email": "ada@elsewhere.org"}, False),
        ({"email": "ada@sub.example.org"}, False),
        ({"email_verified": False}, False),
        ({"email": None}, False),
    ],
)
def test_only_verified_addresses_of_the_domains(
    provider: Provider, settings: Settings, change: dict[str, Any], gets_in: bool
) -> None:
    configure(settings, provider, ALLOWED_DOMAINS="example.org, @example.com")
    provider.person |= change
    client, answer = sign_in(provider)
    assert bool(signed_in(client)) == gets_in
    assert gets_in or "verified email address at example.org or example.com" in text(answer)


def test_a_group_decides_who_is_staff(provider: Provider, settings: Settings) -> None:
    configure(settings, provider, STAFF_GROUP="film")
    sign_in(provider)
    assert User.objects.get().is_staff
    provider.person["groups"] = ["else"]
    sign_in(provider)
    assert not User.objects.get().is_staff
    User.objects.update(is_staff=True, is_superuser=True)
    sign_in(provider)
    assert User.objects.get().is_staff
    changes = AuditEntry.objects.filter(action="account_changed").order_by("pk")
    assert [entry.details["staff"] for entry in changes] == [True, False]


def test_an_account_with_the_address_is_linked_only_where_nobody_else_can_have_it(
    provider: Provider, settings: Settings
) -> None:
    bob = make_user("bob")
    User.objects.filter(pk=bob.pk).update(email="ada@example.org")
    client, answer = sign_in(provider)
    assert "already has your email address" in text(answer)
    configure(settings, provider, ALLOWED_DOMAINS="example.org")
    User.objects.update(is_staff=True)
    assert "already has your email address" in text(sign_in(provider)[1])
    assert not SocialAccount.objects.exists()
    User.objects.update(is_staff=False)
    client, _ = sign_in(provider)
    assert signed_in(client) == "bob"
    provider.person["sub"] = "another"
    assert "already has your email address" in text(sign_in(provider)[1])


def test_the_account_page_connects_and_an_identity_has_one_account(provider: Provider) -> None:
    client = Client()
    client.force_login(make_user("bob", is_staff=True))
    assert "Not connected" in text(client.get("/account/"))
    _, answer = sign_in(provider, client, process="connect")
    assert answer.headers["Location"] == "/account/"
    assert signed_in(sign_in(provider)[0]) == "bob"
    other = Client()
    other.force_login(make_user("eve"))
    assert "belongs to another account" in text(sign_in(provider, other, process="connect")[1])


def test_a_closed_account_stays_closed(provider: Provider) -> None:
    sign_in(provider)
    User.objects.update(is_active=False)
    client, answer = sign_in(provider)
    assert "was closed" in text(answer)
    assert not signed_in(client)


def test_nothing_of_allauths_pages_is_there(client: Client, provider: Provider) -> None:
    for path in ("signup/", "email/", "password/reset/", "2fa/", "social/connections/", "oidc/"):
        assert client.get(f"/accounts/{path}").status_code == 404
