"""Stylesheets as browsers get them: joined, compressed, kept for good; and the check that `make lint` runs on them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.http import Http404
from django.test import Client

from projects.templatetags.studio import stylesheet
from projects.web.stylesheets import FOLDER, SHARED, files, load, stylesheet_url
from tests.lint import css

PAGES = sorted(path.stem for path in (FOLDER / "pages").iterdir())


def test_a_stylesheet_is_compressed_and_kept_for_good() -> None:
    answer = Client().get(stylesheet_url("studio"), headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(answer.content) == load("studio").content


def test_without_its_version_it_is_not_kept() -> None:
    answer = Client().get("/styles/studio.css?v=of-yesterday")
    assert answer.content == load("studio").content
    assert answer["Cache-Control"] == "no-cache"
    assert "Content-Encoding" not in answer


def test_the_shared_one_begins_with_tokens_and_layers() -> None:
    names = [path.relative_to(FOLDER).as_posix() for path in files("studio")]
    assert names[:2] == ["tokens.css", "base.css"]
    assert names[2:] == sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("components/*.css"))


@pytest.mark.parametrize("name", [*SHARED, *PAGES])
def test_every_file_is_in_a_stylesheet(name: str) -> None:
    assert files(name)
    assert f"/styles/{name}.css?v=" in stylesheet(name)


@pytest.mark.parametrize("name", ["nothing", "base", "tokens"])
def test_no_other_name_is_one(name: str) -> None:
    with pytest.raises(Http404):
        files(name)


BROKEN = {
    "components/a.css": {
        ".a { color: red }": "outside the layer components",
        "@layer pages { .a { color: red } }": "outside the layer components",
        "@layer others { .a { color: red } }": "no layer others",
        "@layer components { .a { color: red; color: blue } }": "color is in this block already",
        "@layer components { .a { color: red !important } }": "!important is for [hidden] alone",
        "@layer components { #a { color: red } }": "The id #a is a selector",
        "@layer components { .a { color: var(--nothing) } }": "--nothing is set nowhere",
        "@layer components { .a:has(> .b) { color: red } }": ".b is also in components/b.css",
        "@layer components { .unheard-of { color: red } }": ".unheard-of is in no template and in no script",
        "@layer components { .a { color red } }": "cannot be parsed",
        f"@layer components {{ .a {{ color: red }} }}{' ' * 120}": "120 are allowed",
        "\n" * 250: "200 are allowed",
    },
    "tokens.css": {"@layer base { :root { --a: 1 } }": "belong in no layer"},
    "base.css": {"@layer pages, base;": "The order of the layers"},
}


CASES = [(name, text, message) for name, cases in BROKEN.items() for text, message in cases.items()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of stylesheets in which nothing is wrong; the check looks there."""
    (tmp_path / "components").mkdir()
    (tmp_path / "base.css").write_text("@layer base, components, pages;")
    (tmp_path / "components" / "b.css").write_text("@layer components { .b { color: red } }")
    monkeypatch.setattr(css, "CSS", tmp_path)
    monkeypatch.setattr(css, "words_in_use", lambda: iter(["a", "b"]))
    return tmp_path


def test_the_check_accepts_what_is_in_order(folder: Path) -> None:
    assert css.main() == 0


@pytest.mark.parametrize(("name", "text", "message"), CASES)
def test_the_check_reports(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, message: str
) -> None:
    (folder / name).write_text(text)
    assert css.main() == 1
    assert message in capsys.readouterr().out
