"""The disclosure sheet says which files are in which film."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from film.engine.export import make_export
from projects.actions.assets import trash_asset
from projects.models import Project
from tests.db.film.test_export_rows import add_take, ask
from tests.db.test_projects_api import Caller
from tests.factories import make_project, owner_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def caller(project: Project) -> Caller:
    return Caller(owner_of(project))


@pytest.fixture
def project() -> Project:
    return make_project()


def test_a_sheet_lists_what_is_in_a_film(project: Project, caller: Caller, client: Client, tmp_path: Path) -> None:
    used, other = (add_take(project, number, tmp_path) for number in (1, 2))
    made = ask(caller, project, out=24)["exportId"]
    make_export(made)
    sheet = caller("GET", f"/projects/{project.slug}/disclosure")
    name = f"{project.slug}-h264-source-001.mp4"
    assert [film["path"] for film in sheet["films"]] == [f"exports/{name}"]
    assert {row["path"]: row["films"] for row in sheet["files"]} == {
        used.relative_path: [name],
        other.relative_path: [],
    }
    # what is in the trash now is in the film all the same
    trash_asset(used)
    of_film = caller("GET", f"/projects/{project.slug}/disclosure?film={made}")
    assert [row["sha256"] for row in of_film["files"]] == [used.sha256]
    assert (of_film["film"]["exportId"], of_film["gone"]) == (made, [])
    client.force_login(owner_of(project))
    page = client.get(f"/projects/{project.slug}/disclosure/?film={made}").content.decode()
    assert f"What is in {name}." in page
    assert f"disclosure.csv?film={made}" in page


def test_an_unknown_film_is_told(project: Project, caller: Caller) -> None:
    assert caller("GET", f"/projects/{project.slug}/disclosure?film=none", status=404)["code"] == "not_found"
