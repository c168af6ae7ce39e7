"""How a storyboard is shown: as cards of some size, or as a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

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
