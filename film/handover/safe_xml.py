"""Reads XML that somebody has sent: no entities, no external parts, and within bounds."""

from __future__ import annotations

import json
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from film.handover.formats import unreadable
from projects.translation import gettext as _

MAX_BYTES = 50 * 1024 * 1024
"""The longest file of an editor."""
MAX_ELEMENTS = 1_000_000
"""5,000 clips with their sound are some 500,000 elements of FCP7 XML."""
MAX_DEPTH = 64
"""How deep elements may be nested."""


class _Tree:
    """Builds the elements while the parser finds them, and stops at the first that is too many or too deep."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.elements = self.depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MAX_ELEMENTS:
            raise unreadable(_("The XML has more than {max_elements:,} elements.").format(max_elements=MAX_ELEMENTS))
        if self.depth > MAX_DEPTH:
            raise unreadable(_("The XML is nested deeper than {max_depth} levels.").format(max_depth=MAX_DEPTH))
        self.builder.start(tag, attributes)

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.builder.end(tag)


def parse_xml(data: bytes) -> Element:
    """Return the root of a document. Raise Problem 422 for one that is malformed, declares entities or is huge."""
    tree, parser = _Tree(), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = tree.start, tree.end
    parser.CharacterDataHandler = tree.builder.data
    parser.StartDoctypeDeclHandler = _check_doctype
    parser.EntityDeclHandler = parser.SkippedEntityHandler = _refuse_entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        line = getattr(error, "lineno", None)
        message = _("The XML is not well-formed in line {line}.") if line else _("The XML is not well-formed.")
        raise unreadable(message.format(line=line)) from None
    return tree.builder.close()


def _check_doctype(name: str, system: str | None, public: str | None, has_declarations: int) -> None:
    if has_declarations:
        raise unreadable(_("The XML has declarations in its DOCTYPE: only the plain line is read."))


def _refuse_entity(*_details: object) -> NoReturn:
    raise unreadable(_("The XML has entities of its own, which are not read."))


def text_of(element: Element, path: str, default: str = "") -> str:
    """Return the text of an element below this one."""
    return (element.findtext(path) or default).strip()


def settings_in(text: str | None) -> dict[str, Any]:
    """Return our settings from the text that `xml_text.as_text()` has made of them, none from any other text."""
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
