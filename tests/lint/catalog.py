"""The lists of the words that people read: `python -m tests.lint.catalog` fails when locale/ is not up to date.

With `--write` it writes the lists, as `manage.py makemessages --locale en --no-wrap` does with the tools of gettext,
and `--domain djangojs` for scripts. The tools are not needed here: Django finds the words of templates, and Babel those
of modules and scripts.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

TOP = Path(__file__).resolve().parents[2]
LISTS = TOP / "locale" / "en" / "LC_MESSAGES"
APPS = ("config", "film", "generation", "projects")
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2)}
HEADER = "# What people read of Dailies, in English. `make words` writes this file."


def found() -> dict[str, Catalog]:
    """Return the words of templates and modules, and those of scripts, each with the files that have it."""
    pages = [*(TOP / "templates").rglob("*.html"), *(path for app in APPS for path in _modules(app))]
    return {"django": _catalog("python", pages), "djangojs": _catalog("javascript", (TOP / "static/js").rglob("*.js"))}


def _modules(app: str) -> Iterator[Path]:
    yield from (path for path in (TOP / app).rglob("*.py") if "migrations" not in path.parts)


def _catalog(method: str, paths: Iterable[Path]) -> Catalog:
    catalog = Catalog(locale="en", header_comment=HEADER, fuzzy=False)
    for path in sorted(paths):
        for _, message, comments, context in extract(method, io.BytesIO(_source(path)), keywords=KEYWORDS):
            # without lines: most changes of a file move them
            catalog.add(
                message, locations=[(path.relative_to(TOP).as_posix(), 0)], auto_comments=comments, context=context
            )
    return catalog


def _source(path: Path) -> bytes:
    """Return a module, or a template as the module that Django makes of it for gettext."""
    source = path.read_text()
    if path.suffix == ".html":
        source = re.sub(r"^[ \t]+", "", templatize(source), flags=re.M)
    return source.encode()


def text_of(catalog: Catalog) -> str:
    """Return a catalog as the text of a .po file, sorted by the files that have the words."""
    output = io.BytesIO()
    write_po(output, catalog, width=0, omit_header=True, sort_by_file=True, include_lineno=False)
    return f"{HEADER}\n{_HEAD}\n{output.getvalue().decode()}"


_HEAD = """msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


def difference() -> list[str]:
    """Return what is wrong with the lists: words that they lack, and words that no file has."""
    return [problem for domain, catalog in found().items() for problem in _difference(LISTS / f"{domain}.po", catalog)]


def _difference(path: Path, catalog: Catalog) -> Iterator[str]:
    with path.open("rb") as file:
        listed = {_key(message.id) for message in read_po(file) if message.id}
    used = {_key(message.id) for message in catalog if message.id}
    yield from (f"{path.name} has no “{words}”." for words in sorted(used - listed))
    yield from (f"“{words}” of {path.name} is in no file." for words in sorted(listed - used))


def _key(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def main(arguments: list[str]) -> int:
    """Write the list, or print what is wrong with it and return 1."""
    if arguments == ["--write"]:
        for domain, catalog in found().items():
            (LISTS / f"{domain}.po").write_text(text_of(catalog))
        return 0
    problems = difference()
    print("\n".join([*problems, "Run `make words`."] if problems else ["The lists have all words."]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
