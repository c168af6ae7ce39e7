"""Texts in files: what XML can have, what is on one line; and elements with a text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

_IMPOSSIBLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n?")
_MARKUP = re.compile('[&<>"\n\t]')
# those that writers put at many places
_SHARED = {"rate", "link", "effect"}


def clean(text: str) -> str:
    """Return a text without the characters that XML cannot have, and with one kind of line end."""
    if text.isascii() and text.isprintable():
        return text
    return _IMPOSSIBLE.sub("", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """Return a text without line ends and control characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def add(parent: Element, tag: str, text: object = None, /, **attributes: str | None) -> Element:
    """Add an element with a text and with those attributes that are not None, and return it."""
    given = {name: clean(value) for name, value in attributes.items() if value is not None}
    element = SubElement(parent, tag, given)
    if text is not None:
        element.text = clean(text) if isinstance(text, str) else str(text)
    return element


def add_all(parent: Element, values: Mapping[str, object]) -> None:
    """Add an element for each text."""
    for tag, text in values.items():
        SubElement(parent, tag).text = clean(text) if isinstance(text, str) else str(text)


def as_text(own: Mapping[str, Any]) -> str:
    """Return our settings as one text."""
    return json.dumps(own, ensure_ascii=False, separators=(",", ":"))


def document(root: Element, doctype: str) -> bytes:
    """Return the bytes of a document. An element may stand in it at several places: it is rendered once."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', f"<!DOCTYPE {doctype}>\n"]
    _render(root, parts.append, {})
    parts.append("\n")
    return "".join(parts).encode()


def _render(element: Element, write: Callable[[str], None], known: dict[int, str]) -> None:
    """Write an element. ElementTree's own way takes three times as long."""
    attributes = ""
    for name, value in element.attrib.items():
        attributes += f' {name}="{_escaped(value, quotes=True)}"'
    text = _escaped(element.text) if element.text else ""
    if not len(element):
        write(f"<{element.tag}{attributes}>{text}</{element.tag}>" if text else f"<{element.tag}{attributes}/>")
        return
    write(f"<{element.tag}{attributes}>{text}")
    for child in element:
        if not child.attrib and not len(child) and child.text:
            write(f"<{child.tag}>{_escaped(child.text)}</{child.tag}>")
        elif child.tag in _SHARED:
            write(_rendered(child, known))
        else:
            _render(child, write, known)
    write(f"</{element.tag}>")


def _rendered(element: Element, known: dict[int, str]) -> str:
    if id(element) not in known:
        parts: list[str] = []
        _render(element, parts.append, known)
        known[id(element)] = "".join(parts)
    return known[id(element)]


def _escaped(text: str, *, quotes: bool = False) -> str:
    if _MARKUP.search(text):
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if quotes:
            text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return text
