"""Reads a spreadsheet in a process of its own, which may run out of time or memory without harm to this one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from generation.batches.spreadsheet_process import DONE, REFUSED
from projects.problems import Problem, wrong_field

MAX_SPREADSHEET_BYTES = 10 * 1024 * 1024
WALL_SECONDS = 30
# of a ZIP archive, as .xlsx and .ods are, and of the older Excel files and those with a password
MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
REPOSITORY_ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "generation.batches.spreadsheet_process"]


def is_spreadsheet(data: bytes) -> bool:
    """Return whether a file is a spreadsheet, or at least no text."""
    return data.startswith(MAGIC)


def spreadsheet_as_csv(data: bytes) -> str:
    """Return the first visible sheet of an .xlsx or .ods file as CSV, with the values of its formulas.

    Raise Problem 413 for a file that is too large, 422 for one that cannot be read.
    """
    if len(data) > MAX_SPREADSHEET_BYTES:
        message = _("The spreadsheet may have at most {megabytes} MB: save the list alone.").format(
            megabytes=MAX_SPREADSHEET_BYTES // 2**20
        )
        raise Problem(message, code="too_large", status=413)
    try:
        done = subprocess.run(
            COMMAND, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=REPOSITORY_ROOT,
            timeout=WALL_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _too_much() from None
    if done.returncode == DONE:
        return done.stdout.decode()
    if done.returncode == REFUSED:
        raise wrong_field("file", done.stdout.decode())
    raise _too_much()


def _too_much() -> Problem:
    return wrong_field("file", _("The spreadsheet needs too much memory or time to read: save the list alone, as CSV."))
