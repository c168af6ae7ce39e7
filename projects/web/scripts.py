"""The addresses of scripts: with a hash of all of them, so that a browser keeps each for good until an update.

Modules import each other by relative paths, and so stay under the version that the page has named. The plain addresses
(`/static/js/live.js`) work as well, for who brings a script of their own.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.templatetags.static import static

FOLDER = settings.BASE_DIR / "static" / "js"
_VERSIONED = re.compile(r"/js-([0-9a-f]{12})/")


class ScriptPath(NamedTuple):
    """The plain path of a script, and whether it may be kept for good under the one that was asked for."""

    plain: str
    is_current: bool


def script_url(name: str) -> str:
    """Return the address of a script in `static/js`; in DEBUG the plain one, so that an edit is seen."""
    return static(f"js/{name}" if settings.DEBUG else f"js-{version()}/{name}")


def split_version(path: str) -> ScriptPath:
    """Take the version out of a path, if it has one.

    That of another version is still answered, with today's script: while a studio is updated, a page may come from one
    process and its scripts from another.
    """
    if not (match := _VERSIONED.search(path)):
        return ScriptPath(path, is_current=False)
    return ScriptPath(path.replace(match[0], "/js/", 1), is_current=match[1] == version())


@cache
def version() -> str:
    """Return a hash of all scripts and their names."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*.js")):
        digest.update(f"{path.relative_to(FOLDER).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]
