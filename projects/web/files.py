"""Files to the browser: in ranges, streamed, and never as a page of ours."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from projects.problems import Problem
from projects.web.envelope import failure

CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.ASCII)
_HEADERS = {
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    # no script ever; opened in a tab of its own, a picture is still seen and a film still plays
    "Content-Security-Policy": "sandbox allow-same-origin; default-src 'none'; img-src 'self'; media-src 'self'; "
    "style-src 'unsafe-inline'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # the address names an asset, whose bytes never change; only who may see it does
    "Cache-Control": "private, max-age=3600, immutable",
}


@dataclass(frozen=True)
class File:
    path: Path
    name: str
    """For whoever saves it."""
    mime_type: str
    sha256: str


@dataclass(frozen=True)
class Part:
    """Bytes `first` to `last`, both among it."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


async def serve(request: HttpRequest, file: File) -> HttpResponse | StreamingHttpResponse:
    """200, 206 for one range, 304, or 416; HEAD too. Problem 404 when the file is gone from the disk."""
    try:
        size = (await asyncio.to_thread(file.path.stat)).st_size
    except FileNotFoundError:
        raise Problem(f"The file {file.name} is missing on disk.", code="file_missing", status=404) from None
    etag = f'"{file.sha256}"'
    headers = _HEADERS | {"ETag": etag, "Content-Disposition": _disposition(request, file)}
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    part = _asked_part(request, size, etag)
    if part is not None and part.length <= 0:
        problem = Problem(f"The file has {size} bytes: ask for a range within.", code="bad_range", status=416)
        return failure(problem, {"Content-Range": f"bytes */{size}"})
    if part is not None:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    whole = part or Part(0, size - 1)
    headers["Content-Length"] = str(whole.length)
    status = 206 if part else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=file.mime_type)
    return StreamingHttpResponse(_read(file.path, whole), status=status, headers=headers, content_type=file.mime_type)


def _disposition(request: HttpRequest, file: File) -> str:
    return content_disposition_header("download" in request.GET, file.name) or "inline"


def _asked_part(request: HttpRequest, size: int, etag: str) -> Part | None:
    """None for the whole file: no range, several, one that is none, or one of a file that has changed."""
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = (int(text) if text else None for text in found.groups())
    if first is None:
        return None if last is None else Part(max(0, size - last), size - 1)
    if last is not None and last < first:
        return None
    return Part(first, size - 1 if last is None else min(last, size - 1))


async def _read(path: Path, part: Part) -> AsyncIterator[bytes]:
    """In pieces, each read in a thread: the file never stands in memory, nor the loop still.

    The next piece is read when the server wants it; `config.web` asks no sooner than the network has taken the last.
    """
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, part.first)
        left = part.length
        while left > 0:
            chunk = await asyncio.to_thread(file.read, min(CHUNK, left))
            if not chunk:
                raise EOFError(f"{path.name} became shorter while it was sent")
            left -= len(chunk)
            yield chunk
    finally:
        await asyncio.to_thread(file.close)
