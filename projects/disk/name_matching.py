"""Whether two names are one name: of films, scenes, files, tags, columns of a list, and in a search.

People copy names from programs that write them in other ways: macOS decomposes letters, word processors replace
hyphens, quotation marks and spaces, and a browser sends a file name that cannot be stored as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from projects.disk.names import media_suffix, plain_text, safe_file_name

T = TypeVar("T")
Key = Callable[[str], str]

MAX_SEARCH_LENGTH = 200
# what people and programs write for one and the same sign
_SIGNS = {
    "-": "\u02d7\u05be\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\u301c\ufe58\ufe63\uff0d",
    "'": "\u0060\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201a\u201b\u2032\u2035",
    '"': "\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u2036\u301d\u301e",
    "": "\u200c\u200d\ufe0e\ufe0f",
}
_SAME_SIGN = str.maketrans({sign: plain for plain, signs in _SIGNS.items() for sign in signs})
# endings of one and the same format
_SUFFIX_ALIASES = {".jpeg": ".jpg", ".jpe": ".jpg", ".jfif": ".jpg", ".oga": ".ogg"}


def name_key(name: str) -> str:
    """Return what all spellings of a name have in common.

    Case, composition of letters, width, kinds of white space, dashes and quotation marks, and invisible characters
    make no difference.
    """
    # the marks above are replaced before and after: NFKC takes a few of them apart
    text = unicodedata.normalize("NFKC", name.translate(_SAME_SIGN)).translate(_SAME_SIGN)
    text = unicodedata.normalize("NFC", plain_text(text).casefold())
    # word processors make one long dash of two hyphens
    return re.sub("-+", "-", text)


def search_key(text: str) -> str:
    """Return the key of a name without accents too, so that a search for `nachte` finds `Nächte`."""
    decomposed = unicodedata.normalize("NFKD", name_key(text))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def search_words(text: str) -> list[str]:
    """Return the keys of the words that a person searches for; of a text that is too long, those of its beginning."""
    return search_key(text.strip()[:MAX_SEARCH_LENGTH]).split()


def has_letters(words: Iterable[str], name: str, *_others: str) -> bool:
    """Return whether a name has the letters of a search in their order, from a word on: "Budgets" those of `bdgt`."""
    letters = ".*".join(re.escape(letter) for letter in "".join(words))
    return bool(letters) and re.search(rf"\b{letters}", search_key(name)) is not None


def has_words(words: Iterable[str], *names: str) -> bool:
    """Return whether each word of a search is in one of the names."""
    keys = [search_key(name) for name in names]
    return all(any(word in key for key in keys) for word in words)


def column_key(name: str) -> str:
    """Return the key of a column or another technical name: `Prompt text`, `prompt_text` and `promptText` are one."""
    return re.sub("[ _-]", "", name_key(name))


def file_name_key(name: str) -> str:
    """Return the key of a file name, which the uploaded and the stored spelling have in common.

    White space is left out, since Django drops all but plain spaces from the name of an upload.
    """
    suffix = media_suffix(name)
    return name_key(safe_file_name(name, _SUFFIX_ALIASES.get(suffix, suffix))).replace(" ", "")


class NameIndex(Generic[T]):
    """Finds things by their names."""

    def __init__(self, entries: Iterable[tuple[str, T]], key: Key = name_key) -> None:
        """Take pairs of a name and what has it; several things may have the same name."""
        self._key = key
        self._exact: dict[str, list[T]] = {}
        self._by_key: dict[str, list[T]] = {}
        for name, thing in entries:
            self._exact.setdefault(unicodedata.normalize("NFC", name), []).append(thing)
            self._by_key.setdefault(key(name), []).append(thing)

    def exact(self, name: str) -> list[T]:
        """Return what is called exactly so, in the order of the entries."""
        return self._exact.get(unicodedata.normalize("NFC", name), [])

    def find(self, name: str) -> list[T]:
        """Return what is called exactly so; if there is nothing, what is called so in another spelling."""
        key = self._key(name)
        return self.exact(name) or (self._by_key.get(key, []) if key else [])


class FileNameIndex(Generic[T]):
    """Finds files by the name under which they are stored, or under which a person uploaded them."""

    def __init__(self, files: Iterable[tuple[str, str, T]]) -> None:
        """Take the stored name, the uploaded name (empty where it is not known) and the file."""
        files = list(files)
        self._stored = NameIndex(((stored, file) for stored, _, file in files), file_name_key)
        self._uploaded = NameIndex(((uploaded, file) for _, uploaded, file in files if uploaded), file_name_key)
        self._suffixes = {Path(stored).suffix for stored, _, _ in files}

    def find(self, name: str) -> list[T]:
        """Return the files of that name.

        The exact spelling counts before any other, and the stored name before the uploaded one, since pages show it. A
        name without an ending stands for a file with any.
        """
        exact = self._stored.exact(name) or self._uploaded.exact(name)
        return exact or _distinct(self._stored.find(name) + self._uploaded.find(name)) or self._without_suffix(name)

    def _without_suffix(self, name: str) -> list[T]:
        if media_suffix(name):
            return []
        return _distinct([file for suffix in sorted(self._suffixes) for file in self._stored.find(name + suffix)])


def same_name(name: str, names: Collection[str], key: Key = column_key) -> str | None:
    """Return the one of `names` that `name` is another spelling of; None when there is none, or more than one."""
    if name in names:
        return name
    matches = NameIndex(((each, each) for each in names), key).find(name)
    return matches[0] if len(matches) == 1 else None


def find_file(path: Path) -> Path | None:
    """Return the file at a path whose last part may be spelt in another way; None when there is none, or several."""
    if path.is_file():
        return path
    if not path.parent.is_dir():
        return None
    matches = NameIndex(((entry.name, entry) for entry in path.parent.iterdir()), file_name_key).find(path.name)
    return matches[0] if len(matches) == 1 and matches[0].is_file() else None


def _distinct(things: list[T]) -> list[T]:
    return list(dict.fromkeys(things))
