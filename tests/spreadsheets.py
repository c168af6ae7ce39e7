"""Small spreadsheets for tests, written part by part, so that each fault can be put where it belongs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


@dataclass(frozen=True)
class Formula:
    """A formula and the value that was calculated: None where nobody did, with `error` a text such as `#REF!`."""

    text: str
    value: str | float | None = None
    error: str = ""


Value = str | float | bool | Formula | None
Rows = Sequence[Sequence[Value]]


def pack(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP archive of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def xlsx(rows: Rows, *, hidden: Rows | None = None, cells: str = "") -> bytes:
    """Return an Excel workbook: a hidden sheet in front if wished, the rows, another sheet; `cells` is XML of a row."""
    sheets = {"Hidden": hidden, "Shots": rows, "Notes": [["notes"]]}
    present = {name: content for name, content in sheets.items() if content is not None}
    parts = _workbook(list(present))
    for number, (name, content) in enumerate(present.items(), 1):
        more = cells if name == "Shots" else ""
        data = f"<sheetData>{_rows(content)}{more}</sheetData>"
        parts[f"xl/worksheets/sheet{number}.xml"] = f'<worksheet xmlns="{MAIN}">{data}</worksheet>'
    return pack(parts)


def _workbook(names: Sequence[str]) -> dict[str, str | bytes]:
    numbered = list(enumerate(names, 1))
    sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"{_state(name)}/>' for n, name in numbered)
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n, _ in numbered
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override'
        f' PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
    }


def _state(name: str) -> str:
    return ' state="hidden"' if name == "Hidden" else ""


def _rows(rows: Rows) -> str:
    return "".join(f'<row r="{number}">{_cells(number, row)}</row>' for number, row in enumerate(rows, 1))


def _cells(number: int, row: Sequence[Value]) -> str:
    return "".join(_cell(f"{chr(ord('A') + column)}{number}", value) for column, value in enumerate(row))


def _cell(place: str, value: Value) -> str:
    match value:
        case None:
            return f'<c r="{place}"/>'
        case Formula(text, _, error) if error:
            return f'<c r="{place}" t="e"><f>{escape(text)}</f><v>{error}</v></c>'
        case Formula(text, None):
            return f'<c r="{place}"><f>{escape(text)}</f><v></v></c>'
        case Formula(text, str(result)):
            return f'<c r="{place}" t="str"><f>{escape(text)}</f><v>{escape(result)}</v></c>'
        case Formula(text, result):
            return f'<c r="{place}"><f>{escape(text)}</f><v>{result}</v></c>'
        case bool():
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def ods(rows: Rows, *, content: str = "", manifest: str = "") -> bytes:
    """Return an OpenDocument spreadsheet as LibreOffice writes it: endless empty rows and columns behind the rows.

    `content` is the XML of its table, in place of the rows; `manifest` of an entry.
    """
    cells = '<table:table-cell table:number-columns-repeated="16384"/>'
    filler = f'<table:table-row table:number-rows-repeated="1048000">{cells}</table:table-row>'
    table = (
        content
        or "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows) + filler
    )
    spaces = " ".join(f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "table", "text"))
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    return pack({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{ODF}:manifest:1.0">{manifest}</m:manifest>',
        "content.xml": f"<office:document-content {spaces} {calc}><office:body><office:spreadsheet>"
        f'<table:table table:name="Shots">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>",
    })  # fmt: skip


def _ods_cell(value: Value) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case Formula(text, _, error) if error:
            kind = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
            formula = f"table:formula={quoteattr('of:=' + text)}"
            return f"<table:table-cell {formula} {kind}><text:p>{error}</text:p></table:table-cell>"
        case Formula(text, None):
            return f"<table:table-cell table:formula={quoteattr('of:=' + text)}/>"
        case Formula(_, result):
            return _ods_cell(result)
        case bool():
            kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
            return f"<table:table-cell {kind}><text:p>{str(value).upper()}</text:p></table:table-cell>"
        case str():
            lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
            return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
    kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"
