"""Before any call to `/v1/`: the key and the version header."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from generation.simulator.refusals import Refused

VERSION = "2024-11-06"


class Gate:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = _refused(Headers(scope=scope)) if scope["path"].startswith("/v1/") else None
        await (refused.response() if refused else self._app)(scope, receive, send)


def _refused(headers: Headers) -> Refused | None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        return Refused(401, "No API key was provided. Send it in the Authorization header: Bearer key_…")
    if not key.startswith("key_"):
        return Refused(401, "The API key is not valid.")
    version = headers.get("x-runway-version")
    if version is None:
        return Refused(400, "The X-Runway-Version header was not provided in the request")
    if version != VERSION:
        return Refused(400, f"The X-Runway-Version header must be {VERSION}.")
    return None
