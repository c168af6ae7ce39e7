"""The words that people read: the linter finds what is not marked, and what is marked is translated."""

from __future__ import annotations

import pytest

from projects import translation
from projects.problems import Problem, conflict
from projects.text.credit_words import credit_words
from tests.lint.words import misfilled, script_sentences, sentences, tails


class Shouting:
    """A translator that writes everything in capitals, but names of values."""

    def gettext(self, message: str) -> str:
        return message.upper()

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return (singular if number == 1 else plural).replace("credit", "CREDIT")


@pytest.fixture
def shouting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Translate with a language that nobody speaks."""
    monkeypatch.setattr(translation, "_translators", [*translation._translators])
    translation.translate_with(Shouting())


@pytest.mark.parametrize(
    "code",
    [
        'def f():\n    return "The cut is empty."',
        'def f(name):\n    return f"{name} is back."',
        'LABELS = {"a": "Not rated"}',
        'def f():\n    raise conflict("it is closed", "closed")',
        'def f(request):\n    messages.success(request, "Saved.")',
    ],
)
def test_an_unmarked_sentence_is_found(code: str) -> None:
    assert sentences(code)


def test_the_rest_of_a_sentence_is_found() -> None:
    source = """<p>{% translate "Sent" %} {% blocktranslate trimmed with at=x|date:"H" %}
      at {{ at }} UTC
    {% endblocktranslate %}{% translate 'in progress' %}{% translate ", but late" %}"""
    assert tails(source) == [(1, "at {{ at }} UTC"), (3, ", but late")]


@pytest.mark.parametrize(
    "code",
    [
        '"""The module."""',
        'def f():\n    """Return it."""\n    return _("The cut is empty.")',
        'def f(name):\n    return _("{name} is back.").format(name=name)',
        'def f(count):\n    return ngettext("One clip.", "{count} clips.", count).format(count=count)',
        'logger.info("Something has happened")',
        'x = get("/", summary="All projects")',
        'def f(job):\n    return job.kind == "Not this"',
        'def f():\n    raise conflict(_("It is closed."), "closed")',
    ],
)
def test_what_is_marked_and_what_nobody_reads_is_not_found(code: str) -> None:
    assert sentences(code) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('_("{name} is back.").format(name=1)', 0),
        ('_("{name} is back.").format(title=1)', 1),
        ('ngettext("{count} clip", "{count} clips", n).format(count=n)', 0),
        ('ngettext("one clip", "{count} clips", n).format(number=n)', 1),
    ],
)
def test_a_sentence_gets_the_names_that_are_in_it(code: str, found: int) -> None:
    assert len(misfilled(code)) == found


def test_sentences_of_scripts_are_found() -> None:
    source = """
// A comment is none.
toast("The cut is saved.");
toast(`Take ${take} is gone.`);
toast(gettext("The cut is saved."));
ngettext(
  "{count} Take is",
  "Many takes are",
  count,
);
addShortcut({ label: "Ctrl Z" });
"""
    assert script_sentences(source) == [(3, "The cut is saved."), (4, "Take ${take} is gone.")]


@pytest.mark.usefixtures("shouting")
def test_rooms_without_django_are_translated() -> None:
    assert credit_words(1) == "1 CREDIT"
    assert credit_words(2) == "2 CREDITs"


@pytest.mark.usefixtures("shouting")
def test_a_problem_is_translated_where_it_is_shown() -> None:
    gone = conflict(translation.gettext_noop("It is gone."))
    assert gone.message == "IT IS GONE."
    assert gone.about("a.jpg").message == "A.JPG: IT IS GONE."
    assert isinstance(gone, Problem)


def test_without_django_all_is_english() -> None:
    assert translation.gettext("It is gone.") == "It is gone."
    assert translation.ngettext("{count} clip", "{count} clips", 2) == "{count} clips"
