"""The browser's scripts, where the linter does not look: what they import exists, and each says what it is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
NAMES = [str(path.relative_to(ROOT / "static/js")) for path in SCRIPTS]
TEMPLATES = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
TAGS = "".join(path.read_text() for path in ROOT.glob("*/templatetags/*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=NAMES)
def test_imported_modules_exist(path: Path) -> None:
    imported = re.findall(r'^import (?:.* from )?"(.+)";$', path.read_text(), re.MULTILINE)
    assert [name for name in imported if not (path.parent / name).is_file()] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=NAMES)
def test_modules_and_their_exports_are_documented(path: Path) -> None:
    lines = path.read_text().splitlines()
    head = " ".join(lines[:2])
    exported = [number for number, line in enumerate(lines) if line.startswith("export ")]
    assert head.startswith("/**")
    assert " @file " in head
    assert [lines[number] for number in exported if not lines[number - 1].endswith("*/")] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=NAMES)
def test_selected_classes_and_ids_exist(path: Path) -> None:
    """A class or id that is renamed in the templates alone would leave a script without its element."""
    text = re.sub(r"\$\{.*?\}", "", path.read_text())
    selectors = re.findall(r"""["'`](?=[#.[])(?!\.{1,2}/)([^"'`\n]+)["'`]""", text)
    names = {name for selector in selectors for name in re.findall(r"[#.]([a-z][\w-]*)", selector)}
    # an id that is put together, such as an icon's, is made by a tag
    missing = {name for name in names if not (name.endswith("-") and f"#{name}{{" in TAGS)}
    assert {name for name in missing if not re.search(rf"(?<![\w-]){name}(?![\w-])", TEMPLATES)} == set()


def test_scripts_of_templates_exist_and_none_is_left_over() -> None:
    """A page loads the modules in `pages/`; its parts, in folders, and `lib/` are imported."""
    loaded = set(re.findall(r'\{% script "([a-z_]+)" %\}', TEMPLATES))
    assert loaded == {path.stem for path in (ROOT / "static/js/pages").glob("*.js")}
