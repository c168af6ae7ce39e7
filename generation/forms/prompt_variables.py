"""Variables in a prompt: `{hero}` is replaced by what the film says of the hero."""

from __future__ import annotations

import re
from collections.abc import Mapping

# a name begins with a letter, so that JSON and other uses of braces are left alone
NAME = r"[^\W\d_][\w \-]{0,39}"
_VARIABLE = re.compile(rf"\{{({NAME})\}}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a prompt with the value of each variable that has one; names are compared without case."""
    return _VARIABLE.sub(lambda match: values.get(match[1].lower(), match[0]), text)


def missing(text: str, values: Mapping[str, str]) -> list[str]:
    """Return the variables in a prompt that have no value, each once, in their order."""
    return list(dict.fromkeys(name for name in _VARIABLE.findall(text) if name.lower() not in values))
