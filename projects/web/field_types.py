"""Types of the fields that a JSON call accepts. They are strict: the number 5 is not accepted as the text "5"."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, Strict


def _without_nul(text: str) -> str:
    # PostgreSQL cannot store it
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


Text = Annotated[str, Strict(), Field(min_length=1), AfterValidator(_without_nul)]
"""A text that is not empty."""
AnyText = Annotated[str, Strict(), AfterValidator(_without_nul)]
"""A text that may be empty, which clears what was there."""
WholeNumber = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
