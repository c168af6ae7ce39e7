"""Tables as CSV: nothing in them becomes a formula of the spreadsheet that opens them."""

from __future__ import annotations

import csv
import io

import pytest

from projects.web.csv import write_csv


def cell(value: object) -> str:
    [_, [text]] = csv.reader(io.StringIO(write_csv(["value"], [[value]]), newline=""))
    return text


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-cmd", "@SUM(A1)", "  =1+1", "\t=1", "\r=1", "\n=1", "\u00a0=1", "\ufeff=1", "\u200b@x", "＝1+1"],
)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "text"), [(-5, "-5"), ("a=b", "a=b"), ("  slow push", "  slow push"), ("", "")])
def test_other_values_stay(value: object, text: str) -> None:
    assert cell(value) == text
