"""How templates are loaded: without their indentation."""

from __future__ import annotations

from pathlib import Path

from django.template import Context, Engine
from django.template.loader import get_template

from projects.web.templates import Loader


def test_templates_are_loaded_without_their_indentation(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<ul>\n  {% for name in names %}\n    <li>{{ name }}</li>\n  {% endfor %}\n</ul>\n"
    )
    template = Loader(Engine(dirs=[str(tmp_path)])).get_template("page.html")
    assert template.render(Context({"names": ["a\n  b"]})) == "<ul>\n\n<li>a\n  b</li>\n\n</ul>\n"


def test_pages_use_that_loader() -> None:
    source = get_template("base.html").template.source  # type: ignore[attr-defined]
    assert "\n<header" in source
    assert "\n " not in source
