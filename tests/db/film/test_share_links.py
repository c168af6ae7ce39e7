"""Links to exports for people without an account: who makes them, what they open, and when they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from film.actions import exports, share_links
from film.models import Export, ShareLink
from film.render.options import Options
from projects import actions
from projects.models import AuditEntry, Membership, Project
from projects.problems import Problem
from tests.db.test_projects_api import Caller
from tests.factories import make_finished_export, make_project, make_scene, make_user, owner_of

pytestmark = pytest.mark.django_db

FILM = b"a film"


@pytest.fixture
def project() -> Project:
    project = make_project(name="Night Harbour")
    make_scene(project)
    return project


@pytest.fixture
def export(project: Project) -> Export:
    return make_finished_export(project, FILM)


@pytest.fixture
def caller(project: Project) -> Caller:
    return Caller(owner_of(project))


def address(export: Export) -> str:
    return f"/exports/{export.pk}/share-links"


def opened(url: str, **headers: str) -> Any:
    """What somebody without an account gets."""
    return Client().get(urlsplit(url).path, headers=headers)


def test_whoever_has_the_link_plays_and_downloads_the_film(export: Export, caller: Caller) -> None:
    link = caller("POST", address(export), {"days": 7}, status=201)
    page = opened(link["url"])
    assert page.status_code == 200
    assert b"Night Harbour" in page.content
    assert b"<video" in page.content
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("no-referrer", "no-store")
    assert "noindex" in page["X-Robots-Tag"]
    file = opened(link["url"] + "file", range="bytes=2-")
    assert (file.status_code, file["Content-Length"], file["Content-Type"]) == (206, "4", "video/mp4")
    # a browser asks again each time, so that a revoked link ends at once
    assert file["Cache-Control"] == "private, no-cache"
    saved = Client().get(urlsplit(link["url"]).path + "file?download=1")
    assert saved["Content-Disposition"].startswith("attachment")


def test_a_link_opens_nothing_else(export: Export, caller: Caller) -> None:
    url = caller("POST", address(export), status=201)["url"]
    client = Client()
    client.get(urlsplit(url).path)
    assert client.get(f"/api/exports/{export.pk}").status_code == 401
    assert client.get(f"/projects/{export.project.slug}/").status_code == 302


def test_a_revoked_or_expired_or_forged_link_says_so(export: Export, caller: Caller) -> None:
    first, second = (caller("POST", address(export), status=201) for _ in range(2))
    caller("DELETE", f"{address(export)}/{first['shareLinkId']}")
    caller("DELETE", f"{address(export)}/{first['shareLinkId']}", status=404)
    assert [each["url"] for each in caller("GET", address(export))["shareLinks"]] == [second["url"]]
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert caller("GET", address(export)) == {"shareLinks": []}
    key = second["shareLinkId"].replace("-", "")
    for path in (first["url"], second["url"], f"/shared/{key}.forged/", f"/shared/{key}/", "/shared/é.x/"):
        for part in ("", "file"):
            answer = opened(path + part)
            assert answer.status_code == 404
            assert b"This link has expired or was revoked." in answer.content


def test_a_link_ends_with_the_right_of_who_made_it(export: Export, project: Project) -> None:
    editor = make_user("editor")
    member = actions.add_member(owner_of(project), project, "editor", "editor")
    url = Caller(editor)("POST", address(export), status=201)["url"]
    assert opened(url).status_code == 200
    Membership.objects.filter(pk=member.pk).update(role="viewer")
    assert opened(url).status_code == 404
    Membership.objects.filter(pk=member.pk).update(role="editor")
    User.objects.filter(pk=editor.pk).update(is_active=False)
    assert opened(url).status_code == 404


def test_a_deleted_project_is_shared_no_longer(export: Export, project: Project, caller: Caller) -> None:
    url = caller("POST", address(export), status=201)["url"]
    project.trashed_at = timezone.now()
    project.save()
    assert opened(url).status_code == 404


def test_viewers_and_strangers_share_nothing(export: Export, project: Project) -> None:
    watcher = make_user("watcher")
    actions.add_member(owner_of(project), project, "watcher", "viewer")
    for method in ("GET", "POST"):
        Caller(watcher)(method, address(export), status=403)
        Caller(make_user(f"stranger-{method}"))(method, address(export), status=404)
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("days", [0, 91, "7", 1.5])
def test_a_link_works_for_one_to_ninety_days(export: Export, caller: Caller, days: object) -> None:
    caller("POST", address(export), {"days": days}, status=422)


def test_only_what_is_finished_is_shared_and_not_without_end(export: Export, project: Project, caller: Caller) -> None:
    waiting = exports.create_export(project, owner_of(project), "preview-gif", Options(), nudge=False)
    caller("POST", address(waiting), status=409)
    for _ in range(share_links.MAX_OPEN):
        share_links.create_share_link(owner_of(project), export)
    with pytest.raises(Problem, match="links"):
        share_links.create_share_link(owner_of(project), export)


def test_the_audit_log_says_who_shared_what(export: Export, caller: Caller) -> None:
    link = caller("POST", address(export), {"days": 30}, status=201)
    caller("DELETE", f"{address(export)}/{link['shareLinkId']}")
    entries = AuditEntry.objects.filter(project_id=export.project.slug).order_by("id").values_list("action", "target")
    assert list(entries)[-2:] == [("export_shared", "film-001.mp4"), ("share_revoked", "film-001.mp4")]
