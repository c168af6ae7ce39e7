"""The cut of a project to editing programs and back, through its calls and its command."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from film import timelines
from film.actions import cuts
from film.handover.formats import FORMATS, Format
from film.handover.safe_xml import MAX_BYTES, parse_xml
from projects.access.sign_in import ensure_owner
from projects.models import Membership, Project
from tests.db.film.test_cut_api import take
from tests.db.test_projects_api import Caller, envelope
from tests.factories import make_project, make_scene

pytestmark = pytest.mark.django_db


class Handovers:
    """The hand-overs of a project for one person."""

    def __init__(self, project: Project) -> None:
        self.caller = Caller(Membership.objects.get(project=project).user)
        self.address = f"/api/projects/{project.slug}/cut/handover"

    def get(self, query: str, status: int = 200) -> Any:
        response = self.caller.client.get(f"{self.address}{query}")
        assert response.status_code == status
        return response

    def content(self, format: Format) -> bytes:
        content: bytes = self.get(f"?format={format}").content
        return content

    def post(self, content: bytes, query: str = "", status: int = 200, name: str = "cut.otio") -> Any:
        response = self.caller.client.post(f"{self.address}{query}", {"file": SimpleUploadedFile(name, content)})
        assert response.status_code == status, response.content
        return envelope(response.content, response.headers["Content-Type"], status)


@pytest.fixture
def project() -> Project:
    project = make_project(name="Night train")
    for name in ("Platform", "Compartment", "Tunnel"):
        scene = make_scene(project, name)
        take(scene, 48)
        take(scene, 72, 2)
    return project


@pytest.fixture
def handovers(project: Project) -> Handovers:
    return Handovers(project)


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_goes_out_and_comes_back(project: Project, handovers: Handovers, format: Format) -> None:
    answer = handovers.get(f"?format={format}")
    assert int(answer["Dailies-Report"]) >= 1
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{project.slug}.')
    body = handovers.post(answer.content)
    assert body["format"] == format
    assert (body["changed"], body["differences"], body["version"]) == (False, [], 1)
    assert timelines.current_cut(project)[2]  # still automatic


@pytest.mark.parametrize("format", FORMATS)
def test_a_zip_has_all_media_and_the_report(project: Project, handovers: Handovers, format: Format) -> None:
    answer = handovers.get(f"?format={format}&media=true&handles=12")
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        report = archive.read(f"{project.slug}/report.txt").decode()
    assert len([name for name in names if name.endswith(".mp4")]) == 6
    assert report.count("\n- ") == int(answer["Dailies-Report"])
    assert "12 frames of handles" in report


def test_a_report_is_asked_for_alone(handovers: Handovers) -> None:
    answer = handovers.caller("GET", handovers.address.removeprefix("/api") + "/report?format=fcpxml")
    assert answer["fileName"] == "night-train.fcpxml"
    assert any("relative to the project's folder" in sentence for sentence in answer["report"])


def test_what_was_changed_becomes_a_version_with_its_differences(project: Project, handovers: Handovers) -> None:
    lines = handovers.content("edl").decode().replace("00:00:00:00 00:00:03:00", "00:00:00:12 00:00:03:00", 1)
    content = lines.replace("01:00:00:00 01:00:03:00", "01:00:00:00 01:00:02:12", 1)
    content = content.replace("01:00:03:00 01:00:06:00", "01:00:02:12 01:00:05:12")
    content = content.replace("01:00:06:00 01:00:09:00", "01:00:05:12 01:00:08:12")
    told = ["Clip 1 (Platform) is 12 frames shorter.", "The film is 12 frames shorter."]

    preview = handovers.post(content.encode(), "?preview=true", name="night.edl")
    assert (preview["changed"], preview["differences"]) == (True, told)
    assert timelines.current_cut(project)[1:] == (1, True)

    body = handovers.post(content.encode(), name="night.edl")
    assert (body["version"], body["differences"]) == (2, told)
    cut, version, automatic = timelines.current_cut(project)
    assert (version, automatic) == (2, False)
    # it goes on following its scene
    assert [(clip.asset, clip.start_in) for clip in cut.clips] == [(None, 12), (None, 0), (None, 0)]
    assert cuts.named_versions(project)[0].name == "From night.edl"
    cuts.undo(project)
    assert timelines.current_cut(project)[2]


def test_another_take_is_found_among_the_files_of_the_project(project: Project, handovers: Handovers) -> None:
    content = handovers.content("edl").decode()
    other = content.replace("scene-2/videos/take-2.mp4", "scene-2/videos/take-1.mp4")
    body = handovers.post(other.replace("00:00:00:00 00:00:03:00", "00:00:00:00 00:00:02:00").encode())
    assert "Clip 2 (Compartment) shows take 1 instead of take 2." in body["differences"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"nothing", 422, "unreadable_file"),
        (b"<!DOCTYPE xmeml [<!ENTITY a 'b'>]><xmeml>&a;</xmeml>", 422, "unreadable_file"),
        (
            b"TITLE: x\n001 X V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n* FROM CLIP NAME: a.mov\n",
            422,
            "unknown_media",
        ),
        (b" " * (MAX_BYTES + 1), 413, "too_large"),
    ],
)
def test_what_cannot_be_taken_changes_nothing(
    project: Project, handovers: Handovers, content: bytes, status: int, code: str
) -> None:
    assert handovers.post(content, status=status)["code"] == code
    assert timelines.current_cut(project)[1] == 1


def test_an_unknown_format_is_refused(handovers: Handovers) -> None:
    handovers.get("?format=aaf", 422)
    handovers.get("", 422)
    handovers.get("?format=edl&handles=-1", 422)


@pytest.fixture
def owned() -> Project:
    owner, _ = ensure_owner()
    project = make_project(owner, name="Tunnel")
    take(make_scene(project, "Light"), 48)
    return project


def test_the_command_writes_a_file_for_this_machine(owned: Project, tmp_path: Path) -> None:
    out, errors, path = io.StringIO(), io.StringIO(), tmp_path / "cut.fcpxml"
    call_command("handover", "Tunnel", "--format", "fcpxml", "--output", str(path), stdout=out, stderr=errors)
    assert out.getvalue().splitlines()[-1] == str(path)
    assert "Loudness" in errors.getvalue()
    representation = parse_xml(path.read_bytes()).find("resources/asset/media-rep")
    assert representation is not None
    assert representation.get("src") == (owned.path / "scene-1/videos/take-1.mp4").resolve().as_uri()


def test_the_command_writes_a_zip(owned: Project, tmp_path: Path) -> None:
    path = tmp_path / "out" / "cut.zip"
    call_command("handover", owned.slug, "--format", "otio", "--media", "--output", str(path), stderr=io.StringIO())
    with ZipFile(path) as archive:
        assert f"{owned.slug}/scene-1/videos/take-1.mp4" in archive.namelist()
    assert [each.name for each in path.parent.iterdir()] == ["cut.zip"]


def test_the_command_says_what_is_wrong(owned: Project, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no project Missing"):
        call_command("handover", "Missing", "--format", "otio", "--output", str(tmp_path / "x"))
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="was not written"):
        call_command("handover", "Tunnel", "--format", "otio", "--output", str(tmp_path / "file/x"))
