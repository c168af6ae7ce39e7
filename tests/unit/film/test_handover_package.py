"""A hand-over with its media, and what its report says."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

import pytest

from film.handover import edit
from film.handover.formats import FORMATS, Format
from film.handover.package import package_parts
from film.handover.read import read
from film.handover.write import write
from tests.unit.film.handover_films import cut_of, film_of, full_film, shown, take

REPORTS: dict[Format, list[str]] = {
    "otio": ["Captions (3)", "Titles (3)", "Gain, fades", "Notes", "Cards", "How clips fit", "Loudness"],
    "fcpxml": ["Cards", "Ducking", "Loudness"],
    "fcp7": ["Captions (3)", "Cards", "slugs", "How clips fit", "12 dB", "Ducking", "Loudness"],
    "edl": ["Captions (3)", "Titles (3)", "Other takes", "Cards", "Pictures", "Gain", "fit", "overlap", "Loudness"],
}


def put_media(folder: Path) -> None:
    for number, medium in enumerate(edit.media_of(full_film()).values()):
        path = folder / medium.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes([number]) * 1000)


@pytest.mark.parametrize("format", FORMATS)
def test_a_package_has_the_file_its_media_and_the_report(format: Format, tmp_path: Path) -> None:
    put_media(tmp_path)
    (tmp_path / "scene-1/videos/take-003.mp4").unlink()
    film = full_film()
    handover = write(film, format, handles=24)
    with ZipFile(io.BytesIO(b"".join(package_parts(handover, film, tmp_path)))) as archive:
        names = archive.namelist()
        media = [f"film-1/{medium.path}" for medium in edit.media_of(film).values()]
        assert names == [
            f"film-1/{handover.name}",
            "film-1/report.txt",
            *(name for name in media if "take-003" not in name),
        ]
        assert (
            archive.read("film-1/scene-1/videos/take-001.mp4")
            == (tmp_path / "scene-1/videos/take-001.mp4").read_bytes()
        )
        report = archive.read("film-1/report.txt").decode()
        assert read(archive.read(names[0]), cut_of(film), film).cut == cut_of(film)
    assert "scene-1/videos/take-003.mp4" in report
    assert "24 frames of handles" in report
    for sentence in handover.report:
        assert f"- {sentence}\n" in report


@pytest.mark.parametrize("format", FORMATS)
def test_the_report_names_what_the_format_cannot_carry(format: Format) -> None:
    report = write(full_film(), format).report
    for words in REPORTS[format]:
        assert any(words in sentence for sentence in report), words
    assert len(report) == len(REPORTS[format]) + 1  # a blurred border is nobody else's


def test_no_handles_need_no_sentence() -> None:
    film = film_of((shown("a", take(1, 1), 0, 10),))
    assert write(film, "otio", handles=0).report == write(film, "otio").report


def test_a_frame_that_lies_within_dissolves_alone_is_left_out_and_told() -> None:
    film = film_of((shown("a", take(1, 1), 0, 1), shown("b", take(2, 1), 0, 1, 1), shown("c", take(3, 1), 0, 9)))
    assert [piece.clip.id for piece in edit.pieces(film)] == ["a", "c"]
    assert "Clips that lie wholly within two dissolves (1): left out." in write(film, "fcpxml").report


@pytest.mark.parametrize("format", FORMATS)
def test_a_plain_film_is_carried_but_for_its_loudness(format: Format) -> None:
    film = film_of((shown("a", take(1, 1), 0, 10), shown("b", take(1, 1), 20, 40, 5)))
    assert len(write(film, format).report) == 1
