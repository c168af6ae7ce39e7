"""Whether an open socket may stay open: its session and its password, its token, its person."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation.live.credentials import Credentials
from generation.live.socket_rights import load_rights
from projects.access.tokens import create_token
from tests.factories import make_user

# the rights are read in another thread, as in the hub, which does not see an open transaction
pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long password"


@pytest.fixture
def ada() -> User:
    return make_user("ada", password=PASSWORD)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def by_session(client: Client, user: User) -> Credentials:
    return Credentials(user, session_key=client.session.session_key)


def valid(*credentials: Credentials) -> list[bool]:
    rights = async_to_sync(load_rights)(credentials)
    return [rights.are_valid(each) for each in credentials]


def test_a_sign_out_ends_one_session(ada: User) -> None:
    here, there = browser(ada), browser(ada)
    sockets = [by_session(here, ada), by_session(there, ada)]
    assert valid(*sockets) == [True, True]
    there.post("/accounts/logout/")
    assert valid(*sockets) == [True, False]


def test_a_changed_password_ends_the_sessions_of_other_browsers(ada: User) -> None:
    here, there = browser(ada), browser(ada)
    before = [by_session(here, ada), by_session(there, ada)]
    typed = {"old_password": PASSWORD, "new_password1": "another long one", "new_password2": "another long one"}
    assert here.post("/account/password/", typed).status_code == 302
    # this browser has a new session, with which its page connects again
    assert valid(*before, by_session(here, ada)) == [False, False, True]


def test_a_revoked_token_and_a_closed_account_end_theirs(ada: User) -> None:
    bob = make_user("bob")
    token, _ = create_token(ada, "script")
    sockets = [Credentials(ada, token_id=token.pk), by_session(browser(bob), bob)]
    assert valid(*sockets) == [True, True]
    token.revoked_at, bob.is_active = timezone.now(), False
    token.save()
    bob.save()
    assert valid(*sockets) == [False, False]
