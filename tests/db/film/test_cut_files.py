"""The files of a large film: the page of its cut gets what it shows, and asks for the others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from film.pages import cut_files
from projects.models import Asset, Project
from tests import factories

pytestmark = pytest.mark.django_db
TYPES = {"video": ("mp4", "video/mp4"), "image": ("jpg", "image/jpeg"), "audio": ("mp3", "audio/mpeg")}


def add(scene: Any, kind: str = "video", take: int | None = None, **columns: Any) -> str:
    number = scene.assets.count()
    ending, mime_type = TYPES[kind]
    columns |= {"file_name": f"{kind}-{number}.{ending}", "mime_type": mime_type, "bytes": 9, "sha256": "0" * 64}
    at = timezone.now() + timedelta(seconds=number)
    return str(Asset.objects.create(scene=scene, kind=kind, take=take, created_at=at, **columns).pk)


@pytest.fixture
def film(client: Client, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(cut_files, "MAX_FILES", 3)
    monkeypatch.setattr(cut_files, "MAX_FOUND", 2)
    project = factories.make_project()
    client.force_login(factories.owner_of(project))
    return project


def ask(client: Client, project: Project, what: str) -> dict[str, Any]:
    answer = client.get(f"/projects/{project.slug}/cut/{what}")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def ids(answer: dict[str, Any]) -> list[str]:
    return [asset["id"] for asset in answer["assets"]]


def test_a_small_film_has_all_of_its_files(client: Client, film: Project) -> None:
    scene = factories.make_scene(film)
    keys = [add(scene, take=1), add(scene, take=2), add(scene, take=3)]
    data = ask(client, film, "data/")
    assert (ids(data), data["more"]) == (keys, False)


def test_a_large_film_has_what_it_shows(client: Client, film: Project) -> None:
    first, second = factories.make_scene(film), factories.make_scene(film)
    takes = [add(first, take=1), add(first, take=2, selected=True), add(first, take=3)]
    best = [add(second, take=1), add(second, take=2)][-1]
    data = ask(client, film, "data/")
    assert (ids(data), data["more"]) == ([takes[1], best], True)


def test_a_scene_has_its_newest_files_on_demand(client: Client, film: Project) -> None:
    scene = factories.make_scene(film)
    takes = [add(scene, take=number) for number in (1, 2, 3)]
    add(scene, "audio")
    assert ids(ask(client, film, f"files/?scene={scene.folder_name}")) == takes[1:]
    assert client.get(f"/projects/{film.slug}/cut/files/?scene=scene-99").status_code == 404


def test_files_are_found_by_the_words_that_the_page_shows(client: Client, film: Project) -> None:
    first, second = factories.make_scene(film, name="Platform"), factories.make_scene(film, name="Carriage")
    takes = [add(first, take=1), add(first, take=2), add(second, take=12)]
    sound, still = add(second, "audio"), add(first, "image")
    add(first, take=3, trashed_at=timezone.now())
    assert ids(ask(client, film, "files/?kind=video")) == [takes[1], takes[0]]
    assert ids(ask(client, film, "files/?kind=video&search=platform+take+1")) == [takes[0]]
    assert ids(ask(client, film, "files/?kind=video&search=TAKE+12")) == [takes[2]]
    assert ids(ask(client, film, "files/?kind=audio&search=carriage")) == [sound]
    assert ids(ask(client, film, "files/?kind=image&search=image-2")) == [still]
    assert ids(ask(client, film, "files/?kind=speech")) == []
    assert client.get(f"/projects/{film.slug}/cut/files/?kind=scenes").status_code in {400, 422}
