"""Request bodies with a file inside, read from the disk piece by piece: memory does not grow with the picture."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from urllib3 import encode_multipart_formdata

# a multiple of three, so that the pieces' base64 joins without padding
PIECE_BYTES = 3 * 64 * 1024


@dataclass(frozen=True)
class FileAsDataUri:
    """A file that stands in a body as `data:{mime_type};base64,…`."""

    path: Path
    mime_type: str
    size: int

    @property
    def prefix(self) -> str:
        return f"data:{self.mime_type};base64,"

    def __len__(self) -> int:
        """Characters of the whole data URI."""
        return len(self.prefix) + 4 * ((self.size + 2) // 3)

    def pieces(self) -> Iterator[bytes]:
        yield self.prefix.encode()
        left = self.size
        with self.path.open("rb") as file:
            while left and (piece := file.read(min(PIECE_BYTES, left))):
                left -= len(piece)
                yield base64.b64encode(piece)


class JsonBody:
    """An iterable with a length, as `requests` wants it for a streamed body with Content-Length."""

    def __init__(self, fields: Mapping[str, object], files: Mapping[str, FileAsDataUri]) -> None:
        self._head = json.dumps(dict(fields), ensure_ascii=False).encode()
        self._files = files

    def __len__(self) -> int:
        return len(self._head) + sum(len(self._opening(name)) + len(file) + 1 for name, file in self._files.items())

    def __iter__(self) -> Iterator[bytes]:
        yield self._head[:-1]
        for name, file in self._files.items():
            yield self._opening(name)
            yield from file.pieces()
            yield b'"'
        yield b"}"

    @staticmethod
    def _opening(name: str) -> bytes:
        return f', "{name}": "'.encode()


class MultipartBody:
    """A form whose last part is a file, streamed; the fields come first, as S3-like stores want it."""

    def __init__(self, fields: Mapping[str, str], path: Path, file_name: str, mime_type: str) -> None:
        # the encoder writes a marker where the file's bytes will go
        marker = f"--file-{secrets.token_hex(16)}--".encode()
        parts: list[tuple[str, str | tuple[str, bytes, str]]] = [
            *fields.items(),
            ("file", (file_name, marker, mime_type)),
        ]
        encoded, self.content_type = encode_multipart_formdata(parts)
        self._head, self._tail = encoded.split(marker)
        self._path = path
        self._size = path.stat().st_size

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        with self._path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
        yield self._tail
