"""The studio's web server with an application that only takes and gives bytes: `python -m … FD`."""

import resource
from typing import Any

from config.asgi import BODY_FILE
from config.studio import body_limits, web, web_requests

HEADER_SECONDS = 1.0
GIVEN = 64 * 1024 * 1024
PIECE = bytes(64 * 1024)


async def body_limit(path: str, authorization: str, cookies: str) -> int:
    """The largest for whoever sends any authorization."""
    return body_limits.FILE_BYTES if authorization else body_limits.ANYBODY_BYTES


async def application(scope: Any, receive: Any, send: Any) -> None:
    """POST: how many bytes came, and the most memory ever used, in bytes. GET: many bytes."""
    if scope["type"] == "websocket":
        await echo(receive, send)
        return
    taken = 0
    while chunk := scope[BODY_FILE].read(len(PIECE)):
        taken += len(chunk)
    assert dict(scope["headers"]).get(b"content-length", b"0") == str(taken).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(GIVEN // len(PIECE) if scope["method"] == "GET" else 0):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    await send({"type": "http.response.body", "body": f"{taken} {peak}".encode()})


async def echo(receive: Any, send: Any) -> None:
    """Send each frame back a hundred times; after `sleep` only as it wakes up."""
    await receive()
    await send({"type": "websocket.accept"})
    while (frame := await receive())["type"] == "websocket.receive":
        for _ in range(100):
            await send({"type": "websocket.send", "text": frame["text"]})


if __name__ == "__main__":
    body_limits.body_limit = body_limit
    web_requests.HEADER_SECONDS = HEADER_SECONDS
    web.main(application)
