"""Marks words of rooms without Django for translation; elsewhere `django.utils.translation` does the same.

Django is given to `translate_with()` when it has started. A process without Django, such as one that decodes a file,
says everything in English.
"""

from __future__ import annotations

import gettext as catalogs
from typing import Protocol


class Translator(Protocol):
    """What translates: `django.utils.translation`, or a catalog of Python's gettext."""

    def gettext(self, message: str, /) -> str:
        """Return a message in the language of whoever reads it."""

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """Return the form of a message that belongs to a number."""


_translators: list[Translator] = [catalogs.NullTranslations()]


def translate_with(translator: Translator) -> None:
    """Let another translator answer from now on."""
    _translators[:] = [translator]


def gettext(message: str) -> str:
    """Return a message in the language of whoever reads it."""
    return _translators[0].gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of a message that belongs to a number."""
    return _translators[0].ngettext(singular, plural, number)


def gettext_noop(message: str) -> str:
    """Return a message as it is: it is marked here, and translated where it is shown."""
    return message
