"""A project as one file, from one studio to another, and what is wrong with files that say they are one."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.http import StreamingHttpResponse
from django.test import Client

from film.models import ProjectCut
from generation.models import Budget, GenerationJob, LedgerEntry
from projects.actions.check_folders import check_folders
from projects.models import Asset, Membership, Project
from tests.db.test_import_project import film, lose_the_database
from tests.factories import make_user
from tests.media import picture

__all__ = ["film"]

pytestmark = pytest.mark.django_db(transaction=True)


def bundle(tmp_path: Path) -> Path:
    call_command("bundle", "a-film", "--output", str(tmp_path / "film.zip"), verbosity=0)
    return tmp_path / "film.zip"


def test_a_bundle_in_another_studio(film: Project, tmp_path: Path, settings: Any) -> None:
    path = bundle(tmp_path)
    lose_the_database()
    settings.PROJECTS_ROOT = tmp_path / "elsewhere"
    call_command("unbundle", str(path))
    project = Project.objects.get()
    assert (project.slug, project.name) == ("a-film", "A film, again")
    assert Membership.objects.get().user.get_username() == settings.STUDIO_OWNER
    assert Asset.objects.filter(trashed_at=None).count() == 5
    job = GenerationJob.objects.get(note="The one.")
    assert (job.status, job.mark, job.take, job.asset and job.asset.path.is_file()) == ("completed", "starred", 1, True)
    assert job.events.count() > 4
    assert ProjectCut.objects.get().revision
    # what it has cost, and who may spend, holds for the other studio
    assert not LedgerEntry.objects.exists()
    assert not Budget.objects.exists()
    assert (job.runway_task_id, job.cache_key, job.created_by) == (None, "", None)
    assert check_folders([project]).findings == []


def test_a_bundle_of_a_project_that_is_here_is_a_copy(
    film: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bundle(tmp_path)
    assets, jobs = Asset.objects.filter(trashed_at=None).count(), GenerationJob.objects.count()
    capsys.readouterr()
    call_command("unbundle", str(path))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "The id a-film is taken or cannot be used; the project is a-film-2."
    assert lines[-1] == "a-film-2"
    assert Asset.objects.filter(trashed_at=None).count() == 2 * assets
    assert GenerationJob.objects.count() == 2 * jobs
    copy = Project.objects.get(slug="a-film-2")
    assert check_folders([Project.objects.get(pk=film.pk), copy]).findings == []
    call_command("unbundle", str(path), "--as", "third")
    assert Project.objects.filter(slug="third").exists()


def test_the_calls(film: Project, client: Client) -> None:
    client.force_login(make_user("zoe"))
    assert client.get("/api/projects/a-film/bundle").status_code == 404
    owner = Membership.objects.get(project=film, role="owner").user
    client.force_login(owner)
    answer = client.get("/api/projects/a-film/bundle")
    content = b"".join(cast(Iterator[bytes], cast(StreamingHttpResponse, answer).streaming_content))
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert "a-film/project.json" in names
    assert not any("/." in name for name in names)
    made = client.post("/api/bundles", {"file": SimpleUploadedFile("film.zip", content), "slug": "copy"})
    assert made.status_code == 201, made.content
    assert made.json()["data"]["project"]["id"] == "copy"
    assert client.get("/api/projects/copy").status_code == 200
    wrong = client.post("/api/bundles", {"file": SimpleUploadedFile("film.zip", content), "slug": "../up"})
    assert wrong.status_code == 422


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes], folder: str = "film/project.json") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        if folder:
            made.writestr(folder, '{"id": "film", "name": "Film"}')
        for name, content in entries:
            made.writestr(name, content)
    return buffer.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("film/scene-1/images/link.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


HARMFUL = {
    "up": (archive(("film/../../up.txt", b"x")), "leads out of its folder"),
    "absolute": (archive(("/etc/passwd", b"x")), "leads out of its folder"),
    "backslash": (archive(("film\\..\\up.txt", b"x")), "leads out of its folder"),
    "drive": (archive(("c:/up.txt", b"x")), "leads out of its folder"),
    "link": (archive((link(), b"/etc/passwd")), "is a link or a device"),
    "bomb": (archive(("film/scene-1/images/a.jpg", b"\0" * 30_000_000)), "would become 30,000,000 bytes"),
    "two folders": (archive(("other/project.json", b"{}")), "not one folder of one project"),
    "two spellings": (archive(("film/Project.JSON", b"{}")), "two files of one name"),
    "no zip": (b"PK no zip", "not a complete zip archive"),
    "cut off": (archive(("film/a.json", b"x" * 5000))[:-30], "not a complete zip archive"),
    "nothing": (archive(folder=""), "not one folder of one project"),
    "no project": (archive(folder="film/readme.txt"), "has no project"),
    "later": (
        archive(("film/scene-1/metadata/scene.json", b'{"schema": 99}')),
        "scene.json in the bundle was written by a later version of Dailies",
    ),
    "broken document": (archive(("film/scene-1/metadata/scene.json", b"{")), "scene.json in the bundle cannot be read"),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_what_is_no_bundle_is_told_in_one_sentence_and_changes_nothing(
    what: str, tmp_path: Path, projects_root: Path
) -> None:
    content, message = HARMFUL[what]
    path = tmp_path / "bad.zip"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        call_command("unbundle", str(path))
    assert not Project.objects.exists()
    left = [each for each in projects_root.rglob("*") if each.name not in (".uploads", ".lock")]
    assert left == []
    assert not (tmp_path / "up.txt").exists()


def test_a_failure_in_the_middle_leaves_nothing(
    tmp_path: Path, projects_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.zip"
    path.write_bytes(archive(("film/scene-1/images/a.jpg", picture())))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("projects.mirror.rebuild.take_in_project", fail)
    with pytest.raises(RuntimeError):
        call_command("unbundle", str(path))
    assert not Project.objects.exists()
    assert not (projects_root / "film").exists()


def test_no_room_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "film.zip"
    path.write_bytes(archive(("film/scene-1/images/a.jpg", picture())))
    monkeypatch.setattr("projects.disk.bundle_archive._ROOM_BYTES", 2**60)
    with pytest.raises(CommandError, match="disk is full"):
        call_command("unbundle", str(path))
