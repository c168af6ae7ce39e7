"""Names that people give, made safe for any file system and kept readable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from projects.disk.convertible import SUFFIXES
from projects.problems import wrong_field
from projects.translation import gettext as _

# of a project or a scene, in characters
MAX_NAME = 200
MAX_NAME_BYTES = 200
MAX_UPLOADED_NAME = 255
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""The id of a project, and the name of its folder."""
MAX_SLUG = 63

# letters that NFKD does not decompose
_LATIN_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
# names of devices, which Windows refuses for files
_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$"}) | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"
}
# characters that Windows refuses in a name, separators included
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
# joiners build emoji and Persian words; every other format character may hide text or turn its direction
_JOINERS = "\u200c\u200d"
_MEDIA_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp"}
    | {".mp3", ".wav", ".flac", ".m4a", ".aac", ".ogg", ".oga"}
    | {".mp4", ".m4v", ".mov", ".webm", ".mkv"}
    | SUFFIXES
)


def project_slug(name: str, taken: Callable[[str], bool]) -> str:
    """Return the slug of a new project: `my-film`, or `my-film-2` where `taken` says that the first one is in use.

    A name without a Latin letter or digit becomes `project`.
    """
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_LATIN_LETTERS)).translate(_LATIN_LETTERS)
    base = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in folded if not unicodedata.combining(c)))
    base = base.strip("-")[:MAX_SLUG].strip("-") or "project"
    if base in _DEVICES:
        base = f"{base}-project"
    return next(slug for slug in _numbered_slugs(base) if not taken(slug))


def _numbered_slugs(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        ending = f"-{number}"
        yield base[: MAX_SLUG - len(ending)].rstrip("-") + ending
        number += 1


def media_suffix(name: str) -> str:
    """Return the ending of a media file's name in lower case, such as `.jpg`; an empty string for any other."""
    _, dot, ending = name.rstrip().rpartition(".")
    suffix = f"{dot}{ending.lower()}"
    return suffix if suffix in _MEDIA_SUFFIXES else ""


def uploaded_name(name: str) -> str:
    """Return the name under which a person uploaded a file, in one line, without the folders that are in front."""
    return plain_text(re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1])[:MAX_UPLOADED_NAME]


def safe_file_name(name: str, suffix: str) -> str:
    """Return a file name of at most 200 bytes that ends with `suffix`, such as `.jpg`, whatever ending `name` has."""
    stem = _replace_forbidden(re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1])
    head, dot, ending = stem.rpartition(".")
    if f".{ending.lower()}" in _MEDIA_SUFFIXES | {suffix.lower()} and dot:
        stem = head
    stem = _trim(_truncate(_trim(stem), MAX_NAME_BYTES - len(suffix.encode()) - 1)) or "untitled"
    if stem.split(".")[0].strip().casefold() in _DEVICES:
        stem = f"_{stem}"
    return stem + suffix


def numbered(name: str) -> Iterator[str]:
    """Yield `photo.jpg`, `photo-2.jpg`, `photo-3.jpg` … without end."""
    yield name
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    number = 2
    while True:
        yield f"{stem}-{number}{dot}{ending}"
        number += 1


def plain_text(text: str) -> str:
    """Return a text without control, bidirectional and other invisible characters, and with single spaces."""
    kept = "".join(" " if c.isspace() else c for c in text if c in _JOINERS or c.isspace() or not _is_invisible(c))
    return " ".join(kept.split())


def _is_invisible(character: str) -> bool:
    # Cc control, Cf format, Cs half a surrogate pair; the last two code points of each plane are no characters
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") or ord(character) & 0xFFFE == 0xFFFE


def _replace_forbidden(name: str) -> str:
    return plain_text(_FORBIDDEN.sub("-", name))


def _trim(stem: str) -> str:
    return stem.lstrip(". " + _JOINERS).rstrip(". " + _JOINERS)


def _truncate(text: str, size: int) -> str:
    """Return the first `size` bytes of UTF-8, without half a character at the end."""
    return text.encode()[:size].decode(errors="ignore")


def checked_name(name: str) -> str:
    """Return the name of a project or scene in one line. Problem 422 for an empty, too long or unprintable one."""
    if any(unicodedata.category(character) == "Cc" and not character.isspace() for character in name):
        raise wrong_field("name", _("name must not contain control characters."))
    name = plain_text(name)
    if not 1 <= len(name) <= MAX_NAME:
        raise wrong_field(
            "name",
            _("name must have 1 to {max_name} characters, not {count}.").format(max_name=MAX_NAME, count=len(name)),
        )
    return name
