"""The format of a media file by its first bytes. Neither its name nor a header of the upload is believed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from projects.disk.mpeg_frames import first_frames, frame_kind

Kind = Literal["image", "audio", "video"]
HEAD_BYTES = 262_144
"""How many bytes `sniff` needs: MP3 may begin with that much silence or with the rest of a frame, as in ffmpeg."""
_BRAND_BYTES = 4096
# of ID3 tags, one behind the other
_MAX_TAGS = 16


@dataclass(frozen=True)
class Format:
    """A format that is accepted."""

    kind: Kind
    mime_type: str
    suffix: str
    reader: str
    """The name of Pillow's or ffmpeg's reader. No other reader ever opens the file."""


JPEG = Format("image", "image/jpeg", ".jpg", "JPEG")
PNG = Format("image", "image/png", ".png", "PNG")
WEBP = Format("image", "image/webp", ".webp", "WEBP")
MP3 = Format("audio", "audio/mpeg", ".mp3", "mp3")
WAV = Format("audio", "audio/wav", ".wav", "wav")
FLAC = Format("audio", "audio/flac", ".flac", "flac")
M4A = Format("audio", "audio/mp4", ".m4a", "mov")
AAC = Format("audio", "audio/aac", ".aac", "aac")
OGG = Format("audio", "audio/ogg", ".ogg", "ogg")
MP4 = Format("video", "video/mp4", ".mp4", "mov")
MOV = Format("video", "video/quicktime", ".mov", "mov")
WEBM = Format("video", "video/webm", ".webm", "matroska")
MKV = Format("video", "video/x-matroska", ".mkv", "matroska")

WAVE_IDS = (b"RIFF", b"RIFX", b"RF64", b"BW64")
"""The first bytes of WAV: as it was, big-endian, and with sizes of 64 bits (EBU Tech 3306, ITU-R BS.2088)."""

# the boxes with which an old QuickTime file, without `ftyp`, may begin
_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
# still pictures and phone clips in the same container, which are none of our formats
_OTHER_BRANDS = (
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevc",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
    b"crx ",
    b"3gp",
    b"3g2",
)


def sniff_file(path: Path) -> Format | None:
    """Return the format that a file's first bytes claim, None for one that is not accepted. Raise OSError."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        position = 0
        for _ in range(_MAX_TAGS):
            if not (length := id3_length(head)):
                break
            position += length
            file.seek(position)
            head = file.read(HEAD_BYTES)
    format = sniff(head)
    # players read ID3 before FLAC and AAC too; before anything that is no sound it is MP3's
    return MP3 if position and (format is None or format.kind != "audio") else format


def id3_length(head: bytes) -> int:
    """Return how many bytes the ID3 tag has with which a file begins, 0 for none: https://id3.org/id3v2.4.0-structure."""
    if not head.startswith(b"ID3") or len(head) < 10 or max(head[6:10]) > 127:
        return 0
    # four times seven bits; a flag announces a footer
    size = sum(byte << 7 * place for place, byte in enumerate(reversed(head[6:10])))
    return 10 + size + (10 if head[5] & 0x10 else 0)


def sniff(head: bytes) -> Format | None:
    """Return the format that the first `HEAD_BYTES` bytes claim, None for one that is not accepted."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] in WAVE_IDS:
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head.startswith(b"fLaC"):
        return FLAC
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _matroska(head[:_BRAND_BYTES])
    return _iso_media(head) or _mpeg_audio(head)


def _matroska(head: bytes) -> Format | None:
    """Read the element DocType, 42 82, of the EBML header."""
    _, doc_type, rest = head.partition(b"\x42\x82")
    if not doc_type:
        return None
    return {b"webm": WEBM, b"matr": MKV}.get(rest[1:5])


def _iso_media(head: bytes) -> Format | None:
    """Read the brand in the box `ftyp` of MP4, MOV and M4A."""
    size, box, brand = int.from_bytes(head[:4], "big"), head[4:8], head[8:12]
    if box in _QUICKTIME_BOXES:
        return MOV
    if box != b"ftyp" or not 8 <= size <= 4096 or brand.startswith(_OTHER_BRANDS):
        return None
    if brand == b"qt  ":
        return MOV
    return M4A if brand in (b"M4A ", b"M4B ") else MP4


def _mpeg_audio(head: bytes) -> Format | None:
    """Read an ID3 tag, a first frame, or frames behind silence or the rest of one, as recorders write."""
    if head.startswith(b"ID3"):
        return MP3
    if format := {"mp3": MP3, "aac": AAC}.get(frame_kind(head, 0)):
        return format
    return {"mp3": MP3, "aac": AAC}.get(first_frames(head))
