"""Which way up a picture is shown, by its EXIF data. Data that cannot be read turns nothing, as in browsers."""

from __future__ import annotations

import struct

HEAD_BYTES = 65_536
"""How much of the EXIF data is read; the orientation is in its first directory."""
_ORIENTATION = 0x0112
_PREFIX = b"Exif\0\0"
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def orientation_of(exif: bytes) -> int:
    """Return the EXIF orientation, 1 to 8; 1 (upright) where there is none or the data is broken."""
    data = exif.removeprefix(_PREFIX)
    order = _BYTE_ORDERS.get(data[:4])
    if order is None:
        return 1
    try:
        return _find_orientation(data, order)
    except struct.error:
        return 1


def _find_orientation(data: bytes, order: str) -> int:
    (directory,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, directory)
    for number in range(count):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", data, directory + 2 + 12 * number)
        if tag == _ORIENTATION:
            return int(value) if 1 <= value <= 8 else 1
    return 1
