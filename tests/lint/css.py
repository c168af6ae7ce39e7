"""Check static/css: `python -m tests.lint.css` prints each problem with its place, and fails if there are any.

The rules keep the stylesheets apart: a file lies in the layer of its folder, a class belongs to one file, and what is
named (layers, custom properties, classes) exists on both sides. Only base.css has classes that any file may name.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tinycss2  # type: ignore[import-untyped]

TOP = Path(__file__).resolve().parents[2]
CSS = TOP / "static" / "css"
LAYERS = ("base", "components", "pages")
# a layered rule loses to one in no layer: those of the admin compete with Django's, and it uses the tokens too
WITHOUT_LAYER = ("tokens.css", "admin")
LINE_LENGTH, FILE_LENGTH = 120, 200
CLASS_ATTRIBUTE = re.compile(r'class="((?:[^"{]|\{%.*?%\}|\{\{.*?\}\}|\{)*)"', re.S)
QUOTED = re.compile(r"""(["'`])(.*?)\1""")
WORD = re.compile(r"[a-z][\w-]*", re.I)
# tinycss2 has no types
Node = Any


@dataclass
class Sheet:
    """One file: its problems, and the names that are compared with those of other files."""

    path: Path
    problems: list[str] = field(default_factory=list)
    # class → line, for those that lead a compound selector, and for all
    owned: dict[str, int] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    set_properties: set[str] = field(default_factory=set)
    # custom property → line, where it is read without a fallback
    read_properties: dict[str, int] = field(default_factory=dict)
    layer_orders: int = 0

    @property
    def name(self) -> str:
        return self.path.relative_to(CSS).as_posix()

    @property
    def layer(self) -> str | None:
        """The layer in which its rules belong; None for those that are in none."""
        first = self.path.relative_to(CSS).parts[0]
        return None if first in WITHOUT_LAYER else first.removesuffix(".css")

    def report(self, line: int, message: str) -> None:
        self.problems.append(f"static/css/{self.name}:{line}: {message}")


def check_text(sheet: Sheet, text: str) -> None:
    """Report lines and files that are too long."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_LENGTH:
            sheet.report(number, f"The line has {len(line)} characters, {LINE_LENGTH} are allowed.")
    if len(lines) > FILE_LENGTH:
        sheet.report(len(lines), f"The file has {len(lines)} lines, {FILE_LENGTH} are allowed: split it.")


def check_layers(sheet: Sheet, rules: list[Node]) -> None:
    """Report rules at the top of a file that are outside its layer."""
    for rule in rules:
        is_layer = rule.type == "at-rule" and rule.lower_at_keyword == "layer"
        names = [token.value for token in rule.prelude if token.type == "ident"] if is_layer else []
        for name in set(names) - set(LAYERS):
            sheet.report(rule.source_line, f"There is no layer {name}.")
        if is_layer and rule.content is None:
            sheet.layer_orders += 1
            if tuple(names) != LAYERS:
                sheet.report(rule.source_line, f"The order of the layers is {', '.join(LAYERS)}.")
        elif sheet.layer and names != [sheet.layer]:
            sheet.report(rule.source_line, f"A rule outside the layer {sheet.layer}.")
        elif is_layer and not sheet.layer:
            sheet.report(rule.source_line, "The rules of this file belong in no layer.")


def walk(sheet: Sheet, nodes: list[Node], selector: list[Node]) -> None:
    """Check rules and declarations, and those nested in them; `selector` is that of the rule around them."""
    properties: set[str] = set()
    for node in nodes:
        if node.type == "error":
            sheet.report(node.source_line, f"It cannot be parsed: {node.message}.")
        elif node.type == "declaration":
            check_declaration(sheet, node, selector, properties)
        elif node.type == "qualified-rule":
            read_selector(sheet, node.prelude)
            walk(sheet, parse_block(node.content), node.prelude)
        elif node.type == "at-rule" and node.content is not None and node.lower_at_keyword != "keyframes":
            walk(sheet, parse_block(node.content), selector)


def parse_block(content: list[Node]) -> list[Node]:
    return list(tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True))


def check_declaration(sheet: Sheet, node: Node, selector: list[Node], properties: set[str]) -> None:
    """Report a property that its block has already, and `!important`; note custom properties."""
    if node.name in properties:
        sheet.report(node.source_line, f"{node.name} is in this block already.")
    properties.add(node.name)
    if node.important and tinycss2.serialize(selector).strip() != "[hidden]":
        sheet.report(node.source_line, "!important is for [hidden] alone.")
    if node.name.startswith("--"):
        sheet.set_properties.add(node.name)
    read_values(sheet, node.value)


def read_values(sheet: Sheet, tokens: list[Node]) -> None:
    """Note the custom properties that a value reads without a fallback."""
    for token in tokens:
        if token.type != "function":
            continue
        if token.lower_name == "var":
            names = [each.value for each in token.arguments if each.type == "ident"]
            if not any(each == "," for each in token.arguments):
                sheet.read_properties.setdefault(names[0], token.source_line)
        read_values(sheet, token.arguments)


def read_selector(sheet: Sheet, tokens: list[Node]) -> None:
    """Note the classes of a selector. The first of each compound is the component's, the others modify it."""
    is_led = False
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "whitespace" or token in (">", "+", "~", ","):
            is_led = False
        elif token == "&":
            is_led = True
        elif token.type == "hash" and sheet.layer:
            sheet.report(token.source_line, f"The id #{token.value} is a selector: use a class.")
        elif token.type == "ident" and before == ".":
            sheet.classes.setdefault(token.value, token.source_line)
            if not is_led:
                sheet.owned.setdefault(token.value, token.source_line)
            is_led = True
        elif token.type == "function" and token.lower_name != "not":
            read_selector(sheet, token.arguments)


def compare(sheets: list[Sheet]) -> None:
    """Report names that another file owns, that nothing sets, or that nothing uses."""
    owners = defaultdict(list)
    for sheet in sheets:
        for name in sheet.owned:
            owners[name].append(sheet)
    scripts = "".join(path.read_text() for path in (TOP / "static" / "js").rglob("*.js"))
    properties = set().union(*(sheet.set_properties for sheet in sheets)) | set(re.findall(r"--[\w-]+", scripts))
    used = set(words_in_use())
    for sheet in sheets:
        for name, line in sheet.owned.items():
            others = [other.name for other in owners[name] if other is not sheet and other.layer and sheet.layer]
            if others and sheet.name != "base.css" and "base.css" not in others:
                sheet.report(line, f".{name} is also in {', '.join(others)}: a class belongs to one file.")
        for name, line in sheet.classes.items():
            if name not in used and sheet.layer:
                sheet.report(line, f".{name} is in no template and in no script.")
        for name, line in sheet.read_properties.items():
            if name not in properties:
                sheet.report(line, f"{name} is set nowhere.")
    if sum(sheet.layer_orders for sheet in sheets) != 1:
        sheets[0].report(1, "The order of the layers is given once, in base.css.")


def words_in_use() -> Iterator[str]:
    """Yield what may be a class: words of class attributes and of strings, `name-…` whose end comes from a variable."""
    for path in (TOP / "templates").rglob("*.html"):
        for value in CLASS_ATTRIBUTE.findall(path.read_text()):
            yield from WORD.findall(value)
            if dynamic := re.search(r"([\w-]+-)\{\{", value):
                yield from (dynamic[1] + kind for kind in ("files", "rows", "group"))
    for folder, pattern in (("static/js", "*.js"), ("projects", "*.py"), ("generation", "*.py")):
        for path in (TOP / folder).rglob(pattern):
            for _, value in QUOTED.findall(path.read_text()):
                yield from WORD.findall(value)
    yield "htmx-request"


def main() -> int:
    """Check all files. Return 1 when there is a problem, else 0."""
    sheets = []
    for path in sorted(CSS.rglob("*.css")):
        sheet, text = Sheet(path), path.read_text()
        rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        check_text(sheet, text)
        check_layers(sheet, rules)
        walk(sheet, rules, [])
        sheets.append(sheet)
    compare(sheets)
    problems = [problem for sheet in sheets for problem in sheet.problems]
    print("\n".join(problems) or f"{len(sheets)} stylesheets are in order.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
