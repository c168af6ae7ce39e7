"""The page of a project's members."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from projects import actions
from projects.access import permissions
from projects.models import Scene
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
    assert "owner, may spend" in page
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
    assert "owner, may spend" in page
    assert "Invite" not in page
    assert ">Leave<" in page
    assert "Remove" not in page
    name = scene.project.memberships.get(role="viewer").user.username
    assert "You have left" in text(viewer.post(f"{path}{name}/remove/", follow=True))
    assert viewer.get(path).status_code == 404
