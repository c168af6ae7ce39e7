"""A bundle, the zip of a project's folder, to files: names, links and sizes are checked before anything is written."""

from __future__ import annotations

import shutil
import stat
import unicodedata
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from projects.problems import Problem, disk_full
from projects.translation import gettext as _

MAX_FILES = 200_000
# JSON of many equal entries is compressed to a thirtieth; a bomb to a thousandth
MAX_RATIO = 200
_SMALL_BYTES = 4 * 1024 * 1024
_MAX_NAME_BYTES = 255
_CHUNK_BYTES = 1024 * 1024
# what stays free on the disk
_ROOM_BYTES = 64 * 1024 * 1024


def extract_bundle(file: Path | IO[bytes], folder: Path) -> Path:
    """Write the files of a bundle into `folder`, which is empty, and return the project's folder in it.

    Raise Problem 422 for a file that is no bundle, or that would write elsewhere or much more than it has; 503 where
    the disk has no room for it.
    """
    try:
        with ZipFile(file) as archive:
            entries = _checked(archive.infolist())
            _check_room(entries, folder)
            for entry in entries:
                _write(archive, entry, folder / entry.filename)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise _refused(_("This file is not a complete zip archive.")) from error
    return folder / PurePosixPath(entries[0].filename).parts[0]


def _checked(infos: list[ZipInfo]) -> list[ZipInfo]:
    """Return the entries that are files of the project. Raise Problem 422."""
    if len(infos) > MAX_FILES:
        raise _refused(_("The bundle has more than {max_files:,} files.").format(max_files=MAX_FILES))
    for info in infos:
        _check_name(info)
    files = [info for info in infos if not info.is_dir() and not _is_hidden(info.filename)]
    if not files or len({PurePosixPath(info.filename).parts[0] for info in files}) != 1:
        raise _refused(_("The bundle is not one folder of one project."))
    keys = {unicodedata.normalize("NFC", info.filename).casefold() for info in files}
    if len(keys) != len(files):
        raise _refused(_("The bundle has two files of one name."))
    for info in files:
        if info.file_size > _SMALL_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise _refused(
                _("{filename} would become {file_size:,} bytes, out of {compress_size:,}.").format(
                    filename=info.filename, file_size=info.file_size, compress_size=info.compress_size
                )
            )
    total, packed = sum(info.file_size for info in files), sum(info.compress_size for info in files)
    if total > _SMALL_BYTES * 16 and total > MAX_RATIO * packed:
        raise _refused(
            _("The bundle would become {total:,} bytes, out of {packed:,}.").format(total=total, packed=packed)
        )
    return files


def _check_name(info: ZipInfo) -> None:
    name = info.filename
    parts = name.removesuffix("/").split("/")
    is_outside = (
        name.startswith("/") or "\\" in name or ":" in parts[0] or any(part in ("", ".", "..") for part in parts)
    )
    # the unpatched name, since zipfile cuts a name at its first NUL
    if is_outside or "\0" in info.orig_filename:
        raise _refused(_("The bundle has a name that leads out of its folder: {name}.").format(name=ascii(name)[:200]))
    if any(len(part.encode(errors="replace")) > _MAX_NAME_BYTES for part in parts) or not _is_printable(name):
        raise _refused(_("The bundle has a name that no file can have here: {name}.").format(name=ascii(name)[:200]))
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused(_("{name} is a link or a device, and not a file.").format(name=name))
    if info.flag_bits & 1:
        raise _refused(_("The bundle is encrypted. Make it without a password."))


def _is_printable(name: str) -> bool:
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _check_room(entries: list[ZipInfo], folder: Path) -> None:
    if sum(entry.file_size for entry in entries) + _ROOM_BYTES > shutil.disk_usage(folder).free:
        raise disk_full()


def _write(archive: ZipFile, entry: ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, path.open("xb") as target:
        shutil.copyfileobj(source, target, _CHUNK_BYTES)


def _refused(message: str) -> Problem:
    return Problem(message, code="invalid_bundle", status=422)
