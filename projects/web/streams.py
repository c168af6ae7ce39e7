"""Long responses: sent while they are made, so that they need no memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

Part = TypeVar("Part", str, bytes)


def stream_download(
    request: HttpRequest, parts: Iterator[Part], file_name: str, content_type: str
) -> StreamingHttpResponse:
    """Send the parts as a file for download. The next part is made when the network has accepted the last one."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    # under ASGI a plain iterator would be read whole before anything is sent
    content = _one_by_one(parts) if isinstance(request, ASGIRequest) else parts
    return StreamingHttpResponse(content, content_type=content_type, headers=headers)


async def _one_by_one(parts: Iterator[Part]) -> AsyncIterator[Part]:
    def next_part() -> Part | None:
        return next(parts, None)

    while (part := await sync_to_async(next_part)()) is not None:
        yield part
