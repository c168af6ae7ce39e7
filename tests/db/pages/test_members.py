"""The page of a project's members."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from projects import actions
from projects.access import permissions
from projects.models import Invitation, Scene
from tests import factories
from tests.db.pages.makers import member, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(scene: Scene) -> str:
    return f"/projects/{scene.project.slug}/members/"


def role_of(scene: Scene, user: User) -> tuple[str, bool]:
    membership = scene.project.memberships.get(user=user)
    return membership.role, permissions.allows(membership, "spend")


def test_the_project_links_to_its_members(client: Client, scene: Scene, path: str) -> None:
    assert f'href="{path}"' in text(client.get(f"/projects/{scene.project.slug}/"))
    page = text(client.get(path))
    assert "Owner, may spend" in page
    assert "Invite" in page


def test_add_change_and_remove_a_member(client: Client, scene: Scene, path: str) -> None:
    ada = factories.make_user("ada")
    page = text(client.post(path, {"username": "ada", "role": "editor"}, follow=True))
    assert "ada is now a member of the project." in page
    assert role_of(scene, ada) == ("editor", False)
    client.post(f"{path}ada/", {"role": "editor", "may_spend": "on"})
    assert role_of(scene, ada) == ("editor", True)
    client.post(f"{path}ada/", {"role": "viewer", "may_spend": "on"})
    assert role_of(scene, ada) == ("viewer", False)
    # whoever becomes an editor again spends only when the owner says so again
    client.post(f"{path}ada/", {"role": "editor"})
    assert role_of(scene, ada) == ("editor", False)
    assert "ada is no longer a member" in text(client.post(f"{path}ada/remove/", follow=True))
    assert not scene.project.memberships.filter(user=ada).exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"username": "nobody-here", "role": "viewer"}, "Nobody here is called nobody-here"),
        ({"username": "owner", "role": "viewer"}, "already belongs to this project"),
        ({"username": "", "role": "viewer"}, "Enter a username."),
        ({"username": "ada", "role": "king"}, "role must be one of owner, editor, viewer."),
        ({"username": "ada", "role": "owner"}, "role of a new member must be editor or viewer"),
    ],
)
def test_invalid_members_are_refused(client: Client, path: str, data: dict[str, str], message: str) -> None:
    factories.make_user("ada")
    answer = client.post(path, data)
    assert answer.status_code == 422
    assert message in text(answer)
    assert f'value="{data["username"]}"' in text(answer)


def invite(client: Client, scene: Scene, **more: str) -> str:
    page = text(client.post(f"/projects/{scene.project.slug}/invitations/", {"role": "editor", **more}))
    match = re.search(r"<code>http://testserver(/join/[^<]+)</code>", page)
    assert match
    return match[1]


def test_an_invitation_makes_an_account_and_a_member(client: Client, scene: Scene) -> None:
    link, visitor = invite(client, scene, may_spend="on"), Client()
    page = text(visitor.get(link))
    assert "owner invites you as an editor who may spend credits." in page
    assert visitor.head(link).status_code == 200  # a link checker uses up nothing
    wrong = (("", "", "Choose a name"), ("owner", "long enough 1", "owner is taken"), ("ada", "1", "too short"))
    for name, password, message in wrong:
        refused = visitor.post(link, {"username": name, "password": password})
        assert (refused.status_code, message in text(refused)) == (422, True)
    joined = visitor.post(link, {"username": "ada", "password": "long enough 1"})
    assert joined["Location"] == f"/projects/{scene.project.slug}/"
    assert visitor.get(joined["Location"]).status_code == 200  # signed in
    ada = User.objects.get(username="ada")
    assert (role_of(scene, ada), ada.is_staff, ada.check_password("long enough 1")) == (("editor", True), False, True)
    assert Client().get(link).status_code == 404


def test_an_invitation_lets_a_person_in_who_has_an_account(client: Client, scene: Scene, path: str) -> None:
    link, ada = invite(client, scene), factories.make_user("ada")
    visitor = Client()
    visitor.force_login(ada)
    assert "Join as ada" in text(visitor.get(link))
    again = client.post(link)  # the owner tries it, which uses up nothing
    assert (again.status_code, "already belongs" in text(again)) == (409, True)
    assert visitor.post(link)["Location"] == f"/projects/{scene.project.slug}/"
    assert role_of(scene, ada) == ("editor", False)
    assert "Editor" not in text(client.get(path)).partition("Open invitations")[2]


def test_an_invitation_is_revoked_or_expires(client: Client, scene: Scene, path: str) -> None:
    first, second = invite(client, scene), invite(client, scene)
    newest = Invitation.objects.first()
    assert newest is not None
    assert "Open invitations" in text(client.get(path))
    client.post(f"/projects/{scene.project.slug}/invitations/{newest.pk}/revoke/")
    assert [Client().get(link).status_code for link in (first, second)] == [200, 404]
    Invitation.objects.update(expires_at=timezone.now())
    assert "used, was revoked, or has expired" in text(Client().post(first, {"username": "a", "password": "b"}))


def test_transfer_ownership(client: Client, owner: User, scene: Scene, path: str) -> None:
    ada = factories.make_user("ada")
    actions.add_member(factories.owner_of(scene.project), scene.project, "ada")
    page = text(client.post(f"{path}ada/", {"role": "owner"}, follow=True))
    assert "ada now owns the project" in page
    assert "Invite" not in page
    assert (role_of(scene, ada), role_of(scene, owner)) == (("owner", True), ("editor", True))
    assert client.post(f"{path}ada/", {"role": "editor"}).status_code == 403


def test_the_owner_cannot_leave(client: Client, path: str) -> None:
    answer = client.post(f"{path}owner/remove/")
    assert answer.status_code == 409
    assert "Make someone else the owner first" in text(answer)
    assert client.post(f"{path}owner/", {"role": "viewer"}).status_code == 409
    assert client.post(f"{path}ada/", {}).status_code == 422


def test_a_member_sees_the_list_and_may_leave(scene: Scene, path: str) -> None:
    viewer = member(scene, "viewer")
    page = text(viewer.get(path))
    assert "Owner, may spend" in page
    assert "Invite" not in page
    assert ">Leave<" in page
    assert "Remove" not in page
    name = scene.project.memberships.get(role="viewer").user.username
    assert "You have left" in text(viewer.post(f"{path}{name}/remove/", follow=True))
    assert viewer.get(path).status_code == 404


def test_a_viewer_may_not_spend_whatever_was_checked(client: Client, scene: Scene, path: str) -> None:
    page = text(
        client.post(f"/projects/{scene.project.slug}/invitations/", {"role": "viewer", "may_spend": "on"}, follow=True)
    )
    assert not scene.project.invitations.get().may_spend
    assert "Viewers can't spend credits." in page
    assert "Viewer, may spend" not in page
    ada = factories.make_user("ada")
    client.post(path, {"username": "ada", "role": "viewer", "may_spend": "on"})
    assert not scene.project.memberships.get(user=ada).may_spend
