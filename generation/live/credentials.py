"""Who opens a socket, and by what: an API token, or a session on a page of ours."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from channels.auth import get_user
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.http.request import split_domain_port, validate_host

from projects.access import origins
from projects.access.tokens import find_token

logger = logging.getLogger("dailies.live")


@dataclass(frozen=True)
class Credentials:
    """A person and the key of the token or of the session that stands for them."""

    user: User
    token_id: int | None = None
    session_key: str | None = None


async def authenticate(scope: Any) -> Credentials | None:
    """Return the credentials of an ASGI scope with a session; None without valid ones. A token goes before a cookie."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    if not _is_allowed_host(headers):
        return None
    # a client with a token is no browser, so its origin does not matter
    if authorization := headers.get(b"authorization"):
        return await _by_token(authorization)
    return await _by_session(scope) if _is_same_origin(headers) else None


def _is_allowed_host(headers: Mapping[bytes, str]) -> bool:
    """Return whether the Host header names this studio, as Django asks of every page."""
    domain, _ = split_domain_port(headers.get(b"host", ""))
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


@database_sync_to_async
def _by_token(authorization: str) -> Credentials | None:
    scheme, _, text = authorization.partition(" ")
    token = find_token(text.strip()) if scheme.lower() == "bearer" else None
    return Credentials(token.user, token_id=token.pk) if token else None


async def _by_session(scope: Any) -> Credentials | None:
    user, session = await get_user(scope), scope["session"]
    # without a key in the session there is nothing by which the hub could see that it has ended
    if not isinstance(user, User) or not user.is_active or not session.session_key:
        return None
    return Credentials(user, session_key=session.session_key)


def _is_same_origin(headers: Mapping[bytes, str]) -> bool:
    """Return whether a page of ours opens the socket: browsers send the cookie along from any other site's too."""
    origin, host = headers.get(b"origin", ""), headers.get(b"host", "")
    is_same = origins.has_host(origin, host)
    if origin and not is_same:
        _report(origin, host)
    return is_same


@lru_cache(maxsize=100)
def _report(origin: str, host: str) -> None:
    """Log a refused origin, once for each: the close code has no room for it, and the browser tries again and again."""
    # the scheme of a socket is not checked
    scheme = origin.partition("://")[0]
    logger.warning("socket refused: %s", origins.explain(origin, f"{scheme}://{host}"))
