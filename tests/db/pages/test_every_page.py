"""The state of Runway, errors, and what no page may have."""

from __future__ import annotations

import gzip
import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from generation.models import RunwayState
from generation.models.status import Status
from projects.models import Scene
from tests.db.pages.makers import GENERAL, add_clip, add_job, add_picture, text, url

pytestmark = pytest.mark.django_db


def test_every_page_says_that_it_is_the_simulator(client: Client, scene: Scene, settings: Settings) -> None:
    pages = [*GENERAL, f"/projects/{scene.project.slug}/", url(scene)]
    settings.RUNWAY_IS_SIMULATOR = True
    assert all("Simulator: takes are drawn" in text(client.get(path)) for path in pages)
    settings.RUNWAY_IS_SIMULATOR = False
    assert not any("Simulator: takes are drawn" in text(client.get(path)) for path in pages)


@pytest.mark.parametrize(
    ("condition", "words"), [("unauthorized", "Runway refuses the key"), ("unreachable", "Runway cannot be reached")]
)
def test_a_banner_tells_what_is_wrong_with_runway(client: Client, condition: str, words: str) -> None:
    RunwayState.objects.update_or_create(pk=1, defaults={"condition": condition})
    assert all(words in text(client.get(path)) for path in GENERAL)


def test_the_connection_page_tells_in_words_that_runway_is_away(client: Client, settings: Settings) -> None:
    settings.RUNWAY_API_URL = "http://127.0.0.1:9"
    # the page itself asks nobody
    before = text(client.get("/connection/"))
    assert "Runway has not been asked yet" in before
    response = client.post("/connection/test/")
    assert response.status_code == 200
    assert "It does not work." in text(response)
    assert "127.0.0.1:9" in text(response)
    assert "Look whether this machine reaches the internet" in text(response)


def test_the_connection_page_shows_balance_and_limits_as_told_last(client: Client) -> None:
    found = {
        "creditBalance": 12345,
        "tier": {"models": {"gen4_turbo": {"maxDailyGenerations": 200, "maxConcurrentGenerations": 3}}},
        "usage": {"models": {"gen4_turbo": {"dailyGenerations": 150}, "veo3": {"dailyGenerations": 1}}},
    }
    RunwayState.objects.update_or_create(pk=1, defaults={"organization": found, "organization_at": timezone.now()})
    page = text(client.get("/connection/"))
    rows = re.findall(r'<th scope="row">(\w+)</th><td class="number">(\w+)</td><td class="number">([\w ]+)</td>', page)
    assert rows == [("gen4_turbo", "150", "200"), ("veo3", "1", "no limit told")]
    assert "12,345" in page
    assert 'value="75"' in page


def test_what_is_not_there(client: Client) -> None:
    for path in ("/nothing/", "/projects/nothing/", "/projects/nothing/scene-1/", f"/takes/{uuid.uuid4()}/"):
        response = client.get(path)
        assert response.status_code == 404
        assert "There is nothing here" in text(response)


def test_a_form_of_a_stranger_is_refused(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post("/", {"name": "Film"})
    assert response.status_code == 403
    assert "open too long" in text(response)


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"])
def test_error_pages_need_nothing(name: str) -> None:
    assert "To the projects" in render_to_string(name)


def test_a_wrong_method_is_told(client: Client, scene: Scene) -> None:
    assert client.post("/queue/").status_code == 405
    assert client.get(url(scene, "delete/")).status_code == 405


def test_no_page_has_script_or_style_of_its_own(client: Client, scene: Scene) -> None:
    add_picture(scene)
    add_clip(scene)
    add_job(scene, Status.UNCONFIRMED)
    found = [
        (path, match)
        for path in [*GENERAL, f"/projects/{scene.project.slug}/", url(scene), "/accounts/login/"]
        for match in re.findall(
            r'<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+="|//[a-z]+\.\w+', text(client.get(path))
        )
    ]
    assert found == []


def test_pages_go_compressed_and_nothing_else(client: Client, scene: Scene) -> None:
    picture = add_picture(scene)
    accepts = {"Accept-Encoding": "gzip"}
    page = client.get(url(scene), headers=accepts)
    assert page["Content-Encoding"] == "gzip"
    assert "Harbour" in gzip.decompress(page.content).decode()
    api = f"/api/projects/{scene.project.slug}/folders/scene-1"
    for path in (api, f"{api}/assets/{picture.pk}/file", f"{api}/nothing", "/api/nothing/at/all"):
        assert "Content-Encoding" not in client.get(path, headers=accepts)
