"""What holds for every page: banners about Runway, error pages, security headers, compression."""

from __future__ import annotations

import gzip
import re
import uuid
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from generation.models import RunwayState
from generation.models.status import Status
from projects.models import Scene
from projects.web import uploads
from tests import factories
from tests.db.pages.makers import GENERAL, add_clip, add_job, add_picture, text, url

pytestmark = pytest.mark.django_db
SIMULATOR = '<span class="visually-hidden">Takes are drawn on this machine'


def test_every_page_names_the_simulator(client: Client, scene: Scene, settings: Settings) -> None:
    pages = [*GENERAL, f"/projects/{scene.project.slug}/", url(scene)]
    settings.RUNWAY_IS_SIMULATOR = True
    assert all(SIMULATOR in text(client.get(path)) for path in pages)
    settings.RUNWAY_IS_SIMULATOR = False
    assert not any(SIMULATOR in text(client.get(path)) for path in pages)


@pytest.mark.parametrize(
    ("condition", "words"),
    [("unauthorized", "Runway rejects the API key"), ("unreachable", "Runway has been unreachable")],
)
def test_a_banner_says_what_is_wrong_with_runway(client: Client, condition: str, words: str) -> None:
    RunwayState.objects.update_or_create(pk=1, defaults={"condition": condition})
    assert all(words in text(client.get(path)) for path in GENERAL)


def test_the_connection_page_says_that_runway_cannot_be_reached(client: Client, settings: Settings) -> None:
    settings.RUNWAY_API_URL = "http://127.0.0.1:9"
    # showing the page does not ask Runway
    before = text(client.get("/connection/"))
    assert "Runway hasn't been contacted yet" in before
    response = client.post("/connection/test/")
    assert response.status_code == 200
    assert "It doesn't work." in text(response)
    assert "127.0.0.1:9" in text(response)
    assert "Check that this machine has internet access" in text(response)


def test_the_connection_page_shows_the_last_balance_and_limits(client: Client) -> None:
    organization = {
        "creditBalance": 12345,
        "tier": {"models": {"gen4_turbo": {"maxDailyGenerations": 200, "maxConcurrentGenerations": 3}}},
        "usage": {"models": {"gen4_turbo": {"dailyGenerations": 150}, "veo3": {"dailyGenerations": 1}}},
    }
    RunwayState.objects.update_or_create(
        pk=1, defaults={"organization": organization, "organization_at": timezone.now()}
    )
    page = text(client.get("/connection/"))
    cells = r'<th scope="row">([\w -]+)</th> <td class="number">(\w+)</td> <td class="number">([\w ]+)</td>'
    rows = re.findall(cells, page)
    assert rows == [("Gen-4 Turbo", "150", "200"), ("veo3", "1", "no limit")]
    assert "12,345" in page
    assert 'value="75"' in page


def test_one_figure_of_the_balance_everywhere(client: Client, scene: Scene) -> None:
    """Runway's own less what waits here, whichever page tells it."""
    add_picture(scene)
    RunwayState.objects.update_or_create(
        pk=1, defaults={"organization": {"creditBalance": 12345}, "organization_at": timezone.now()}
    )
    add_job(scene, Status.QUEUED, credits_estimated=Decimal("44.5"))
    assert "12,300.5 credits left<" in text(client.get("/balance/"))
    project = f"/projects/{scene.project.slug}/"
    for path in ("/", "/queue/", "/usage/", "/connection/", project, url(scene)):
        page = text(client.get(path))
        assert "12,300.5 credits left<" in page  # the header
        assert "12,345" not in page
    assert re.search(r"Credits left[^<]*</dt> ?<dd>12,300.5</dd>", text(client.get("/connection/")))
    assert re.search(r"Credits left</dt> ?<dd>12,300.5</dd>", text(client.get("/usage/")))
    assert "leaves 12,275.5" in text(client.get(url(scene)))
    assert 'data-left="12300.5' in text(client.get(f"{project}missing/"))
    listed = client.post(f"{project}batches/new/", {"way": "list", "text": "scene,prompt\nscene-1,push in\n"})
    assert "Leaves 12,275.5 credits" in text(listed)
    assert "12,300.5 credits left<" in text(listed)  # the header


