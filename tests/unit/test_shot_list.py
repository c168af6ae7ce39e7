"""Shot lists as Excel, Numbers, Google Sheets, LibreOffice, pandas and R write them, and what is wrong in one."""

from __future__ import annotations

import base64
import codecs
import csv
import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.batches.list_file import MAX_BYTES, decode_base64, list_text
from generation.batches.shotlist import read_shot_list
from generation.forms.text_values import parse_integer, parse_number, parse_text
from generation.runway import catalog
from projects.problems import Problem

PAN = {"scene": "scene-1", "promptText": "pan, left"}
TWO = [{"scene": "scene-1", "promptText": "push in", "duration": "5"}, {"scene": "scene-2", "promptText": "pan left"}]


def values(text: str) -> list[dict[str, Any]]:
    return [dict(row.values) for row in read_shot_list(text)]


@pytest.mark.parametrize(
    "text",
    [
        "scene,prompt,duration\nscene-1,push in,5\nscene-2,pan left,\n",
        "scene,prompt,duration,,,\r\nscene-1,push in,5,,,\r\nscene-2,pan left,,,,\r\n,,,,,\r\n",
        "scene,prompt,duration\r\nscene-1,push in,5,\r\nscene-2,pan left,,,\r\n",
        "scene,prompt,duration\rscene-1,push in,5\rscene-2,pan left,\r",
        "sep=;\r\nscene;prompt;duration\r\nscene-1;push in;5\r\nscene-2;pan left;\r\n",
        '\ufeff"sep=,"\nscene,prompt,duration\nscene-1,push in,5\nscene-2,pan left,\n',
        "sep=|;;;\nscene|prompt|duration\nscene-1|push in|5\nscene-2|pan left|\n",
        "SEP=\t\nscene\tprompt\tduration\nscene-1\tpush in\t5\nscene-2\tpan left\n",
        "\ufeffscene;prompt;duration;;\nscene-1;push in;5;;\nscene-2;pan left;;;\n",
        "Scene\tPrompt text\tDURATION\nscene-1\tpush in\t5\nscene-2\tpan left\t\n",
        'scene, "prompt" , duration\nscene-1, "push in" ,5\n scene-2 ,\t"pan left",\n',
        ",scene,prompt,duration\n0,scene-1,push in,5\n1,scene-2,pan left,\n",
        '"","scene","prompt","duration"\n"1","scene-1","push in","5"\n"2","scene-2","pan left",""\n',
        "Unnamed: 0,scene,prompt,duration\n0,scene-1,push in,5\n1,scene-2,pan left,\n",
        "\n\n,,\nscene_id,prompt_text,duration,notes\nscene-1,push in,5,\n\nscene-2,pan left,,\n",
        'scene,prompt,duration\nscene-1,="push in",="5"\n"scene-2","=""pan left""",\n',
        "\u200bscene,\u00a0prompt\u00a0,duration\nscene-1,\u00a0push in,5\n\ufeffscene-2,pan left,\u200b\n",
        "Table 1\nscene,prompt,duration\nscene-1,push in,5\nscene-2,pan left,\n",
        "Night ferry, all shots;;\n\nscene;prompt;duration\nscene-1;push in;5\nscene-2;pan left;\n",
    ],
    ids=(
        "plain", "excel-empty-columns", "trailing-comma", "cr", "sep", "quoted-sep", "sep-pipe", "sep-tab", "european",
        "unicode-text", "blanks", "pandas", "r", "pandas-twice", "empty-lines", "text-formula", "invisible",
        "numbers", "heading",
    ),
)  # fmt: skip
def test_a_list_is_read_as_it_is_written(text: str) -> None:
    assert values(text) == TWO


@pytest.mark.parametrize(
    "text",
    [
        'scene, prompt\nscene-1, "pan, left"\n',
        'scene;prompt\nscene-1;"pan, left"\n',
        'scene,prompt\n"scene-1" ,  "pan, left"  \n',
        'prompt,scene\n"pan, left",scene-1',
    ],
)
def test_quotes_keep_a_comma(text: str) -> None:
    assert values(text) == [PAN]


def test_what_stands_between_quotes_stays() -> None:
    text = 'scene,prompt\r\nscene-1,"first line\r\nsaid ""so, "" , twice ,""\rend"\r\nscene-1,5" lens\r\n'
    first, second = values(text)
    assert first["promptText"] == 'first line\nsaid "so, " , twice ,"\nend'
    assert second["promptText"] == '5" lens'


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF8, "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_every_encoding_that_says_what_it_is(data: bytes, encoding: str) -> None:
    text = "scene\tprompt\r\nCafé\tSchwenk über 🎬\r\n"
    assert values(list_text(data + text.encode(encoding))) == [{"scene": "Café", "promptText": "Schwenk über 🎬"}]


@pytest.mark.parametrize("data", ["scene,prompt\nCafé,a".encode("cp1252"), codecs.BOM_UTF16_LE + b"a"])
def test_an_encoding_that_nobody_knows_is_refused(data: bytes) -> None:
    with pytest.raises(Problem, match=r"not UTF-8 text: save it as CSV UTF-8, or give the spreadsheet itself"):
        list_text(data)


