"""How large the body of a request may be, which depends on who sends it and where."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError, close_old_connections
from django.http import parse_cookie

from config.request_threads import keep_connections
from projects.access.tokens import find_token

ANYBODY_BYTES = 64 * 1024
"""Of whoever is not signed in: a form with a name and a password."""
FORM_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1024 * 1024
"""Of JSON and forms, which may have a picture as a data URI or a shot list in them."""
FILE_BYTES = settings.MAX_VIDEO_BYTES + 1024 * 1024
"""Of files, with the form around them."""
BUNDLE_BYTES = 256 * 1024**3
"""Of a whole project. What the disk has no room for is refused while it arrives."""
# with connections that stay: each save of a long film comes here, and to open one takes as long as to ask
_THREADS = ThreadPoolExecutor(2, "body-limit", keep_connections)
_FILE_PATHS = re.compile(r"/api/projects/[^/]+/folders/[^/]+/assets/?|/projects/[^/]+/[^/]+/pictures/")


async def body_limit(path: str, authorization: str, cookies: str) -> int:
    """Return how many bytes the body of a request may have, by its path and two of its headers."""
    # in a thread of its own, since it asks the database
    ask = sync_to_async(_body_limit, thread_sensitive=False, executor=_THREADS)
    return await ask(path, authorization, cookies)


def _body_limit(path: str, authorization: str, cookies: str) -> int:
    close_old_connections()
    try:
        if not _is_signed_in(authorization, cookies):
            return ANYBODY_BYTES
    except DatabaseError:
        return ANYBODY_BYTES
    finally:
        close_old_connections()
    if path.rstrip("/") == "/api/bundles":
        return BUNDLE_BYTES
    return FILE_BYTES if _FILE_PATHS.fullmatch(path) else FORM_BYTES


def _is_signed_in(authorization: str, cookies: str) -> bool:
    scheme, _, text = authorization.partition(" ")
    if authorization:
        return scheme.lower() == "bearer" and find_token(text.strip()) is not None
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    return bool(key) and SESSION_KEY in import_module(settings.SESSION_ENGINE).SessionStore(key)
