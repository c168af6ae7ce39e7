"""Finds sentences for people that are not marked for translation, are put together, or are filled with other names.

A sentence begins with a capital or a quotation mark and has a space. In a call of SINKS, whose texts people read, any
text with a space counts. What operators, programmers and other programs read stays plain English: settings, commands,
logs, metrics, the admin, the description of the API, and the stand-in of Runway.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from string import Formatter

from tests.lint.catalog import APPS, TOP

NOT_FOR_PEOPLE = re.compile(
    r"/(migrations|management|admin|allauth_migrations|simulator)/|/(admin|checks)\.py$|^config/|_schemas\.py$"
)
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
# an exception that people see, a message on a page, an answer of the API, a reason in a report
SINKS = {
    "AddressRefused", "AddressUnreachable", "FieldProblem", "Finding", "OutcomeUnknown", "OutputUnavailable", "Problem",
    "Refused", "Unreachable", "UnusablePicture", "ValidationError", "add_error", "conflict", "damaged_media",
    "forbidden", "not_checked", "not_found", "respond_restored", "respond_with_undo", "say", "success", "toast",
    "too_many", "unreadable", "unsupported_media", "wrong_field",
}  # fmt: skip
# their texts are for logs, programmers or the database
OTHERS = {
    "CatalogError", "DeserializationError", "EOFError", "FolderIsNewer", "Http404", "IllegalMove",
    "ImproperlyConfigured", "LostRace", "OSError", "RuntimeError", "TypeError", "ValueError", "cast", "compile",
    "debug", "error", "exception", "execute", "info", "log", "removeprefix", "startswith",
}  # fmt: skip
# parts of the API's description, and notes on columns
DESCRIPTIONS = {"description", "help_text", "summary", "template", "verbose_name", "verbose_name_plural"}
# what stands in files of other programs, names of things, and prompts
EXCEPTIONS = {
    "A slow push in over the water as the sun comes up", "A slow push in, gentle light", "Audio Crossfade",
    "Audio Levels", "Basic Title", 'Bearer realm="Dailies"', "Cross Dissolve", "Cross Fade (+3dB)", "DAILIES CLIP",
    "EDL (CMX 3600)", "FCM: NON-DROP FRAME", "FROM CLIP NAME", "FROM FILE", "Final Cut Pro 7 XML",
    "Final Cut Pro XML", "Google Gemini", "Google Veo", "Grok Imagine", "INSERT INTO {} ({}) VALUES ({})",
    "Quiet on set. This is how I sound on a take.", "Room for sound", "SOURCE FILE", "TITLE: ", "TO CLIP NAME",
    "TO FILE",
    "Bearer {}", "{} fps", "{} pixels", "{}, {} bytes of {}", "{}; charset=utf-8", "{}: the key {} is missing",
}  # fmt: skip
_SENTENCE = re.compile(r"[A-Z“{][^ ]* [^ ]")
# "Saved.", which is a sentence where people read it
_WORD = re.compile(r"[A-Z][a-z]+[.!?]?$")
# how the rest of a sentence begins, which cannot be translated without its beginning
_TAIL = re.compile(r"[,;:.)]|(and|at|but|by|for|has|have|in|of|since|so|that|which|who|with) (?!\w+$)")
_TEMPLATE_TEXT = re.compile(
    r"""{% translate (?:"([^"]+)"|'([^']+)')[^%]*%}|{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}""", re.S
)
# values beside their label, and ends of lists
TAILS = {"has a note", "of {{ scenes }}", "and {{ films }} more", "and {{ more }} more", "and {{ number }} more"}
_KEY = re.compile(r"(Ctrl|Shift|Alt|Space) \S+( \S+)?$")
_COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=\s))//[^\n]*", re.S)
_MARKED = re.compile(r'n?gettext\((?:\s*"[^"]*",?)+')
_SCRIPT_TEXT = re.compile(r"""(["`])([A-Z“][^"`\n]* [^"`\n]*)\1""")


def unmarked() -> list[str]:
    """Return a line for each sentence that is not marked, with its file and line."""
    return [*_of_modules(), *_of_scripts(), *_of_templates()]


def _of_modules() -> Iterator[str]:
    for app in APPS:
        for path in sorted((TOP / app).rglob("*.py")):
            name, source = path.relative_to(TOP).as_posix(), path.read_text()
            if not NOT_FOR_PEOPLE.search(name):
                yield from (f"{name}:{line}: {text!r} is not marked." for line, text in sentences(source))
            yield from (f"{name}:{line}: {text!r} is filled with other names." for line, text in misfilled(source))


