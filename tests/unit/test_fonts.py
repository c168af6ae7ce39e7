"""The small copies of the typeface: whole for what the pages say, and a page that is light with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from projects.web import fonts


def small_copy(weight: str) -> Path:
    return fonts.latin_folder() / f"Inter-{weight}.woff2"


def words_of_pages() -> str:
    files = [*settings.BASE_DIR.glob("templates/**/*.html"), *settings.BASE_DIR.glob("static/js/**/*.js")]
    return "".join(path.read_text() for path in files)


def test_the_small_copies_have_every_character_that_pages_write() -> None:
    written = {ord(character) for character in words_of_pages() if character.isprintable()}
    for weight in fonts.WEIGHTS:
        assert written <= set(TTFont(small_copy(weight)).getBestCmap())


def test_the_three_weights_together_are_light() -> None:
    assert sum(small_copy(weight).stat().st_size for weight in fonts.WEIGHTS) < 75_000


def test_digits_have_one_width_on_demand() -> None:
    features = TTFont(small_copy("Regular"))["GSUB"].table.FeatureList.FeatureRecord
    assert "tnum" in {record.FeatureTag for record in features}


def test_a_small_copy_is_made_of_the_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "WEIGHTS", ("Regular",))
    fonts.make_latin(tmp_path)
    assert (tmp_path / "Inter-Regular.woff2").stat().st_size < 25_000


def test_without_the_small_copies_the_whole_files_are_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_LATIN", tmp_path)
    assert fonts.latin_folder() == fonts.PACKAGE
    for weight in fonts.WEIGHTS:
        (tmp_path / f"Inter-{weight}.woff2").touch()
    assert fonts.latin_folder() == tmp_path
