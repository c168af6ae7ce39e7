"""Names that people write in other ways are one name: films, scenes, files, tags."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from generation.actions.generate import find_model
from projects.disk.name_matching import (
    FileNameIndex,
    NameIndex,
    column_key,
    file_name_key,
    find_file,
    name_key,
    same_name,
    search_key,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", unicodedata.normalize("NFD", "Café")),
        ("The Red Room", "  the\u00a0red\u202f room "),
        ("Take-Off", "take\u2010off"),
        ("Night - Day", "Night \u2013 Day"),
        ("Night--Day", "Night\u2014Day"),
        ('Anna\'s "room"', "Anna\u2019s \u201croom\u201d"),
        ("Wait...", "Wait\u2026"),
        ("Scene 12", "\uff33cene\u3000\uff11\uff12"),
        ("Straße", "STRASSE"),
        ("Home", "\ufeffHo\u200bme\u00ad"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Cafe", "Café"), ("Red Room", "Redroom"), ("scene-1", "scene 1"), ("Night", "Nights"), ("1.10", "1.1")],
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("uploaded", "stored"),
    [
        ("photo.jpeg", "photo.jpg"),
        ("IMG_0001.JPG", "IMG_0001.jpg"),
        ("PICTURE.PNG", "PICTURE.png"),
        (unicodedata.normalize("NFD", "Größe.jpg"), "Größe.jpg"),
        # Django drops this space from the name of an upload
        ("Screenshot 2026-11-27 at 1.05.03\u202fPM.png", "Screenshot 2026-11-27 at 1.05.03PM.png"),
        ("12:30 shot.jpg", "12-30 shot.jpg"),
        ('who? "me".png', "who- -me-.png"),
        ("con.png", "_con.png"),
        (" .hidden .jpg", "hidden.jpg"),
        ("ä" * 150 + ".jpg", "ä" * 97 + ".jpg"),
        ("voice.oga", "voice.ogg"),
        ("saved by Chrome.jfif", "saved by Chrome.jpg"),
    ],
)
def test_the_uploaded_and_the_stored_name_of_a_file(uploaded: str, stored: str) -> None:
    assert file_name_key(uploaded) == file_name_key(stored)


def test_other_files_stay_others() -> None:
    assert file_name_key("a.jpg") != file_name_key("a.png")
    assert file_name_key("a.jpg") != file_name_key("a-2.jpg")


def test_the_exact_spelling_counts_before_any_other() -> None:
    index = NameIndex([("Night", 1), ("night", 2), ("Day", 3), ("DAY", 4)])
    assert (index.find("night"), index.find("Night"), index.find("day")) == ([2], [1], [3, 4])
    assert index.find("NIGHT") == [1, 2]
    assert index.find("Dusk") == index.find("") == index.find("\u200b") == []


def test_a_file_is_found_by_both_of_its_names() -> None:
    files = FileNameIndex(
        [("img.jpg", "IMG.JPG", 1), ("img-2.jpg", "img.jpeg", 2), ("a-b.jpg", "a:b.jpg", 3), ("old.png", "", 4)]
    )
    # without the uploaded name the second would be taken for the first
    assert (files.find("IMG.JPG"), files.find("img.jpeg"), files.find("img-2.jpg")) == ([1], [2], [2])
    assert (files.find("a:b.JPG"), files.find("A-B.jpeg"), files.find("OLD.PNG")) == ([3], [3], [4])
    # which of the two is meant, nobody knows
    assert files.find("Img.JPEG") == [1, 2]
    # a name without its ending
    assert (files.find("old"), files.find("a:b"), files.find("old.jpg"), files.find("")) == ([4], [3], [], [])


def test_a_search_ignores_accents_too() -> None:
    assert search_key("Nächte – “Ende”") == search_key('nachte - "ende"')


def test_technical_names_ignore_spaces_and_underscores() -> None:
    assert column_key("Prompt\u00a0text") == column_key("prompt_text") == column_key("promptText")
    assert same_name("Gen4 Turbo", ["gen4_turbo", "gen4.5"]) == "gen4_turbo"
    assert same_name("gen4", ["gen4_turbo", "gen4.5"]) is None


def test_a_path_is_found_in_another_spelling(tmp_path: Path) -> None:
    path = tmp_path / unicodedata.normalize("NFD", "Größe 1.05\u202fPM.PNG")
    path.touch()
    assert find_file(tmp_path / "größe 1.05 pm.png") == path
    assert find_file(tmp_path / "other.png") is None
    assert find_file(tmp_path / "missing" / "a.png") is None
    (tmp_path / "a.jpg").touch()
    (tmp_path / "A.jpg").touch()
    assert find_file(tmp_path / "a.jpg") == tmp_path / "a.jpg"
    assert find_file(tmp_path / "a.JPG") is None


def test_two_tags_in_other_cases_are_one() -> None:
    model = find_model("text_to_image", "gpt_image_2")
    references = [{"uri": "https://x.test/a.png", "tag": "Hero"}, {"uri": "https://x.test/b.png", "tag": "hero"}]
    parameters = {"promptText": "a", "ratio": model.default_ratio, "referenceImages": references}
    assert [problem.message for problem in model.check(parameters)] == [
        "gpt_image_2: no two items may have the same tag."
    ]
