"""The file `.env`: names and values with the line of each. What cannot be read stops the start with one line."""

from __future__ import annotations

import codecs
import io
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured
from dotenv.parser import Binding, parse_stream

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Entry(NamedTuple):
    """A value, the number of its line, from 1, and whether a comment follows a value without quotes."""

    name: str
    value: str
    line: int
    has_comment: bool = False


def read_env_file(path: Path) -> list[Entry]:
    """Return the entries of a file in their order, nothing where there is none.

    Quotes, `export`, comments, spaces and a byte order mark are read as python-dotenv reads them; a `$` means nothing.
    Raise ImproperlyConfigured for a file that cannot be read, or a line without `=`.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read: {error.strerror}.") from None
    bindings = parse_stream(io.StringIO(_decode(content, path)))
    # comments and empty lines have no name
    return [_entry(binding, path) for binding in bindings if binding.key is not None or binding.error]


def _decode(content: bytes, path: Path) -> str:
    if content.startswith(_UTF_16) or b"\0" in content:
        raise ImproperlyConfigured(f"{path} is not in UTF-8 but most likely in UTF-16. Save it as UTF-8.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ImproperlyConfigured(f"{path}, line {line}, is not in UTF-8. Save the file as UTF-8.") from None


def _entry(binding: Binding, path: Path) -> Entry:
    text = binding.original.string
    # empty lines in front of an entry belong to it
    line = binding.original.line + text[: len(text) - len(text.lstrip())].replace("\r\n", "\n").count("\n")
    if binding.error or binding.key is None or binding.value is None:
        raise ImproperlyConfigured(f"{path}, line {line}, cannot be read. Write NAME=value, and close each quote.")
    written = text.partition("=")[2].strip()
    return Entry(binding.key, binding.value, line, written[:1] not in ("'", '"') and written != binding.value)
