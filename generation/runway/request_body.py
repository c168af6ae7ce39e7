"""Request bodies with a file inside, read from disk in chunks, so that memory does not grow with the file."""

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

# a multiple of three, so that the base64 of chunks joins without padding
CHUNK_BYTES = 3 * 64 * 1024


@dataclass(frozen=True)
class FileAsDataUri:
    """A file that goes into a body as `data:{mime_type};base64,…`; `size` is its length in bytes."""

    path: Path
    mime_type: str
    size: int

    @property
    def prefix(self) -> str:
        """What comes before the base64."""
        return f"data:{self.mime_type};base64,"

    def __len__(self) -> int:
        """Return the number of characters of the whole data URI."""
        return len(self.prefix) + 4 * ((self.size + 2) // 3)

    def chunks(self) -> Iterator[bytes]:
        """Yield the data URI in order."""
        yield self.prefix.encode()
        remaining = self.size
        with self.path.open("rb") as file:
            while remaining and (chunk := file.read(min(CHUNK_BYTES, remaining))):
                remaining -= len(chunk)
                yield base64.b64encode(chunk)


class JsonBody:
    """A JSON body with files at their places, such as `("promptImage", 0, "uri")`; what `fields` has there is replaced.

    It is an iterable with a length, which `requests` streams with a Content-Length.
    """

    def __init__(self, fields: Mapping[str, object], files: Mapping[FieldPath, FileAsDataUri]) -> None:
        # the encoder writes a random marker where each file will go
        paths = {f"file-{secrets.token_hex(16)}": path for path in files}
        body: Any = copy.deepcopy(dict(fields))
        for marker, path in paths.items():
            set_at_path(body, path, marker)
        # ASCII, since a lone surrogate can only go out as an escape
        text = json.dumps(body)
        texts = re.split("|".join(paths), text) if paths else [text]
        markers = re.findall("|".join(paths), text) if paths else []
        self._texts = [part.encode() for part in texts]
        self._files = [files[paths[marker]] for marker in markers]

    def __len__(self) -> int:
        """Return the number of bytes."""
        return sum(map(len, self._texts)) + sum(map(len, self._files))

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body in order."""
        yield self._texts[0]
        for file, text in zip(self._files, self._texts[1:], strict=True):
            yield from file.chunks()
            yield text


def set_at_path(body: Any, path: FieldPath, value: object) -> None:
    """Set the value at a path in a body. Only its last step may be missing; raise LookupError for any other."""
    for step in path[:-1]:
        body = body[step]
    body[path[-1]] = value


class MultipartBody:
    """A form whose last part is a file, streamed; the fields come first, as S3 and similar stores demand."""

    def __init__(self, fields: Mapping[str, str], path: Path, file_name: str, mime_type: str) -> None:
        # the encoder writes a random marker where the file's bytes will go
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
        """Return the number of bytes."""
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the form in order."""
        yield self._head
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
        yield self._tail