def misfilled(source: str) -> list[tuple[int, str]]:
    """Return the line and text of each sentence that `.format()` gives not just the names that are in it."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "format":
            marked = call.func.value
            if isinstance(marked, ast.Call) and _name(marked) in MARKS and _is_plain(call, marked):
                texts = [_text(text) for text in marked.args if isinstance(text, ast.Constant)]
                names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None}
                if names != {keyword.arg for keyword in call.keywords}:
                    found.append((call.lineno, texts[0]))
    return found


def _is_plain(call: ast.Call, marked: ast.Call) -> bool:
    """Return whether the text and the names stand in the call itself, and not in a variable."""
    named = not call.args and all(keyword.arg for keyword in call.keywords)
    return named and bool(marked.args) and isinstance(marked.args[0], ast.Constant)


def sentences(source: str) -> list[tuple[int, str]]:
    """Return the line and text of each unmarked sentence of a module, with `{}` for what an f-string fills in."""
    return sorted(_Finder().find(ast.parse(source)))


class _Finder:
    """Walks through a module and knows in which call each text stands."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def find(self, tree: ast.Module) -> list[tuple[int, str]]:
        self._visit(tree, "")
        return self.found

    def _visit(self, node: ast.AST, call: str) -> None:
        """`call` is the name of the innermost call around the node; empty outside of calls."""
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_description = isinstance(node, ast.keyword) and node.arg in DESCRIPTIONS
        # what __str__ gives is for the admin and the shell
        is_name = isinstance(node, ast.FunctionDef) and node.name == "__str__"
        if is_docstring or is_description or is_name or isinstance(node, ast.Compare):
            return
        if isinstance(node, ast.Constant | ast.JoinedStr):
            self._check(node, call)
        else:
            inner = _name(node) if isinstance(node, ast.Call) else call
            if inner in MARKS | OTHERS and isinstance(node, ast.Call):
                return
            for child in ast.iter_child_nodes(node):
                self._visit(child, inner)

    def _check(self, node: ast.Constant | ast.JoinedStr, call: str) -> None:
        text = _text(node)
        is_sentence = bool(_SENTENCE.match(text))
        is_sentence = is_sentence or (call in SINKS and (" " in text.strip() or bool(_WORD.match(text))))
        letters = re.search(r"[^\W\d_]{2}", text.replace("{}", ""))
        if is_sentence and letters and text not in EXCEPTIONS and not _KEY.match(text):
            self.found.append((node.lineno, text))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node.value, str) else ""


def _of_scripts() -> Iterator[str]:
    for path in sorted((TOP / "static/js").rglob("*.js")):
        name = path.relative_to(TOP).as_posix()
        yield from (f"{name}:{line}: {text!r} is not marked." for line, text in script_sentences(path.read_text()))


def script_sentences(source: str) -> list[tuple[int, str]]:
    """Return the line and text of each unmarked sentence of a script."""
    for ignored in (_COMMENT, _MARKED):
        source = ignored.sub(lambda match: "\n" * match[0].count("\n"), source)
    return [
        (number, match[2])
        for number, line in enumerate(source.split("\n"), 1)
        for match in _SCRIPT_TEXT.finditer(line)
        if not _KEY.match(match[2])
    ]


def _of_templates() -> Iterator[str]:
    for path in sorted((TOP / "templates").rglob("*.html")):
        name = path.relative_to(TOP).as_posix()
        yield from (f"{name}:{line}: {text!r} is the rest of a sentence." for line, text in tails(path.read_text()))


def tails(source: str) -> list[tuple[int, str]]:
    """Return the line and text of each message of a template that is only the rest of a sentence."""
    found = []
    for match in _TEMPLATE_TEXT.finditer(source):
        text = " ".join(next(filter(None, match.groups()), "").split())
        if _TAIL.match(text) and text not in TAILS:
            found.append((source.count("\n", 0, match.start()) + 1, text))
    return found


def main() -> int:
    """Print what is not marked, and return 1 if there is anything."""
    problems = unmarked()
    print(
        "\n".join(
            [*problems, "Mark them with gettext: docs/how-to/add-words.md"] if problems else ["All words are marked."]
        )
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