def test_a_list_that_is_too_large_is_refused() -> None:
    with pytest.raises(Problem) as wrong:
        list_text(b"a" * (MAX_BYTES + 1))
    assert wrong.value.status == 413


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        (
            "scene,prompt,\nscene-1,a,\nscene-1,a,zoom\n",
            "rows.2",
            'Row 2 has more cells than the 2 columns ("zoom"). Put quotes around text with commas.',
        ),
        (
            "scene,prompt\nscene-1,pan, then hold\n",
            "rows.1",
            'Row 1 has more cells than the 2 columns ("then hold"). Put quotes around text with commas.',
        ),
        (
            "scene,,prompt\nscene-1,,a\nscene-1,zoom,a\n",
            "rows.2",
            'Row 2 has "zoom" in column 2, which has no title. Name it in the first line.',
        ),
        (
            ",scene,prompt\n0,scene-1,a\n7,scene-1,b\n",
            "rows.1",
            'Row 1 has "0" in column 1, which has no title. Name it in the first line.',
        ),
        (
            "scene,flavour\nscene-1,\nscene-1,mint\n",
            "csv",
            "There is no column 'flavour' (row 2: \"mint\"). Did you mean flavor?",
        ),
        (
            "scene,promt\nscene-1,a\n",
            "csv",
            "There is no column 'promt' (row 1: \"a\"). Did you mean promptText?",
        ),
        (
            "scene,prompt\nscene-1,#NAME?\n",
            "rows.1.promptText",
            'Row 1: column prompt has "#NAME?", a formula without a value.',
        ),
        (
            "scene,image\nscene-1,=A1&B1\n",
            "rows.1.promptImage",
            'Row 1: column image has "=A1&B1", a formula without a value.',
        ),
        (
            'scene,prompt\nscene-1,a\nscene-1,"open\nscene-1,b\n',
            "csv",
            "This is not valid CSV: a quotation mark is never closed, in the row that begins on line 3.",
        ),
        (
            'scene;prompt\nscene-1;"a" b\n',
            "csv",
            "This is not valid CSV: text continues after a closing quotation mark, in the row that begins on line 2.",
        ),
        ("scene,prompt,promptText\nscene-1,a,b\n", "csv", "The column promptText appears twice."),
        (
            '[{"scene": "scene-1", "prompt": "a", "promptText": "b"}]',
            "rows.1.promptText",
            "Row 1: prompt and promptText are the same field.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, field: str, message: str) -> None:
    with pytest.raises(Problem) as wrong:
        read_shot_list(text)
    assert wrong.value.status == 422
    first = wrong.value.fields[0]
    assert (first.field, first.message) == (field, message)


def test_an_unknown_column_names_the_columns_there_are() -> None:
    with pytest.raises(Problem, match=r"no column 'xyz' .* The columns are scene, kind, model, takes, reuse, "):
        read_shot_list("scene,xyz\nscene-1,a\n")


@pytest.mark.parametrize(
    ("text", "whole", "number"),
    [
        ("5", 5, 5), ("5.0", 5, 5), ("5.", 5, 5), ("42.000000", 42, 42), ("-1.0", -1, -1), ("5,0", 5, 5),
        ("5.5", None, 5.5), ("5,5", None, 5.5), ("4.29E+09", None, 4.29e9), ("1_0", None, None), ("5,000", None, None),
        ("1.2.0", None, None), ("x", None, None), ("5 s", None, None), ("٣", None, None), ("0x10", None, None),
    ],
)  # fmt: skip
def test_numbers_as_spreadsheets_write_them(text: str, whole: int | None, number: float | None) -> None:
    assert (parse_integer(text), parse_number(text)) == (whole, number)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("duration", "5.0", 5), ("duration", "5.5", "5.5"), ("ratio", "1280:720", "1280:720"),
        # a spreadsheet takes it for a time of 1280 hours and 720 minutes
        ("ratio", "1292:00:00", "1280:720"), ("ratio", "732:00:00", "732:00:00"),
        ("promptText", "5.0", "5.0"), ("promptText", "Auto", "Auto"),
    ],
)  # fmt: skip
def test_a_cell_means_what_its_field_takes(name: str, text: str, value: object) -> None:
    (model,) = (model for model in catalog.models("image_to_video") if model.name == "gen4_turbo")
    assert parse_text(model.fields[name], text) == value


def test_a_file_in_base64_is_read_with_and_without_its_type() -> None:
    data = "scene\nCafé\n".encode()
    encoded = base64.b64encode(data).decode()
    assert decode_base64(encoded) == decode_base64(f"data:text/csv;base64,{encoded}") == data
    with pytest.raises(Problem, match="file must be the content"):
        decode_base64("no base64 at all!")


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(str.strip)
PROMPTS = TEXT.filter(
    lambda text: text.strip("\ufeff\u200b ") == text != "" and text[0] not in "=#" and text[:4] != "Err:"
)


@given(
    prompts=st.lists(PROMPTS, min_size=1), delimiter=st.sampled_from(",;\t"), end=st.sampled_from(["\n", "\r\n", "\r"])
)
def test_any_text_comes_back(prompts: list[str], delimiter: str, end: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(
        [["scene", "prompt"], *(["1", p] for p in prompts)]
    )
    assert [row["promptText"] for row in values(text.getvalue())] == prompts


@given(st.lists(st.sampled_from(["scene", "prompt", "sep=", *',;|"\t\r\n =a1[{#\ufeff\u00a0'])).map("".join))
def test_any_text_is_a_list_or_refused(text: str) -> None:
    with suppress(Problem):
        read_shot_list(text)
