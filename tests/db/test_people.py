"""Accounts: what staff see of them, who may disable whom, what ends with it, and one's own ways to sign in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries, Settings

from generation.live.credentials import Credentials
from generation.live.socket_rights import load_rights
from projects import actions
from projects.access.openid import accounts
from projects.access.tokens import create_token, find_token
from projects.actions import people
from projects.models import ApiToken, AuditEntry
from projects.problems import Problem
from tests.db.pages.makers import text
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
Action = AuditEntry.Action


@pytest.fixture
def staff() -> User:
    return make_user("sam", is_staff=True)


@pytest.fixture
def admin() -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def ada() -> User:
    return make_user("ada")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response: Any) -> str:
    return " ".join(strip_tags(text(response).replace("><", "> <")).split())


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def with_providers(settings: Settings, *names: str) -> None:
    apps = [
        {"provider_id": "oidc" if number == 1 else f"oidc-{number}", "name": name}
        for number, name in enumerate(names, 1)
    ]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}


def test_staff_see_everybody(settings: Settings, staff: User, ada: User) -> None:
    with_providers(settings, "Example")
    project = make_project(ada)
    make_project(ada, "Second")
    actions.trash_project(make_project(ada, "Deleted"), by=ada)
    actions.add_member(ada, project, "sam")
    TOTP.activate(ada, generate_totp_secret())
    SocialAccount.objects.create(user=ada, provider="oidc", uid="1")
    SocialAccount.objects.create(user=ada, provider="oidc-2", uid="2")  # no longer in the settings
    create_token(ada, "script")
    moment = timezone.now() - timedelta(hours=3)
    ApiToken.objects.update(last_used_at=moment)
    User.objects.filter(pk=ada.pk).update(last_login=moment - timedelta(days=1))

    shown = words(client_of(staff).get("/people/"))
    assert "ada Member 2, owner of 2 3 hours ago On Example Disable account: ada" in shown
    assert "sam you Staff 1 " in shown


def test_the_page_asks_as_much_for_many_and_has_a_second_one(
    staff: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    User.objects.bulk_create(User(username=f"person {number:03}") for number in range(120))
    users = list(User.objects.all()[:100])
    with django_assert_num_queries(3):  # no provider is set
        assert len(people.describe(users)) == 100
    client = client_of(staff)
    first, second = client.get("/people/"), client.get("/people/?after=person+099")
    assert "person 099" in text(first)
    assert "person 100" not in text(first)
    assert b"?after=person%20099" in first.content
    assert "person 100" in text(second)
    assert "sam" in text(second)


def test_a_disabled_account_loses_sessions_tokens_and_sockets_for_good(staff: User, ada: User) -> None:
    browser, bob = client_of(ada), client_of(make_user("bob"))
    _, token = create_token(ada, "script")
    answer = client_of(staff).post("/people/ada/switch/", follow=True)
    assert "ada is disabled. Their browsers and programs are signed out within ten seconds." in text(answer)
    assert not is_signed_in(browser)
    assert find_token(token) is None
    assert is_signed_in(bob)
    assert "can sign in again" in text(client_of(staff).post("/people/ada/switch/", {"active": "on"}, follow=True))
    assert not is_signed_in(browser)
    assert find_token(token) is None
    entries = AuditEntry.objects.filter(target="ada").order_by("pk").values_list("action", "username", "details")
    assert list(entries) == [
        (Action.ACCOUNT_DISABLED, "sam", {"sessions": 1, "tokens": 1}),
        (Action.ACCOUNT_ENABLED, "sam", {}),
    ]


@pytest.mark.django_db(transaction=True)
def test_sockets_of_a_disabled_account_stay_closed_when_it_is_enabled(staff: User, ada: User) -> None:
    token, _ = create_token(ada, "script")
    by_token = Credentials(ada, token_id=token.pk)
    by_session = Credentials(ada, session_key=client_of(ada).session.session_key)

    def valid() -> list[bool]:
        rights = async_to_sync(load_rights)([by_token, by_session])
        return [rights.are_valid(by_token), rights.are_valid(by_session)]

    assert valid() == [True, True]
    people.set_active(staff, "ada", active=False)
    assert valid() == [False, False]
    people.set_active(staff, "ada", active=True)
    assert valid() == [False, False]


def test_the_admin_ends_the_same(admin: User, ada: User) -> None:
    browser = client_of(ada)
    _, token = create_token(ada, "script")
    data = {"username": "ada", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert client_of(admin).post(f"/admin/auth/user/{ada.pk}/change/", data).status_code == 302
    data["is_active"] = "on"
    assert client_of(admin).post(f"/admin/auth/user/{ada.pk}/change/", data).status_code == 302
    assert not is_signed_in(browser)
    assert find_token(token) is None
    found = AuditEntry.objects.filter(target="ada").order_by("pk").values_list("action", flat=True)
    assert [each for each in found if each != Action.ACCOUNT_CHANGED] == [
        Action.ACCOUNT_DISABLED,
        Action.ACCOUNT_ENABLED,
    ]


def test_who_may_disable_whom(settings: Settings, staff: User, admin: User, ada: User) -> None:
    make_user("owner", is_staff=True)
    make_user("second", is_staff=True)
    for by, name, status in [
        (ada, "sam", 403),
        (staff, "nobody", 404),
        (staff, "sam", 403),
        (staff, "second", 403),
        (staff, "root", 403),
        (admin, "root", 409),
        (admin, settings.STUDIO_OWNER, 409),
    ]:
        with pytest.raises(Problem) as caught:
            people.set_active(by, name, active=False)
        assert caught.value.status == status, name
    assert not User.objects.filter(is_active=False).exists()
    # nobody is offered what would be refused
    assert words(client_of(staff).get("/people/")).count("Disable account: ") == 1
    assert words(client_of(admin).get("/people/")).count("Disable account: ") == 3
    assert not people.set_active(admin, "second", active=False).is_active


def test_the_api_disables_and_enables_and_a_second_time_changes_nothing(staff: User, ada: User) -> None:
    client = client_of(staff)

    def change(active: object) -> tuple[int, object]:
        answer = client.patch("/api/people/ada", {"active": active}, content_type="application/json")
        return answer.status_code, answer.json().get("data", {}).get("active")

    assert [change(False), change(False), change(True), change("yes")] == [
        (200, False),
        (200, False),
        (200, True),
        (422, None),
    ]
    assert AuditEntry.objects.filter(target="ada").count() == 2
    assert client.patch("/api/people/ada", {"active": True}, content_type="application/json").json()["data"] == {
        "username": "ada",
        "active": True,
        "role": "member",
        "projects": 0,
        "ownedProjects": 0,
        "secondFactor": False,
        "identities": [],
    }


def test_an_identity_is_disconnected_unless_it_is_the_only_way_in(settings: Settings, ada: User) -> None:
    with_providers(settings, "Example", "Other")
    SocialAccount.objects.create(user=ada, provider="oidc", uid="1")
    client = client_of(ada)
    shown = words(client.get("/account/"))
    assert "Connected DisconnectExample" in shown
    refused = client.post("/account/providers/oidc/disconnect/")
    assert refused.status_code == 409
    assert "Example is your only way to sign in. Set a password first." in text(refused)
    assert client.post("/account/providers/oidc-2/disconnect/").status_code == 404
    SocialAccount.objects.create(user=ada, provider="oidc-2", uid="2")
    assert client.post("/account/providers/oidc/disconnect/").status_code == 302
    assert client.post("/account/providers/oidc-2/disconnect/").status_code == 409
    ada.set_password("a long password")
    ada.save()
    accounts.disconnect(ada, "oidc-2")
    assert not SocialAccount.objects.exists()
    entries = AuditEntry.objects.filter(action=Action.IDENTITY_UNLINKED).order_by("pk")
    assert [each.details["provider"] for each in entries] == ["Example", "Other"]


def test_nobody_disconnects_the_identity_of_another(settings: Settings, ada: User) -> None:
    with_providers(settings, "Example")
    SocialAccount.objects.create(user=ada, provider="oidc", uid="1")
    assert (
        client_of(make_user("eve", password="a long password")).post("/account/providers/oidc/disconnect/").status_code
        == 404
    )
    assert SocialAccount.objects.exists()


def test_expired_sessions_are_left_alone(staff: User, ada: User) -> None:
    client_of(ada)
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    people.set_active(staff, "ada", active=False)
    assert Session.objects.count() == 1
