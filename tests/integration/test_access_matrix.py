"""Every URL of the studio, for every kind of person: `access_matrix.txt` has the expected HTTP status of each.

Each cell is a real request on rows and files of its own. A URL or a method that is not in the table fails.
"""

from __future__ import annotations

import json
import shutil
import socket
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as conf
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from pytest_django import DjangoDbBlocker, Settings

from config.api import api
from film.actions import exports, share_links
from film.render.options import Options
from generation.models import Batch, QualityReport, QualityThumbnail
from generation.models.status import Status
from generation.money import budget_settings
from projects import actions
from projects.access.tokens import create_token
from projects.actions import uploads
from projects.models import Scene
from tests import factories, media

pytestmark = pytest.mark.django_db

PEOPLE = ("nobody", "stranger", "viewer", "editor", "spender", "owner", "reader", "staff")
SAFE = ("GET", "HEAD")
# Django's sign-in view accepts PUT as POST
LEFT_OUT = {"HEAD", "OPTIONS", "PUT"}
NOT_OURS = ("/admin/", "/django-rq/")


@dataclass(frozen=True)
class Row:
    method: str
    address: str
    statuses: tuple[str, ...]
    body: dict[str, Any] | None

    @property
    def is_json(self) -> bool:
        return self.address.startswith("/api/")


