"""The audit log: who did what, and that it is never changed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from generation.money import budget_settings
from projects import actions
from projects.access import audit
from projects.access.tokens import create_token
from projects.actions import invitations
from projects.models import AuditEntry, Project
from projects.problems import Problem
from tests import factories
from tests.db.pages.makers import text

pytestmark = pytest.mark.django_db
PASSWORD = "a long password"
Action = AuditEntry.Action


@pytest.fixture
def owner() -> User:
    return factories.make_user("owner", password=PASSWORD)


@pytest.fixture
def film(owner: User) -> Project:
    return factories.make_project(owner)


def entries() -> list[tuple[str, str, str, str]]:
    """What was done, by whom, to what, in which project; the oldest first."""
    columns = ("action", "username", "target", "project_id")
    return list(AuditEntry.objects.order_by("pk").values_list(*columns))


def test_sign_ins_are_entered_and_names_that_may_be_passwords_are_not(owner: User) -> None:
    client = Client()
    for name, password in (("owner", "wrong"), (PASSWORD, "owner"), ("owner", PASSWORD)):
        client.post("/accounts/login/", {"username": name, "password": password})
    assert entries() == [
        (Action.SIGN_IN_FAILED, "", "owner", ""),
        (Action.SIGN_IN_FAILED, "", "", ""),
        (Action.SIGN_IN, "owner", "", ""),
    ]
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_links_passwords_and_tokens_are_entered(owner: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("signinlink", "owner")
    link = capsys.readouterr().out.strip()
    client = Client()
    client.get(link)
    new = {"old_password": PASSWORD, "new_password1": "another long one", "new_password2": "another long one"}
    client.post("/account/password/", new)
    token, _ = create_token(owner, "script")
    client.post(f"/account/tokens/{token.pk}/revoke/")
    assert [(action, who, what) for action, who, what, _ in entries()] == [
        (Action.SIGN_IN_LINK, "", "owner"),
        (Action.SIGN_IN, "owner", ""),
        (Action.PASSWORD, "owner", ""),
        (Action.TOKEN_CREATED, "owner", "script"),
        (Action.TOKEN_REVOKED, "owner", "script"),
    ]


def test_members_invitations_and_budgets_are_entered(owner: User, film: Project) -> None:
    factories.make_user("ada")
    actions.add_member(owner, film, "ada", "editor")
    actions.change_member(owner, film, "ada", may_spend=True)
    budget = budget_settings.set_budget(owner, project=film, username="ada", period="day", credits=Decimal(50))
    budget_settings.remove_budget(owner, budget)
    actions.remove_member(owner, film, "ada")
    _, token = invitations.create_invitation(owner, film)
    invitations.join_with_account(token, "bob", PASSWORD)
    invitation, _ = invitations.create_invitation(owner, film)
    invitations.revoke_invitation(owner, film, invitation.pk)
    slug = film.slug
    assert entries() == [
        (Action.MEMBER_ADDED, "owner", "ada", slug),
        (Action.MEMBER_CHANGED, "owner", "ada", slug),
        (Action.BUDGET_SET, "owner", "ada", slug),
        (Action.BUDGET_REMOVED, "owner", "ada", slug),
        (Action.MEMBER_REMOVED, "owner", "ada", slug),
        (Action.INVITED, "owner", "", slug),
        (Action.ACCOUNT, "bob", "bob", ""),
        (Action.INVITATION_ACCEPTED, "bob", "", slug),
        (Action.INVITED, "owner", "", slug),
        (Action.INVITATION_REVOKED, "owner", "", slug),
    ]
    assert AuditEntry.objects.get(action=Action.BUDGET_SET).details == {"period": "day", "credits": "50"}


@pytest.mark.django_db(transaction=True)
def test_deletions_and_restores_are_entered(owner: User, film: Project) -> None:
    scene = factories.make_scene(film, "Beach")
    actions.trash_scene(scene, owner)
    actions.restore_scene(scene, owner)
    actions.trash_project(film, owner)
    actions.restore_project(film, owner)
    assert [(action, what) for action, _, what, _ in entries()] == [
        (Action.DELETED, "Beach"),
        (Action.RESTORED, "Beach"),
        (Action.DELETED, film.name),
        (Action.RESTORED, film.name),
    ]


def test_what_was_refused_is_not_entered(owner: User, film: Project) -> None:
    stranger = factories.make_user("stranger")
    with pytest.raises(Problem):
        actions.add_member(stranger, film, "owner")
    with pytest.raises(Problem):
        actions.add_member(owner, film, "owner")
    assert entries() == []


def test_entries_are_never_changed_and_outlive_people(owner: User) -> None:
    audit.enter(Action.PASSWORD, owner)
    entry = AuditEntry.objects.get()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    owner.delete()
    assert entries() == [(Action.PASSWORD, "owner", "", "")]


def test_an_account_changed_in_the_admin_is_entered(owner: User) -> None:
    staff = factories.make_user("staff", is_staff=True)
    staff.is_superuser = True
    staff.save()
    client = Client()
    client.force_login(staff)
    data = {"username": "owner", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert client.post(f"/admin/auth/user/{owner.pk}/change/", data).status_code == 302
    owner.refresh_from_db()
    assert not owner.is_active
    assert entries()[-1] == (Action.ACCOUNT_CHANGED, "staff", "owner", "")
    assert AuditEntry.objects.get(action=Action.ACCOUNT_CHANGED).details["active"] is False


def test_staff_read_it_page_by_page(owner: User) -> None:
    for number in range(101):
        audit.enter(Action.TOKEN_CREATED, owner, f"token {number}.")
    client = Client()
    client.force_login(factories.make_user("staff", is_staff=True))
    first = text(client.get("/audit/"))
    assert "token 100." in first
    assert "token 0." not in first
    older = AuditEntry.objects.order_by("pk")[1].pk
    second = text(client.get(f"/audit/?before={older}"))
    assert "token 0." in second
    assert "token 1." not in second
    assert client.get(f"/audit/?before={'9' * 30}").status_code == 200
    client.force_login(owner)
    assert client.get("/audit/").status_code == 403


def test_it_is_read_in_words(owner: User, film: Project) -> None:
    create_token(owner, "Edit suite", read_only=True)
    factories.make_user("ben")
    actions.add_member(owner, film, "ben", "editor", may_spend=False)
    owner.is_staff = True
    owner.save()
    client = Client()
    client.force_login(owner)
    page = text(client.get("/audit/"))
    assert "Scope: api · Read only: yes" in page
    assert "Role: editor · May spend: no" in page
    assert f">{film.name}<" in page
