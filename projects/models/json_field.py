"""The column for JSON, whose texts are valid whatever was stored."""

from __future__ import annotations

import re
from typing import Any

from django.db import models

from projects.text.valid_text import replace_in_json, valid_json

# NUL, and surrogates: those of a pair, too
_SUSPECT = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)


class ValidJSONField(models.JSONField):
    """Django's JSONField, which would give a page half of a surrogate pair, and PostgreSQL a NUL.

    SQLite stores both as escapes, and PostgreSQL refuses them. Rows of earlier versions may have them.
    """

    def deconstruct(self) -> Any:
        """Return Django's own field for migrations: the column is the same."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.JSONField", arguments, options

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the value with U+FFFD for what is not valid."""
        loaded = super().from_db_value(value, expression, connection)
        # without such an escape there is nothing to replace
        return replace_in_json(loaded) if not isinstance(value, str) or _SUSPECT.search(value) else loaded

    def get_prep_value(self, value: Any) -> Any:
        """Return the value to store, with U+FFFD for what is not valid."""
        return valid_json(super().get_prep_value(value))
