"""The studio's web server with an application that only takes and gives bytes: `python -m … FD`."""

import resource
from typing import Any

from config.asgi import BODY_FILE
from config.studio import web

GIVEN = 64 * 1024 * 1024
PIECE = bytes(64 * 1024)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """POST: how many bytes came, and the most memory ever used, in bytes. GET: many bytes."""
    taken = 0
    while chunk := scope[BODY_FILE].read(len(PIECE)):
        taken += len(chunk)
    assert dict(scope["headers"]).get(b"content-length", b"0") == str(taken).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(GIVEN // len(PIECE) if scope["method"] == "GET" else 0):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    await send({"type": "http.response.body", "body": f"{taken} {peak}".encode()})


if __name__ == "__main__":
    web.main(application)
