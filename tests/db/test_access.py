"""Who may see, change, spend on and own a project; members, tokens, the owner of the studio."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from projects import actions
from projects.access import permissions
from projects.access.permissions import Right
from projects.access.sign_in import ensure_owner, sign_in_path, user_for_link
from projects.access.tokens import create_token, find_token
from projects.models import ApiToken, Membership, Project
from projects.problems import Problem
from tests.factories import make_project, make_scene, make_user, owner_of
from tests.media import picture

pytestmark = pytest.mark.django_db

RIGHTS: tuple[Right, ...] = ("see", "change", "spend", "own")


def rights(user: User | AnonymousUser, project: Project) -> str:
    return " ".join(right for right in RIGHTS if permissions.has_right(user, project, right))


def status(error: pytest.ExceptionInfo[Problem]) -> int:
    return error.value.status


@pytest.mark.parametrize(
    ("role", "may_spend", "expected"),
    [
        ("owner", False, "see change spend own"),
        ("editor", False, "see change"),
        ("editor", True, "see change spend"),
        ("viewer", False, "see"),
        ("viewer", True, "see"),
    ],
)
def test_rights_by_role(role: str, may_spend: bool, expected: str) -> None:
    project = make_project()
    user = make_user()
    if role == "owner":
        project.memberships.update(user=user, may_spend=may_spend)
    else:
        actions.add_member(owner_of(project), project, user.username, role, may_spend=may_spend)
    assert rights(user, project) == expected


def test_strangers_and_nobody_have_no_rights() -> None:
    project = make_project()
    assert rights(make_user(), project) == ""
    assert rights(AnonymousUser(), project) == ""
    assert list(permissions.projects_of(AnonymousUser())) == []


def test_hidden_projects_are_404_and_forbidden_actions_403() -> None:
    scene = make_scene()
    asset = actions.store_upload(scene, "a.jpg", [picture()])
    viewer, stranger = make_user(), make_user()
    actions.add_member(owner_of(scene.project), scene.project, viewer.username)
    slug, folder = scene.project.slug, scene.folder_name
    assert permissions.asset_for(viewer, slug, folder, str(asset.pk)) == asset
    for right in RIGHTS[1:]:
        with pytest.raises(Problem) as caught:
            permissions.scene_for(viewer, slug, folder, right)
        assert status(caught) == 403
        with pytest.raises(Problem) as caught:
            permissions.scene_for(stranger, slug, folder, right)
        assert status(caught) == 404


@pytest.mark.parametrize(
    "scene_id", ["scene-2", "scene-01", "scene-", "scene-x", "scene-1 ", "1", "scene-²", "scene-" + "9" * 99]
)
def test_unknown_scenes(scene_id: str) -> None:
    scene = make_scene()
    owner = owner_of(scene.project)
    assert permissions.scene_for(owner, scene.project.slug, "scene-1") == scene
    with pytest.raises(Problem) as caught:
        permissions.scene_for(owner, scene.project.slug, scene_id)
    assert status(caught) == 404


@pytest.mark.parametrize("asset_id", ["", "x", "1", "../..", "7d3a1b52-0c4e-4f6a-9b1d-2e8f5a6c7d90"])
def test_unknown_assets(asset_id: str) -> None:
    scene = make_scene()
    with pytest.raises(Problem) as caught:
        permissions.asset_for(owner_of(scene.project), scene.project.slug, "scene-1", asset_id)
    assert status(caught) == 404


def test_an_asset_belongs_to_its_scene_only() -> None:
    scene = make_scene()
    other = make_scene(scene.project)
    asset = actions.store_upload(scene, "a.jpg", [picture()])
    with pytest.raises(Problem):
        permissions.asset_for(owner_of(scene.project), scene.project.slug, other.folder_name, asset.pk)


def test_what_is_in_the_trash_is_not_found() -> None:
    scene = make_scene()
    asset = actions.store_upload(scene, "a.jpg", [picture()])
    owner, slug = owner_of(scene.project), scene.project.slug
    actions.trash_asset(asset)
    with pytest.raises(Problem):
        permissions.asset_for(owner, slug, "scene-1", asset.pk)
    actions.trash_scene(scene)
    with pytest.raises(Problem):
        permissions.scene_for(owner, slug, "scene-1")
    actions.trash_project(scene.project)
    with pytest.raises(Problem):
        permissions.project_for(owner, slug)
    assert rights(owner, scene.project) == ""


def test_projects_are_sorted_by_the_newest_change_of_their_scenes() -> None:
    owner = make_user()
    first, second, third = (make_project(owner, name) for name in ("One", "Two", "Three"))
    assert [p.slug for p in permissions.projects_of(owner)] == ["three", "two", "one"]
    make_scene(second)
    scene = make_scene(first)
    assert [p.slug for p in permissions.projects_of(owner)] == ["one", "two", "three"]
    assert [vars(p)["scene_count"] for p in permissions.projects_of(owner)] == [1, 1, 0]
    actions.rename_project(third, "Drei")
    assert [p.name for p in permissions.projects_of(owner)] == ["Drei", "One", "Two"]
    actions.trash_scene(scene)
    assert permissions.projects_of(owner)[0].slug == "one"
    assert vars(permissions.projects_of(owner)[0])["scene_count"] == 0


def test_members() -> None:
    project, user = make_project(), make_user("ada")
    with pytest.raises(Problem, match="Nobody here is called bob") as caught:
        actions.add_member(owner_of(project), project, "bob")
    assert caught.value.fields[0].field == "username"
    with pytest.raises(Problem, match="editor or viewer"):
        actions.add_member(owner_of(project), project, "ada", "owner")
    assert actions.add_member(owner_of(project), project, "ada").role == "viewer"
    with pytest.raises(Problem) as caught:
        actions.add_member(owner_of(project), project, "ada")
    assert status(caught) == 409
    assert rights(user, project) == "see"
    actions.change_member(owner_of(project), project, "ada", role="editor")
    actions.change_member(owner_of(project), project, "ada", may_spend=True)
    assert rights(user, project) == "see change spend"
    actions.remove_member(owner_of(project), project, "ada")
    assert rights(user, project) == ""
    with pytest.raises(Problem) as caught:
        actions.change_member(owner_of(project), project, "ada", role="viewer")
    assert status(caught) == 404


def test_a_project_always_has_one_owner() -> None:
    project = make_project(make_user("first"))
    actions.add_member(owner_of(project), project, make_user("second").username)
    for attempt in (
        lambda: actions.remove_member(owner_of(project), project, "first"),
        lambda: actions.change_member(owner_of(project), project, "first", role="viewer"),
    ):
        with pytest.raises(Problem) as caught:
            attempt()
        assert status(caught) == 409
    actions.change_member(owner_of(project), project, "second", role="owner")
    assert owner_of(project).username == "second"
    members = {member.user.username: member for member in Membership.objects.select_related("user")}
    assert (members["first"].role, members["first"].may_spend) == ("editor", True)
    actions.remove_member(owner_of(project), project, "first")


def test_tokens_are_stored_as_digests_and_end_with_the_account() -> None:
    user = make_user()
    token, text = create_token(user, "laptop")
    assert text not in str(ApiToken.objects.values_list())
    assert find_token(text) == token
    for wrong in ("", "dailies_", text + "x", text.upper(), "\ud800", "\0"):
        assert find_token(wrong) is None
    User.objects.update(is_active=False)
    assert find_token(text) is None
    User.objects.update(is_active=True)
    ApiToken.objects.update(revoked_at=timezone.now())
    assert find_token(text) is None


def test_the_use_of_a_token_is_noted_at_most_once_a_minute() -> None:
    token, text = create_token(make_user(), "laptop")
    find_token(text)
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    find_token(text)
    token.refresh_from_db()
    assert token.last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(seconds=61))
    find_token(text)
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert token.last_used_at >= first


def test_the_owner_of_the_studio(settings: Settings) -> None:
    settings.STUDIO_OWNER = "boss"
    owner, created = ensure_owner()
    assert created
    assert owner.is_superuser
    assert not owner.has_usable_password()
    assert ensure_owner() == (owner, False)
    settings.STUDIO_OWNER_PASSWORD = "a long password"
    ensure_owner()
    assert User.objects.get(username="boss").check_password("a long password")
    stored = User.objects.get(username="boss").password
    ensure_owner()
    assert User.objects.get(username="boss").password == stored


def test_a_sign_in_link_works_once(client: Client) -> None:
    user = make_user()
    path = sign_in_path(user)
    _, _, _, key, token, _ = path.split("/")
    assert user_for_link(key, token) == user
    assert user_for_link(key, "x" + token) is None
    assert user_for_link("é!", token) is None
    client.force_login(user)
    assert user_for_link(key, token) is None


def test_sign_in_links_end_with_the_account_and_expire(settings: Settings) -> None:
    user = make_user()
    _, _, _, key, token, _ = sign_in_path(user).split("/")
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert user_for_link(key, token) is None
    settings.PASSWORD_RESET_TIMEOUT = 3600
    User.objects.update(is_active=False)
    assert user_for_link(key, token) is None
