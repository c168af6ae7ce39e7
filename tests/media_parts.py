"""Parts of media files, for tests: what phones, editors and proxies put before, beside and behind the data."""

from __future__ import annotations

import io
import random
import struct
import zlib

from PIL import Image

from tests import media

GPS_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r exif:GPSLatitude="52,30.5N" exif:GPSLongitude="13,24E"/></x:xmpmeta>'
GPS_TAG = 0x8825
ORIENTATION = 0x0112


def gps_exif(orientation: int = 1) -> bytes:
    """Return EXIF data with a position, for Pillow and for the files' own segments."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[GPS_TAG] = {1: "N", 2: (52.0, 30.0, 0.0), 3: "E", 4: (13.0, 24.0, 0.0)}
    return exif.tobytes()


def png_chunk(kind: bytes, content: bytes, checksum: int | None = None) -> bytes:
    """Return one chunk of a PNG."""
    right = zlib.crc32(kind + content) if checksum is None else checksum
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", right)


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Return a PNG with more chunks behind its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def packed_text(kind: bytes, size: int) -> bytes:
    """Return a chunk zTXt, iTXt or iCCP of `size` bytes, packed."""
    head = {b"zTXt": b"prompt\0\0", b"iTXt": b"workflow\0\1\0\0\0", b"iCCP": b"display\0\0"}[kind]
    packer = zlib.compressobj(1)
    blocks = [packer.compress(bytes(2**20)) for _ in range(size // 2**20)]
    return png_chunk(kind, head + b"".join(blocks) + packer.compress(bytes(size % 2**20)) + packer.flush())


def jpeg_segment(marker: int, content: bytes) -> bytes:
    """Return one segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """Return a JPEG with more segments behind its first marker."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def phone_trailer(size: int = 3000) -> bytes:
    """Return what a phone writes in place of the end marker: a film, of which much looks like data of a picture."""
    noise = random.Random(5).randbytes(size).replace(b"\xff", b"\0")
    return b"\0\0\0\x1cftypisom" + noise + b"\xff\xff\x61\x28" + noise + b"SEFHj\0\0\0\x53\0\0\0SEFT"


def two_pictures(width: int, height: int) -> bytes:
    """Return what many phones take: a JPEG with a smaller picture behind it (MPO), with its place and the camera."""
    first, second = media.noise(width, height), media.noise(width // 2, height // 2)
    return media.encode(first, "MPO", save_all=True, append_images=[second], exif=gps_exif())


def riff_chunks(webp: bytes) -> dict[bytes, bytes]:
    """Return the chunks of a WebP or WAV by their type."""
    chunks, stream = {}, io.BytesIO(webp)
    stream.seek(12)
    while len(head := stream.read(8)) == 8:
        length = int.from_bytes(head[4:], "little")
        chunks[head[:4]] = stream.read(length + length % 2)[:length]
    return chunks


def wave_with_size(wave: bytes, stated: int, *, kind: bytes = b"RIFF") -> bytes:
    """Return a WAV that states this size of its sound, as it is or as RF64 or BW64, whose sizes have 64 bits."""
    at = wave.index(b"data")
    if kind == b"RIFF":
        return wave[: at + 4] + struct.pack("<I", stated) + wave[at + 8 :]
    sizes = b"ds64" + struct.pack("<IQQQI", 28, len(wave) + 28, stated, 0, 0)
    head = kind + b"\xff" * 4 + wave[8:12] + sizes + wave[12:at]
    return head + b"data" + b"\xff" * 4 + wave[at + 8 :]


def id3_tag(size: int = 300) -> bytes:
    """Return an ID3 tag with so many bytes behind its head."""
    return b"ID3\4\0\0" + bytes(size >> 7 * place & 127 for place in (3, 2, 1, 0)) + bytes(size)


def box(kind: bytes, content: bytes, stated: int | None = None) -> bytes:
    """Return a box of MP4; `stated` is the length in its head, where it is wrong."""
    return struct.pack(">I4s", len(content) + 8 if stated is None else stated, kind) + content


TRAILERS = {
    "text": b"<!-- served by proxy 12 -->\n",
    "end of chunks": b"\r\n0\r\n\r\n",
    "one byte": b"\n",
    "zeros": bytes(5000),
    "noise": random.Random(7).randbytes(5000),
    "picture": media.picture(),
    "ID3v1": b"TAG" + bytes(125),
    "box cut off": box(b"free", bytes(20), stated=90_000),
}
"""What others append to files, by name."""
