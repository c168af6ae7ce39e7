"""Spreadsheets as lists: the values of the first sheet, bounded memory, and one sentence for what cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generation.batches import spreadsheet
from generation.batches.list_file import list_text
from generation.batches.shotlist import read_shot_list
from projects.problems import Problem
from tests.spreadsheets import Formula, Rows, Value, ods, pack, xlsx

ROWS: list[list[Value]] = [
    ["scene", "prompt", "duration", "seed", "reuse", "ratio"],
    ["scene-1", "push in,\nthen hold", 5.0, 4294967295.0, True, None],
    [None, None],
    ["Café", Formula('A2&" pans"', "Café pans"), Formula("2+3", 5.0), 0.5, False, "1280:720"],
]


@pytest.mark.parametrize("write", [xlsx, ods])
def test_the_values_of_the_first_sheet_are_the_list(write: Callable[[Rows], bytes]) -> None:
    assert list_text(write(ROWS)) == (
        "scene,prompt,duration,seed,reuse,ratio\n"
        'scene-1,"push in,\nthen hold",5,4294967295,true\n'
        "Café,Café pans,5,0.5,false,1280:720\n"
    )


def test_a_hidden_sheet_in_front_is_not_the_list() -> None:
    assert list_text(xlsx([["scene"], ["scene-1"]], hidden=[["lookup"]])) == "scene\nscene-1\n"


def test_an_empty_sheet_is_an_empty_list() -> None:
    assert list_text(xlsx([])) == ""


@pytest.mark.parametrize("write", [xlsx, ods])
@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (Formula("A1+", error="#NAME?"), "#NAME?"),
        (Formula("B9/0", error="#DIV/0!"), "#DIV/0!"),
        (Formula("B3&A3"), "=B3&A3"),
    ],
)
def test_a_formula_without_a_value_is_no_empty_prompt(
    write: Callable[[Rows], bytes], cell: Formula, shown: str
) -> None:
    text = list_text(write([["scene", "prompt"], ["scene-1", "a"], ["scene-1", cell]]))
    with pytest.raises(Problem) as wrong:
        read_shot_list(text)
    assert [field.field for field in wrong.value.fields] == ["rows.2.promptText"]
    assert wrong.value.message == f'Row 2: column prompt has "{shown}", a formula without a value.'


@pytest.mark.parametrize("value", ["", "0"])
def test_a_formula_whose_value_is_empty_or_zero_has_one(value: str) -> None:
    assert list_text(xlsx([["scene", "prompt"], ["scene-1", Formula("A9", value)]])).startswith("scene,prompt\nscene-1")


FAR_CELL = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
REPEATED = (
    '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string"'
    ' table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>'
)
ENCRYPTED = '<m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def broken(data: bytes) -> bytes:
    """A workbook in which a few bytes of the sheet are lost."""
    place = data.index(b"sheet1.xml") + 20
    return data[:place] + bytes(20) + data[place + 20 :]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        # a dense table of it would have 512 GB
        (lambda: xlsx([["scene"]], cells=FAR_CELL), "needs too much memory or time"),
        (lambda: ods([], content=REPEATED), "has too many cells"),
        (lambda: pack({"xl/workbook.xml": bytes(101 * 2**20)}), "more than 100 MB of content"),
        (lambda: ods(ROWS, manifest=ENCRYPTED), "protected by a password"),
        (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (lambda: OLE, "Old Excel files"),
        (lambda: xlsx(ROWS)[:-30], "is damaged"),
        (lambda: broken(xlsx(ROWS)), "is damaged"),
        (lambda: pack({"word/document.xml": "<w/>"}), "is not an .xlsx or .ods spreadsheet"),
        (lambda: pack({"Index/Document.iwa": b"\0"}), "Numbers document: export it"),
        (lambda: b"PK\x03\x04", "is damaged"),
    ],
    ids=(
        "far", "repeated", "bomb", "ods-password", "xlsx-password", "xls", "cut", "broken", "docx", "numbers", "start",
    ),
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_sentence(make: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(Problem) as wrong:
        list_text(make())
    assert wrong.value.status == 422
    assert sentence in wrong.value.message
    assert wrong.value.message.count("\n") == 0


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(Problem) as wrong:
        list_text(b"PK\x03\x04" + bytes(spreadsheet.MAX_SPREADSHEET_BYTES))
    assert (wrong.value.status, wrong.value.code) == (413, "too_large")


def test_the_process_is_ended_when_it_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "COMMAND", ["sleep", "60"])
    monkeypatch.setattr(spreadsheet, "WALL_SECONDS", 0.05)
    with pytest.raises(Problem, match="too much memory or time"):
        list_text(xlsx(ROWS))
