"""The account page: password, tokens, theme."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from projects.access.tokens import find_token
from tests import factories
from tests.db.pages.makers import HTMX, text

pytestmark = pytest.mark.django_db


def test_tokens_are_shown_once_and_revoked(client: Client, owner: User) -> None:
    response = client.post("/account/tokens/", {"name": "cutting script", "read_only": "on"})
    (secret,) = set(re.findall(r"dailies_[\w-]+", text(response)))
    token = find_token(secret)
    assert token is not None
    assert token.read_only
    assert "no-store" in response["Cache-Control"]
    page = text(client.get("/account/"))
    assert "cutting script" in page
    assert secret not in page
    other = Client()
    other.force_login(factories.make_user())
    assert other.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    client.post(f"/account/tokens/{token.pk}/revoke/")
    assert find_token(secret) is None
    assert "cutting script" not in text(client.get("/account/"))


def test_a_token_without_a_name(client: Client, owner: User) -> None:
    response = client.post("/account/tokens/", {"name": " ", "read_only": "on"})
    assert response.status_code == 422
    assert "Enter a purpose of 1 to 100 characters" in text(response)
    assert re.search(r'name="read_only"\s+checked', text(response))
    assert not owner.api_tokens.exists()


def test_change_the_password(client: Client, owner: User) -> None:
    new = {"new_password1": "long-lens-1947", "new_password2": "long-lens-1947"}
    wrong = client.post("/account/password/", {"old_password": "x", **new})
    assert wrong.status_code == 422
    assert 'id="id_old_password-error"' in text(wrong)
    right = client.post("/account/password/", {"old_password": "screening-room-7", **new}, follow=True)
    assert "Password changed" in text(right)
    owner.refresh_from_db()
    assert owner.check_password("long-lens-1947")


def test_set_a_first_password_after_a_sign_in_link() -> None:
    user = factories.make_user()
    client = Client()
    client.force_login(user)
    assert "old_password" not in text(client.get("/account/"))
    client.post("/account/password/", {"new_password1": "long-lens-1947", "new_password2": "long-lens-1947"})
    user.refresh_from_db()
    assert user.check_password("long-lens-1947")
    assert client.get("/account/").status_code == 200


def test_the_theme_follows_the_person(client: Client, owner: User) -> None:
    assert 'data-theme="dark"' in text(client.get("/account/"))
    client.post("/account/theme/", {"theme": "system"})
    assert 'data-theme="system"' in text(client.get("/"))
    client.post("/account/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in text(client.get("/"))
    client.post("/account/theme/", {"theme": '"><script>'})
    assert 'data-theme="dark"' in text(client.get("/"))
    assert client.post("/account/theme/", {"theme": "light"}, headers=HTMX).status_code == 204
    elsewhere = Client()
    elsewhere.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in text(elsewhere.get("/accounts/login/"))
    elsewhere.force_login(owner)
    assert 'data-theme="light"' in text(elsewhere.get("/"))
    client.cookies["theme"] = '"><script>alert(1)</script>'
    assert "<script>alert" not in text(client.get("/"))
    client.logout()
    assert 'data-theme="dark"' in text(client.get("/accounts/login/"))
