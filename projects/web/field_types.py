"""Types of the fields that a JSON call accepts. They are strict: the number 5 is not accepted as the text "5"."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

# that texts are valid is checked for the whole request, in request_body.py
Text = Annotated[str, Strict(), Field(min_length=1)]
"""A text that is not empty."""
AnyText = Annotated[str, Strict()]
"""A text that may be empty, which clears what was there."""
WholeNumber = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
