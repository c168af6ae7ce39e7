"""Request bodies with a file inside, read from the disk piece by piece: memory does not grow with the picture."""

from __future__ import annotations

import base64
import copy
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from urllib3 import encode_multipart_formdata

from generation.runway.catalog.base_field import FieldPath

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
    """An iterable with a length, as `requests` wants it for a streamed body with Content-Length.

    `files` stand in it at their places: `("promptImage", 0, "uri")`; what was there is replaced.
    """

    def __init__(self, fields: Mapping[str, object], files: Mapping[FieldPath, FileAsDataUri]) -> None:
        # the encoder writes a marker where each file will go
        markers = {f"file-{secrets.token_hex(16)}": place for place in files}
        body: Any = copy.deepcopy(dict(fields))
        for marker, place in markers.items():
            set_at_path(body, place, marker)
        # ASCII: half a character, which no UTF-8 has, goes as an escape
        text = json.dumps(body)
        pieces = re.split("|".join(markers), text) if markers else [text]
        found = re.findall("|".join(markers), text) if markers else []
        self._texts = [piece.encode() for piece in pieces]
        self._files = [files[markers[marker]] for marker in found]

    def __len__(self) -> int:
        return sum(map(len, self._texts)) + sum(map(len, self._files))

    def __iter__(self) -> Iterator[bytes]:
        yield self._texts[0]
        for file, text in zip(self._files, self._texts[1:], strict=True):
            yield from file.pieces()
            yield text


def set_at_path(body: Any, place: FieldPath, value: object) -> None:
    """Set what stands at a place; a field of the body itself need not be there yet."""
    for step in place[:-1]:
        body = body[step]
    body[place[-1]] = value


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
