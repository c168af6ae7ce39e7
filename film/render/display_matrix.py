"""Whether an MP4 or MOV file says that its pictures are turned: to decode one takes longer than to read that."""

from __future__ import annotations

import struct
from pathlib import Path

_IDENTITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
# the index of hours of film has a few megabytes
_MAX_INDEX_BYTES = 64 * 1024**2


def is_upright(path: Path) -> bool:
    """Return whether each track has the matrix that changes nothing (ISO/IEC 14496-12, `tkhd`). False if unsure."""
    index = _index(path)
    headers = index.split(b"tkhd")[1:]
    # version 1 has times of 64 bits
    matrices = [header[52:88] if header[:1] == b"\1" else header[40:76] for header in headers]
    return bool(matrices) and all(matrix == _IDENTITY for matrix in matrices)


def _index(path: Path) -> bytes:
    """Return the box `moov`, empty where there is none."""
    with path.open("rb") as file:
        while len(head := file.read(16)) >= 8:
            size, kind = struct.unpack(">I4s", head[:8])
            if size == 1 and len(head) == 16:
                size = struct.unpack(">Q", head[8:])[0]
            if size < 8:
                return b""
            if kind == b"moov":
                file.seek(-len(head), 1)
                return file.read(size) if size <= _MAX_INDEX_BYTES else b""
            file.seek(size - len(head), 1)
    return b""
