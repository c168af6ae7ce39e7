"""Where the media of a hand-over are."""

from __future__ import annotations

from urllib.parse import quote

from film.document.timeline import Medium


def file_address(medium: Medium, root: str | None) -> str:
    """Return the address of a file: below `root`, an absolute path, or relative to the hand-over without one."""
    path = quote(medium.path)
    if root is None:
        return f"./{path}"
    drive = "" if root.startswith("/") else "/"
    return f"file://{drive}{quote(root.replace(chr(92), '/').rstrip('/'), safe='/:')}/{path}"
