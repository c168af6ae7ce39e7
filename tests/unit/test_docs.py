"""The documentation: the files, functions and links that it names exist, and no setting or directive is left out."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from config.environment import NAMES as SETTINGS
from generation import simulator
from generation.simulator.prompt_directives import DIRECTIVE

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
NAMES = [str(path.relative_to(ROOT)) for path in DOCS]
APPS = ["config", "generation", "projects"]
FOLDERS = [*APPS, "film", "templates", "static", "tests", "docs"]
# a file that the reader is told to create is written "New: `path`"
PATH = re.compile(rf"(?<!New: )`((?:{'|'.join(FOLDERS)})/[^`\s]*)`")
FUNCTION = re.compile(r"`(?:[\w.]+\.)?(\w+)\(\)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def prose(path: Path) -> str:
    """Return a document without its blocks of code."""
    return re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_files_and_links_exist(path: Path) -> None:
    files = [name for name in PATH.findall(prose(path)) if not any(ROOT.glob(name.rstrip("/")))]
    links = [name for name in LINK.findall(prose(path)) if not (path.parent / name).exists()]
    assert (files, links) == ([], [])


def test_functions_exist() -> None:
    sources = [path.read_text() for folder in FOLDERS for path in (ROOT / folder).rglob("*.[pj][ys]")]
    defined = set(re.findall(r"(?:def|class|function) (\w+)", "\n".join(sources)))
    named = {name for path in DOCS if path.name != "decisions.md" for name in FUNCTION.findall(prose(path))}
    assert named - defined == set()


def test_every_room_is_in_the_architecture() -> None:
    rooms = [f"{path.parent.name}/{path.name}" for app in APPS for path in (ROOT / app).iterdir()]
    missing = [room for room in rooms if f"`{room}" not in read("docs/architecture.md")]
    assert [room for room in missing if not room.endswith(("/__init__.py", "/__pycache__", "/migrations"))] == []


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_lines_fit(path: Path) -> None:
    assert [line for line in path.read_text().splitlines() if len(line) > 120] == []


def test_settings_are_documented() -> None:
    tables = read("docs/deploy.md") + read("docs/simulator.md")
    assert [name for name in SETTINGS if f"`{name}`" not in tables] == []


def test_settings_of_the_developer_do_not_reach_the_tests() -> None:
    assert {name for name in SETTINGS if os.environ.get(name) != ""} <= {"DATA_DIR", "DATABASE_URL", "SECRET_KEY"}


def test_directives_of_the_simulator_are_documented() -> None:
    names = re.findall(r"\w+", DIRECTIVE.pattern.partition("(")[2].partition(")")[0])
    for text in (read("docs/simulator.md"), simulator.__doc__ or ""):
        assert [name for name in names if f"[{name}:" not in text] == []
