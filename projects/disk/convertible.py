"""Pictures in formats that neither Runway nor every browser takes: they are converted when they are uploaded.

The picture that came is kept in `images/originals/`, see `projects/disk/layout.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_BYTES = 256 * 2**20
"""Of such a file. Scans are large, and what is made of one is smaller."""
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
# sizes of the header behind the 14 bytes with which a bitmap begins
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)


@dataclass(frozen=True)
class Convertible:
    """A format of pictures that is converted. Its `reader` is Pillow's or pillow-heif's, and no other one is tried."""

    name: str
    suffix: str
    reader: str
    is_lossless: bool = False
    """Whether it is drawn or scanned rather than photographed: it becomes a PNG where that is small enough."""


HEIC = Convertible("HEIC", ".heic", "HEIF")
AVIF = Convertible("AVIF", ".avif", "AVIF")
TIFF = Convertible("TIFF", ".tif", "TIFF", is_lossless=True)
BMP = Convertible("BMP", ".bmp", "BMP", is_lossless=True)
GIF = Convertible("GIF", ".gif", "GIF", is_lossless=True)
SUFFIXES = frozenset({".heic", ".heif", ".hif", ".avif", ".tif", ".tiff", ".bmp", ".dib", ".gif"})
"""The endings under which such files are found, in lower case."""


def convertible(head: bytes) -> Convertible | None:
    """Return the format that a file's first bytes claim, None for one that is not converted."""
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return TIFF
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS:
        return BMP
    return _iso_picture(head)


def _iso_picture(head: bytes) -> Convertible | None:
    """Read the brands in the box `ftyp`: the first is the file's own, and others that it fits follow."""
    size = int.from_bytes(head[:4], "big")
    if head[4:8] != b"ftyp" or not 16 <= size <= 4096:
        return None
    own, others = head[8:12], {head[at : at + 4] for at in range(16, size, 4)}
    if own in _AVIF_BRANDS or (own in _HEIF_BRANDS and others & _AVIF_BRANDS):
        return AVIF
    return HEIC if own in _HEIF_BRANDS else None
