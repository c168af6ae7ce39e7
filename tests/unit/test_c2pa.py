"""Content Credentials are found in each format that may have them, and nowhere else."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from projects.disk.c2pa import has_content_credentials
from tests import media

UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
JUMBF = b"\x00\x00\x00\x40jumb\x00\x00\x00\x26jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x03c2pa\x00"


def box(kind: bytes, content: bytes, *, long: bool = False) -> bytes:
    if long:
        return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content
    return struct.pack(">I4s", 8 + len(content), kind) + content


def in_mp4(clip: bytes, added: bytes) -> bytes:
    """After `ftyp`, where signers put it."""
    length = int.from_bytes(clip[:4], "big")
    return clip[:length] + added + clip[length:]


def in_png(picture: bytes, kind: bytes) -> bytes:
    """After the header, 33 bytes."""
    chunk = kind + JUMBF
    return picture[:33] + struct.pack(">I", len(JUMBF)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + picture[33:]


def in_jpeg(picture: bytes, marker: int, content: bytes) -> bytes:
    return picture[:2] + struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content + picture[2:]


def in_riff(sound: bytes, kind: bytes) -> bytes:
    return sound[:12] + kind + struct.pack("<I", len(JUMBF)) + JUMBF + b"\0" * (len(JUMBF) % 2) + sound[12:]


CLIP, PNG, JPEG, WAV = media.clip(), media.picture(kind="PNG"), media.picture(), media.sound()
MP3 = media.sound("mp3", "mp3")
OBJECT = b"GEOB\x00\x00\x00\x40\x00\x00\x00application/x-c2pa-manifest-store\x00"
TAG = b"ID3\x04\x00\x00\x00\x00\x01\x00" + OBJECT.ljust(128, b"\0")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (CLIP, False),
        (in_mp4(CLIP, box(b"uuid", UUID + bytes(4) + b"manifest\0" + JUMBF)), True),
        (in_mp4(CLIP, box(b"uuid", UUID + JUMBF, long=True)), True),
        (CLIP + box(b"uuid", UUID + JUMBF), True),
        (in_mp4(CLIP, box(b"uuid", bytes(16) + JUMBF)), False),
        (in_mp4(CLIP, JUMBF), True),
        (in_mp4(CLIP, box(b"free", UUID + b"c2pa")), False),
        (PNG, False),
        (in_png(PNG, b"caBX"), True),
        (in_png(PNG, b"teST"), False),
        (JPEG, False),
        (in_jpeg(JPEG, 0xEB, b"JP\x00\x01\x00\x00\x00\x01" + JUMBF), True),
        (in_jpeg(JPEG, 0xEB, b"HDR"), False),
        (in_jpeg(JPEG, 0xE1, b"JP" + JUMBF), False),
        (in_jpeg(in_jpeg(JPEG, 0xEB, b"JP\x00\x01\x00\x00\x00\x01" + JUMBF), 0xE1, b"x" * 9000), True),
        (WAV, False),
        (in_riff(WAV, b"C2PA"), True),
        (MP3, False),
        (TAG + MP3, True),
        (media.clip(kind="webm", codec="libvpx"), None),
        (b"nothing that is known", None),
        (b"", None),
    ],
)  # fmt: skip
def test_presence(tmp_path: Path, data: bytes, expected: bool | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert has_content_credentials(path) is expected


@pytest.mark.parametrize("data", [CLIP, in_png(PNG, b"caBX"), in_jpeg(JPEG, 0xEB, b"JP" + JUMBF), WAV, TAG])
def test_a_file_that_was_cut_is_no_accident(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    for length in range(0, min(len(data), 400), 7):
        path.write_bytes(data[:length])
        assert has_content_credentials(path) in (True, False, None)


def test_boxes_that_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "file.mp4"
    path.write_bytes(box(b"ftyp", b"isom") + struct.pack(">I4s", 0xFFFFFFF0, b"moov"))
    assert has_content_credentials(path) is False
    path.write_bytes(box(b"ftyp", b"isom") + bytes(100))
    assert has_content_credentials(path) is False
