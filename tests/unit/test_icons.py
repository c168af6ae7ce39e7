"""The drawings of icons are those of the package lucide, read from its archive once."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from zipfile import ZipFile

import pytest
from django.conf import settings
from lucide import _render_icon

from projects.templatetags.studio import icon, icon_sources
from projects.web import icons

TEMPLATES = settings.BASE_DIR / "templates"
NAMES = sorted(
    {
        name
        for path in TEMPLATES.rglob("*.html")
        for names in re.findall(r"{% icon(?:_sources)? \"([a-z0-9 -]+)\"", path.read_text())
        for name in names.split()
    }
)


def parts(drawing: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a drawing, with their attributes."""
    return [(element.tag, dict(element.attrib)) for element in ET.fromstring(drawing).iter()]  # noqa: S314


def test_each_icon_is_drawn_as_the_package_draws_it() -> None:
    assert len(NAMES) > 40
    # the package takes 9 ms for each
    for name in NAMES[::5]:
        expected = _render_icon(name, 16, aria_hidden="true", focusable="false", stroke_width="1.75")
        assert parts(icon(name)) == parts(expected)
        source = icon_sources(name).removeprefix("<div hidden>").removesuffix("</div>")
        assert parts(source) == parts(_render_icon(name, 24, id=f"i-{name}", stroke_width="1.75"))


def test_each_name_in_a_template_is_an_icon() -> None:
    assert [name for name in NAMES if "<path" not in (drawing := icon(name)) and drawing.count("<") < 3] == []


def test_the_archive_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    icons._archive()
    icons._shapes.cache_clear()
    monkeypatch.setattr(ZipFile, "__init__", lambda *args: pytest.fail("opened again"))
    assert [icons.svg(name, "") for name in NAMES[:3]]


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"no-such-icon\.svg"):
        icon("no-such-icon")