def test_unknown_pages_are_404(client: Client) -> None:
    for path in ("/nothing/", "/projects/nothing/", "/projects/nothing/scene-1/", f"/takes/{uuid.uuid4()}/"):
        response = client.get(path)
        assert response.status_code == 404
        assert "Page not found" in text(response)


def test_forms_need_a_csrf_token(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post("/", {"name": "Film"})
    assert response.status_code == 403
    assert "This page has expired" in text(response)


@pytest.mark.parametrize(
    "origin", ["https://film.example:8443", "https://testserver", "http://testserver:8000", "null"]
)
def test_a_page_of_another_address_is_refused_with_both(owner: User, origin: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    for headers in ({"origin": origin}, {"origin": origin, "hx-request": "true"}):
        response = client.post("/", {"name": "Film"}, headers=headers)
        assert response.status_code == 403
        shown = text(response) + response.headers.get("HX-Trigger", "")
        assert f"opened at {origin}, but the request reached the studio as http://testserver." in shown
        setting = "BEHIND_HTTPS_PROXY=on" if origin == "https://testserver" else "proxy_set_header Host $http_host"
        assert setting in shown


def test_a_full_disk_is_told_while_a_form_is_read(owner: User, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form is read for its CSRF token, before any view."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(owner)
    monkeypatch.setattr(uploads, "temporary_file", lambda _: open("/dev/full", "wb"))  # noqa: PTH123, SIM115
    # the page sets the cookie with which the token is compared
    client.get(url(scene))
    response = client.post(url(scene, "pictures/"), {"file": SimpleUploadedFile("large.png", bytes(3 * 1024 * 1024))})
    assert response.status_code == 503
    assert "disk is full" in text(response)


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"])
def test_error_pages_need_no_context(name: str) -> None:
    assert "Go to projects" in render_to_string(name)


def test_wrong_methods_are_405(client: Client, scene: Scene) -> None:
    assert client.post("/queue/").status_code == 405
    assert client.get(url(scene, "delete/")).status_code == 405


def test_no_page_has_inline_script_or_style(client: Client, scene: Scene) -> None:
    add_picture(scene)
    add_clip(scene)
    add_job(scene, Status.UNCONFIRMED)
    inline = [
        (path, match)
        for path in [*GENERAL, f"/projects/{scene.project.slug}/", url(scene), "/accounts/login/"]
        for match in re.findall(
            r'<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+="|//[a-z]+\.\w+', text(client.get(path))
        )
    ]
    assert inline == []


def test_only_pages_are_compressed(client: Client, scene: Scene) -> None:
    picture = add_picture(scene)
    accepts = {"Accept-Encoding": "gzip"}
    page = client.get(url(scene), headers=accepts)
    assert page["Content-Encoding"] == "gzip"
    assert "Harbour" in gzip.decompress(page.content).decode()
    api = f"/api/projects/{scene.project.slug}/folders/scene-1"
    for path in (api, f"{api}/assets/{picture.pk}/file", f"{api}/nothing", "/api/nothing/at/all"):
        assert "Content-Encoding" not in client.get(path, headers=accepts)


def test_the_palette_finds_pages_projects_scenes_and_takes(client: Client, scene: Scene) -> None:
    scene.name = "Letters by the window"
    scene.save()
    job = add_job(scene)
    factories.make_project(User.objects.create_user("somebody"))

    def found(words: str) -> list[str]:
        return re.findall(r'href="([^"]+)"', text(client.get("/palette/", {"q": words})))

    here = f"/projects/{scene.project.slug}/"
    assert found("")[:2] == ["/", "/queue/"]
    assert here in found("")
    assert found("usa") == ["/usage/"]
    assert found("window ferry") == [f"{here}scene-1/"]
    assert found(str(job.pk)) == [f"{here}scene-1/?take={job.take}"]
    # also by letters alone, behind what has the whole word
    assert found("bdgt") == ["/usage/budgets/"]
    assert found("ltwdw") == [f"{here}scene-1/"]
    assert found("trash") == ["/trash/"]
    assert found("members ferry") == [f"{here}members/"]
    assert found("second") == ["/account/second-factor/"]
    assert found("audit") == []
    assert found("nothing of that name") == []
