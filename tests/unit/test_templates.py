"""What the templates are made of: our tags, and the loader that drops their indentation."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template import Context, Engine, Template
from django.template.loader import get_template

from projects.web.templates import Loader


def render(source: str, **context: object) -> str:
    return Template("{% load studio %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("3 of 4\n  , 1 failed\n  .", "3 of 4, 1 failed."),
        ("2 credits\n  {% if late %}\n  ; late\n  {% endif %}\n  : no sample", "2 credits; late: no sample"),
        ("<a>one</a>\n  ,\n  <a>two</a>\n  .", "<a>one</a>,\n  <a>two</a>."),
        ('4\n  <span class="muted">, reused</span>', '4<span class="muted">, reused</span>'),
        ("<b>\n  2nd\n</b>\n  ; late", "<b>\n  2nd</b>; late"),
        ("now\n  <b>at</b> 5 s", "now\n  <b>at</b> 5 s"),
        ("{{ name }}\n  .", "A &lt;b&gt; , c."),
    ],
)
def test_a_sentence_has_no_break_before_punctuation(source: str, shown: str) -> None:
    page = render("{% sentence %}" + source + "{% endsentence %}", late=True, name="A <b> , c")
    assert page == shown


def test_only_a_control_with_a_problem_is_invalid() -> None:
    field = '<input {% invalid problem "id_name-error" focus=True %}>'
    assert render(field, problem=[]) == "<input >"
    assert render(field, problem=["Too long."]) == (
        '<input aria-invalid="true" aria-describedby="id_name-error" autofocus>'
    )
    field = "<input {% invalid problem error_id %}>"
    assert render(field, problem="No.", error_id='a"b') == '<input aria-invalid="true" aria-describedby="a&quot;b">'


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
