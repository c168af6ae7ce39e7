"""How a storyboard is shown: as cards of some size, or as a list; and which of its scenes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from projects.models import Scene

# static/js/pages/project/board_look.js keeps the choice in a cookie, such as "list-3"
COOKIE = re.compile(r"(board|list)-([1-5])")


@dataclass(frozen=True)
class BoardLook:
    """`view` is "board" or "list", `density` the size of the cards from 1, the smallest, to 5."""

    view: str = "board"
    density: int = 3

    @classmethod
    def from_cookie(cls, value: str) -> Self:
        """Return the look that a cookie names; the usual one for anything else."""
        match = COOKIE.fullmatch(value)
        return cls(match[1], int(match[2])) if match else cls()


@dataclass(frozen=True)
class SceneFilter:
    """The scenes that are shown: those of a status and a color, each empty for any."""

    status: str = ""
    color: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Return the filter that an address names; values that there are not filter nothing."""
        status, color = query.get("status", ""), query.get("color", "")
        return cls(status if status in Scene.ReviewStatus.values else "", color if color in Scene.Color.values else "")
