"""The file of a shot list as text: whatever spreadsheets and editors save, in the encodings that say what they are."""

from __future__ import annotations

import codecs

from django.utils.translation import gettext as _

from generation.batches.csv_lines import MAX_CHARACTERS
from generation.batches.spreadsheet import MAX_SPREADSHEET_BYTES, is_spreadsheet, spreadsheet_as_csv
from projects.net.data_uri import is_data_uri, read_base64, read_data_uri
from projects.problems import Problem, wrong_field

# UTF-32 first: its mark begins like that of UTF-16, as which Excel saves "Unicode text"
ENCODINGS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# a character has up to four bytes
MAX_TEXT_BYTES = 4 * MAX_CHARACTERS
MAX_BYTES = max(MAX_TEXT_BYTES, MAX_SPREADSHEET_BYTES)
"""No file of a shot list may be larger."""


def list_text(data: bytes) -> str:
    """Return a shot list as text, a spreadsheet as CSV.

    Raise Problem 413 for a file that is too large, 422 for one that cannot be read.
    """
    if is_spreadsheet(data):
        return spreadsheet_as_csv(data)
    if len(data) > MAX_TEXT_BYTES:
        message = _("The list may have at most {megabytes} MB.").format(megabytes=MAX_TEXT_BYTES // 10**6)
        raise Problem(message, code="too_large", status=413)
    encoding = next((name for mark, name in ENCODINGS.items() if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        message = _("The file is not UTF-8 text: save it as CSV UTF-8, or give the spreadsheet itself (.xlsx, .ods).")
        raise wrong_field("file", message) from None


def decode_base64(text: str) -> bytes:
    """Return the file in a base64 text or a data URI. Raise Problem 422 where it is neither."""
    try:
        return read_data_uri(text) if is_data_uri(text) else read_base64(text.encode())
    except ValueError:
        raise wrong_field("file", _("file must be the content of the list's file in base64.")) from None
