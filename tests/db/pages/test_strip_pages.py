"""The pages of a scene's strip: counted no further than a person pages, and every take within reach."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.models.status import Status
from generation.pages import scene_page, strip_pages
from generation.pages.scene_page import ScenePage
from projects.models import Asset, Scene
from tests.db.pages.makers import add_clip, add_job, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_page, "TAKES_PER_PAGE", 2)
    monkeypatch.setattr(strip_pages, "PAGES_AHEAD", 2)


def test_every_take_is_on_a_page(scene: Scene) -> None:
    takes = [add_job(scene, Status.COMPLETED).take for _ in range(11)]
    shown: list[int] = []
    number: int | None = 1
    while number:
        page = ScenePage(scene, {"page": number}).page
        shown += [job.take for job in page.object_list]
        number = page.next_page_number() if page.has_next() else None
    assert shown == sorted(takes, reverse=True)
    assert ScenePage(scene, {"page": 99}).page.number == 6


def test_the_number_of_pages_is_told_where_it_is_known(client: Client, scene: Scene) -> None:
    for _ in range(11):
        add_job(scene, Status.COMPLETED)
    first = text(client.get(url(scene)))
    assert "Page 1" in first
    assert "Page 1 of" not in first
    assert "Page 4 of 6" in text(client.get(url(scene) + "?page=4"))


def test_a_short_strip_is_not_counted(scene: Scene) -> None:
    add_job(scene, Status.COMPLETED)
    with CaptureQueriesContext(connection) as queries:
        page = ScenePage(scene, {}).page
        assert page.paginator.count == len(page.object_list) == 1
    assert not [query for query in queries if "COUNT(" in query["sql"]]


def test_the_newest_takes_are_offered_to_compare(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_page, "MAX_COMPARABLE", 2)
    takes = [add_clip(scene).take for _ in range(3)]
    add_job(scene, Status.FAILED)
    assert ScenePage(scene, {}).comparable_takes == [takes[2], takes[1]]
    assert ScenePage(scene, {"take": takes[2], "compare": takes[0]}).comparable_takes == takes[::-1]


def test_the_newest_other_files_are_shown(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_page, "MAX_OTHERS", 2)
    columns = {"scene": scene, "bytes": 9, "sha256": "0" * 64}
    for number in range(3):
        Asset.objects.create(**columns, kind="video", file_name=f"{number}.mp4", mime_type="video/mp4")
        Asset.objects.create(**columns, kind="audio", file_name=f"{number}.mp3", mime_type="audio/mpeg")
    names = [asset.file_name for asset in ScenePage(scene, {}).other_assets]
    assert names == ["1.mp4", "1.mp3", "2.mp4", "2.mp3"]
