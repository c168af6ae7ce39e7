"""Which known names somebody may have meant: for fields of a request, and for settings."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

MAX_NAMES = 3
# of 0 (nothing in common) to 1: RUNWAY_KEY for RUNWAY_API_KEY is 0.86, SECRET_KEY_BASE for SECRET_KEY 0.82
MIN_LIKENESS = 0.85
# shorter names are parts of too many others
MIN_PART = 4


def near_names(name: str, known: Iterable[str], *, parts: bool = False) -> list[str]:
    """Return the known names that are spelt almost like `name`, the nearest first; case, `_` and `-` do not count.

    With `parts` also those of which one contains the other, as `prompt` and `promptText` do.
    """
    by_plain = {_plain(each): each for each in known}
    plain = _plain(name)
    near = difflib.get_close_matches(plain, by_plain, MAX_NAMES, MIN_LIKENESS)
    if parts and not near:
        near = [each for each in by_plain if _is_part(plain, each) or _is_part(each, plain)]
    return [by_plain[each] for each in near[:MAX_NAMES]]


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def _is_part(part: str, whole: str) -> bool:
    return len(part) >= MIN_PART and part in whole
