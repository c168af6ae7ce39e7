"""Files as responses: in ranges, streamed, and without the rights of a page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from projects.problems import Problem
from projects.web.envelope import failure_response

CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.ASCII)
_HEADERS = {
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    # no script ever; a picture or a video that is opened in a tab of its own is still shown
    "Content-Security-Policy": "sandbox allow-same-origin; default-src 'none'; img-src 'self'; media-src 'self'; "
    "style-src 'unsafe-inline'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # the bytes of an asset never change under its address; private, since not everybody may see it
    "Cache-Control": "private, max-age=3600, immutable",
}


@dataclass(frozen=True)
class ServedFile:
    """A file on disk and what its response says about it."""

    path: Path
    name: str
    """The name that the browser suggests for saving it."""
    mime_type: str
    sha256: str


@dataclass(frozen=True)
class ByteRange:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes; zero or less for a range beyond the end of the file."""
        return self.last - self.first + 1


async def serve_file(request: HttpRequest, file: ServedFile) -> HttpResponse | StreamingHttpResponse:
    """Answer GET and HEAD: 200, 206 for one range, 304, or 416. Raise Problem 404 when the file is not on disk."""
    try:
        size = (await asyncio.to_thread(file.path.stat)).st_size
    except FileNotFoundError:
        raise Problem(
            _("The file {name} is missing on disk.").format(name=file.name), code="file_missing", status=404
        ) from None
    etag = f'"{file.sha256}"'
    headers = _HEADERS | {"ETag": etag, "Content-Disposition": _disposition(request, file)}
    # the header may list several, and has the quotes that the tag has
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    if location := _accel_location(file.path):
        # the proxy sends the file, and answers ranges by itself
        return HttpResponse(headers=headers | {"X-Accel-Redirect": location}, content_type=file.mime_type)
    requested = _requested_range(request, size, etag)
    if requested is not None and requested.length <= 0:
        problem = Problem(
            _("The file has {size} bytes. Ask for a range within it.").format(size=size), code="bad_range", status=416
        )
        return failure_response(problem, {"Content-Range": f"bytes */{size}"})
    if requested is not None:
        headers["Content-Range"] = f"bytes {requested.first}-{requested.last}/{size}"
    sent = requested or ByteRange(0, size - 1)
    headers["Content-Length"] = str(sent.length)
    status = 206 if requested else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=file.mime_type)
    return StreamingHttpResponse(_read(file.path, sent), status=status, headers=headers, content_type=file.mime_type)


def _disposition(request: HttpRequest, file: ServedFile) -> str:
    return content_disposition_header("download" in request.GET, file.name) or "inline"


def _accel_location(path: Path) -> str:
    """Return where nginx finds a file of PROJECTS_ROOT, by ACCEL_REDIRECT; empty without that, or for another file."""
    prefix = str(settings.ACCEL_REDIRECT)
    if not prefix or not path.is_relative_to(settings.PROJECTS_ROOT):
        return ""
    return prefix + quote(str(path.relative_to(settings.PROJECTS_ROOT)))


def _requested_range(request: HttpRequest, size: int, etag: str) -> ByteRange | None:
    """Return the range of the header `Range`.

    None means the whole file: without the header, for several ranges, for one that is malformed, or where `If-Range`
    names another version of the file.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = (int(text) if text else None for text in match.groups())
    if first is None:
        # `-500` is the last 500 bytes
        return None if last is None else ByteRange(max(0, size - last), size - 1)
    if last is not None and last < first:
        return None
    return ByteRange(first, size - 1 if last is None else min(last, size - 1))


async def _read(path: Path, part: ByteRange) -> AsyncIterator[bytes]:
    """Yield the bytes in chunks, each read in a thread, so that neither memory nor the event loop is held.

    The web server asks for the next chunk when the network has accepted the last; see `config/studio/web.py`.
    """
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, part.first)
        left = part.length
        while left > 0:
            chunk = await asyncio.to_thread(file.read, min(CHUNK_BYTES, left))
            if not chunk:
                # the promised length cannot be kept, and an aborted response is better than one that looks whole
                raise EOFError(f"{path.name} became shorter while it was sent")
            left -= len(chunk)
            yield chunk
    finally:
        await asyncio.to_thread(file.close)
