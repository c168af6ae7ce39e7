"""Variables in prompts."""

from __future__ import annotations

from generation.forms.prompt_variables import fill, missing

VALUES = {"hero": "a woman in a red coat", "scene": "Harbour", "old man": "Joe"}


def test_variables_are_filled_without_regard_to_case() -> None:
    assert fill("{Hero} meets {old man} at {scene}", VALUES) == "a woman in a red coat meets Joe at Harbour"
    # a value with braces is no variable
    assert fill("{hero}", {"hero": "{scene}", "scene": "x"}) == "{scene}"


def test_what_is_no_variable_is_left_alone() -> None:
    for text in ('{"shot": "wide"}', "{}", "{1}", "a { b", "{ hero }", "{a.b}"):
        assert fill(text, VALUES) == text
        assert missing(text, VALUES) == []
    assert missing("{hero} {dog} {cat} {dog}", VALUES) == ["dog", "cat"]
