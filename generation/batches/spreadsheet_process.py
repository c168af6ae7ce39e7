"""The reading process: `python -m generation.batches.spreadsheet_process` reads a spreadsheet and prints it as CSV.

The file comes on stdin. The exit code says whether stdout is the list or a sentence about what is wrong with the file;
`spreadsheet.py` is the other side. The process limits its own memory and CPU time before it opens the file: a sheet of
a few hundred bytes may ask for terabytes, and then python-calamine ends the whole process. There is no Django, so that
it starts quickly.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import resource
import sys
import zipfile
import zlib
from collections import defaultdict
from xml.etree.ElementTree import ParseError

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from generation.batches.uncalculated_cells import find_in_ods, find_in_xlsx
from projects.translation import gettext as _
from projects.translation import gettext_noop

# exit codes; any other means that the process was ended by its limits
DONE, REFUSED = 0, 3
MAX_MEMORY_BYTES = 768 * 1024 * 1024
MAX_CPU_SECONDS = 10
# of all files in the archive, a hundred times what a list of a thousand rows needs
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
# of the container of old Excel files and of Excel files with a password, and the name of the part that these have
OLE_MAGIC, ENCRYPTED_STREAM = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
# of an OpenDocument file, where it says which of its parts are encrypted
MANIFEST = "META-INF/manifest.xml"
PROTECTED = gettext_noop("The spreadsheet is protected by a password: save a copy without one.")
UNREADABLE = gettext_noop(
    "The file cannot be read: it is damaged, has too many cells, or is not an .xlsx or .ods spreadsheet."
)
# a time as OpenDocument stores it, which python-calamine returns as it is
ODS_TIME = re.compile(r"PT([0-9]+)H([0-9]{2})M([0-9]{2})(?:[.,][0-9]+)?S")
Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


class Refused(Exception):
    """The file cannot be read; the sentence says why."""


def main() -> None:
    """Read the spreadsheet on stdin, print the list or the sentence, and exit."""
    _limit(resource.RLIMIT_AS, MAX_MEMORY_BYTES)
    _limit(resource.RLIMIT_CPU, MAX_CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    try:
        text, exit_code = read_as_csv(sys.stdin.buffer.read()), DONE
    except Refused as refusal:
        text, exit_code = str(refusal), REFUSED
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    sys.exit(exit_code)


def _limit(resource_id: int, value: int) -> None:
    _, hard = resource.getrlimit(resource_id)
    resource.setrlimit(resource_id, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def read_as_csv(data: bytes) -> str:
    """Return the first visible sheet of a spreadsheet as CSV, without empty lines. Raise Refused where that fails."""
    if data.startswith(OLE_MAGIC):
        raise Refused(
            PROTECTED
            if ENCRYPTED_STREAM in data
            else _("Old Excel files (.xls) can't be read. Save the list as .xlsx.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive)
            with CalamineWorkbook.from_object(io.BytesIO(data)) as workbook:
                return _to_csv(_cells(workbook, archive))
    except (CalamineError, zipfile.BadZipFile, zlib.error, ParseError, LookupError, ValueError, RuntimeError):
        raise Refused(UNREADABLE) from None


def _check_archive(archive: zipfile.ZipFile) -> None:
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise Refused(
            _("The spreadsheet has more than {megabytes} MB of content: save the list alone.").format(
                megabytes=MAX_UNPACKED_BYTES // 2**20
            )
        )
    names = archive.namelist()
    if any(name.endswith(".iwa") or name == "Index.zip" for name in names):
        raise Refused(_("This is a Numbers document: export it as Excel or CSV."))
    if "encrypted-package" in names or (MANIFEST in names and b"encryption-data" in archive.read(MANIFEST)):
        raise Refused(PROTECTED)


def _cells(workbook: CalamineWorkbook, archive: zipfile.ZipFile) -> dict[int, dict[int, str]]:
    """Return the texts of the first visible sheet by row and column; both begin at 0, and empty cells are left out."""
    name = _first_sheet(workbook)
    sheet = workbook.get_sheet_by_name(name)
    first_row, first_column = sheet.start or (0, 0)
    cells: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for row, values in enumerate(sheet.to_python(), first_row):
        for column, value in enumerate(values, first_column):
            if text := _text(value):
                cells[row][column] = text
    find = find_in_ods if "content.xml" in archive.namelist() else find_in_xlsx
    for row, column, text in find(archive, name):
        cells[row][column] = text
    return cells


def _first_sheet(workbook: CalamineWorkbook) -> str:
    for sheet in workbook.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            return sheet.name
    raise Refused(_("The spreadsheet has no visible sheet."))


def _text(value: Value) -> str:
    """Return what a person would type for a value: `5` for 5.0, `true` for TRUE."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, str) and (time := ODS_TIME.fullmatch(value)):
        return f"{int(time[1])}:{time[2]}:{time[3]}"
    return str(value)


def _to_csv(cells: dict[int, dict[int, str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    first_column = min((column for row in cells.values() for column in row), default=0)
    for _number, row in sorted(cells.items()):
        writer.writerow([row.get(column, "") for column in range(first_column, max(row) + 1)])
    return text.getvalue()


if __name__ == "__main__":
    main()