def read_table() -> list[Row]:
    rows = []
    for line in Path(__file__).with_name("access_matrix.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            method, address, *rest = line.split(maxsplit=2 + len(PEOPLE))
            body = json.loads(rest.pop()) if len(rest) > len(PEOPLE) else None
            rows.append(Row(method, address, tuple(rest), body))
    return rows


ROWS = read_table()


@dataclass
class World:
    """A project with all kinds of people. What a request changes is rolled back."""

    root: Path
    pristine: Path
    names: dict[str, object] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    picture: bytes = field(default_factory=media.picture)

    def fill(self) -> None:
        owner = factories.make_user("owner")
        scene = factories.make_scene(factories.make_project(owner, "Film"))
        self._add_people(scene, owner)
        image = actions.store_upload(scene, "first.jpg", [media.picture()])
        video = actions.store_upload(scene, "cut.mp4", [media.clip()])
        job = factories.make_job(
            scene, status=Status.COMPLETED, created_by=owner,
            model="gen4_turbo", parameters={"promptText": "push in", "ratio": "1280:720", "duration": 5},
        )  # fmt: skip
        report = QualityReport.objects.create(job=job, verdict="fail")
        QualityThumbnail.objects.create(report=report, number=0, jpeg=media.picture())
        token, _ = create_token(owner, "laptop")
        budget = budget_settings.set_budget(
            owner, project=scene.project, username=None, period="total", credits=Decimal(10)
        )
        batch = Batch.objects.create(project=scene.project, created_by=owner, name="Drafts")
        export = exports.create_export(scene.project, owner, "preview-gif", Options(), nudge=False)
        shared = factories.make_finished_export(scene.project)
        link = share_links.create_share_link(owner, shared)
        self.names = {
            "export": export.pk,
            "shared": shared.pk,
            "link": link.pk,
            "link_token": share_links.token_of(link),
            "budget": budget.pk,
            "batch": batch.pk,
            "image": image.pk,
            "video": video.pk,
            "upload": uploads.begin_upload(owner, scene, "later.jpg", 10).pk,
            "job": job.pk,
            "token": token.pk,
            "any": uuid.UUID(int=7),
        }
        shutil.copytree(self.root, self.pristine)
        self.listing = list_files(self.pristine)

    def _add_people(self, scene: Scene, owner: User) -> None:
        users = {name: factories.make_user(name) for name in ("stranger", "viewer", "editor", "spender", "member")}
        users |= {"owner": owner, "staff": User.objects.create_superuser("staff")}
        actions.add_member(factories.owner_of(scene.project), scene.project, "viewer", "viewer")
        actions.add_member(factories.owner_of(scene.project), scene.project, "member", "viewer")
        actions.add_member(factories.owner_of(scene.project), scene.project, "editor", "editor")
        actions.add_member(factories.owner_of(scene.project), scene.project, "spender", "editor", may_spend=True)
        _, text = create_token(owner, "reads", read_only=True)
        for name in PEOPLE:
            headers = {"authorization": f"Bearer {text}"} if name == "reader" else {}
            self.clients[name] = Client(headers=headers, raise_request_exception=False)
        for name, user in users.items():
            client = Client()
            client.force_login(user)
            self.sessions[name] = client.cookies[conf.SESSION_COOKIE_NAME].value

    def client(self, name: str) -> Client:
        """Return the client of a person, with fresh cookies."""
        client = self.clients[name]
        client.cookies.clear()
        if name in self.sessions:
            client.cookies[conf.SESSION_COOKIE_NAME] = self.sessions[name]
        return client

    def address(self, row: Row) -> str:
        return row.address.format(**self.names)

    def route(self, row: Row) -> str:
        return resolve(self.address(row).partition("?")[0]).route

    def request(self, name: str, row: Row) -> int:
        """Make a request, restore rows and files, and return the status."""
        content: dict[str, Any] = {"data": row.body}
        if row.body and "file" in row.body:
            content = {"data": {"file": SimpleUploadedFile("second.jpg", self.picture)}}
        elif row.is_json and row.method not in SAFE:
            content = {"data": json.dumps(row.body or {}), "content_type": "application/json"}
        with transaction.atomic():
            response = getattr(self.client(name), row.method.lower())(self.address(row), **content)
            transaction.set_rollback(True)
        # most are refused, and change nothing
        if row.method not in SAFE and list_files(self.root) != self.listing:
            shutil.rmtree(self.root)
            shutil.copytree(self.pristine, self.root)
        return int(response.status_code)

    def allowed(self, row: Row) -> set[str]:
        """Return the methods of a URL, by the header `Allow` of a 405; none where there is none."""
        response = self.client("owner").generic("PROPFIND", self.address(row))
        methods = {method.strip() for method in response.headers.get("Allow", "").split(",")}
        return methods - LEFT_OUT - {""}


def list_files(root: Path) -> dict[str, tuple[int, int]]:
    """The size and time of each file under a folder, by its path from there; folders have no size."""
    return {
        str(path.relative_to(root)): (0, 0) if path.is_dir() else (path.stat().st_size, path.stat().st_mtime_ns)
        for path in root.rglob("*")
    }


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Create the project once, in a transaction that is rolled back at the end."""
    folder = tmp_path_factory.mktemp("matrix")
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.PROJECTS_ROOT", folder / "projects")
        # rows are numbered from 1, as the addresses say, whichever tests came before
        connection.cursor().execute("UPDATE sqlite_sequence SET seq = 0")
        world = World(folder / "projects", folder / "pristine")
        world.fill()
        yield world
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def its_settings(world: World, projects_root: Path, settings: Settings, redis_server: redis.Redis) -> None:
    """Use the project's folder, and a Runway that cannot be reached."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.RUNWAY_API_URL = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings.PROJECTS_ROOT, settings.DATA_DIR = world.root, world.root.parent


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.address}")
def test_status_for_each_person(world: World, row: Row) -> None:
    expected = {name: int(status) for name, status in zip(PEOPLE, row.statuses, strict=True) if status != "-"}
    assert {name: world.request(name, row) for name in expected} == expected


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        # as Django joins them
        whole = before + str(pattern.pattern).removeprefix("^" if before else "")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, whole)
        elif isinstance(pattern, URLPattern):
            yield whole


def test_every_url_is_in_the_table(world: World) -> None:
    listed = {world.route(row) for row in ROWS}
    assert set(routes(get_resolver().url_patterns)) - listed == set()


def test_every_api_call_is_in_the_table(world: World) -> None:
    listed = {(row.method, "/" + world.route(row)) for row in ROWS}
    paths = api.get_openapi_schema()["paths"]
    calls = {
        (method.upper(), path.replace("{", "<").replace("}", ">")) for path, calls in paths.items() for method in calls
    }
    assert calls - listed == set()


def test_every_method_of_a_page_is_in_the_table(world: World) -> None:
    listed: dict[str, set[str]] = {}
    for row in ROWS:
        listed.setdefault(world.route(row), set()).add(row.method)
    for row in (row for row in ROWS if not row.address.startswith(NOT_OURS)):
        assert world.allowed(row) <= listed[world.route(row)], row.address
