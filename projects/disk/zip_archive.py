"""Files as one zip archive that is made while it is sent: no memory, and no temporary file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from projects.disk.tree import list_files, list_folders

CHUNK_BYTES = 256 * 1024
# pictures, clips and sounds are compressed already
_COMPRESSED_SUFFIXES = {".json", ".txt", ".csv", ".svg", ".wav"}


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file in a folder and in those below it, with its name in an archive that holds this folder."""
    for path in list_files(folder):
        yield f"{folder.name}/{path.name}", path
    for inner in list_folders(folder):
        yield from ((f"{folder.name}/{name}", path) for name, path in files_below(inner))


def zip_parts(files: Iterable[tuple[str, Path | bytes]]) -> Iterator[bytes]:
    """Yield the bytes of a zip archive with these files, by their names in it: a path, or the bytes themselves.

    A file that is gone is left out.
    """
    out = _Buffer()
    with ZipFile(out, "w") as archive:
        for name, path in files:
            if isinstance(path, bytes):
                archive.writestr(name, path, ZIP_DEFLATED)
                yield out.take()
                continue
            try:
                info = ZipInfo.from_file(path, name, strict_timestamps=False)
                file = path.open("rb")
            except FileNotFoundError:
                continue
            info.compress_type = ZIP_DEFLATED if path.suffix.lower() in _COMPRESSED_SUFFIXES else ZIP_STORED
            with file, archive.open(info, "w") as entry:
                while chunk := file.read(CHUNK_BYTES):
                    entry.write(chunk)
                    yield out.take()
            yield out.take()
    yield out.take()


class _Buffer(io.RawIOBase):
    """What the archive has written and nobody has taken yet. It cannot be rewound, so sizes follow their files."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        """Return True, as every stream that can be written to."""
        return True

    def write(self, data: Any, /) -> int:
        """Keep the bytes until they are taken."""
        self._written += data
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last call."""
        taken = bytes(self._written)
        self._written.clear()
        return taken
