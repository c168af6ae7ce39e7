"""The key and the version header, which every call to `/v1/` needs."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from generation.simulator.api_errors import ApiError

VERSION = "2024-11-06"


class AuthenticationMiddleware:
    """Refuses calls without a key (401), or without the version header or with another version (400)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the call with an error, or pass it on."""
        error = _header_error(Headers(scope=scope)) if scope["path"].startswith("/v1/") else None
        await (error.response() if error else self._app)(scope, receive, send)


def _header_error(headers: Headers) -> ApiError | None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        return ApiError(401, "No API key was provided. Send it in the Authorization header: Bearer key_…")
    if not key.startswith("key_"):
        return ApiError(401, "The API key is not valid.")
    version = headers.get("x-runway-version")
    if version is None:
        return ApiError(400, "The X-Runway-Version header was not provided in the request")
    if version != VERSION:
        return ApiError(400, f"The X-Runway-Version header must be {VERSION}.")
    return None
