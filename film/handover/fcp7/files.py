"""The files and items of a returned FCP7 document: an id is explained once, and only named afterwards."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from film.handover.fcp7.facts import FILE_PREFIX
from film.handover.returned import Reference
from film.handover.safe_xml import text_of


class Files:
    """Finds what an id means, and the file of an item."""

    def __init__(self, root: Element) -> None:
        self._by_id = {each.get("id"): each for each in root.iter("file") if len(each)}

        items = [*root.iter("clipitem"), *root.iter("generatoritem")]
        self._items = {each.get("id"): each for each in items if len(each) and each.get("id")}

    def explained(self, item: Element) -> Element:
        """Return an item with all that is known of it."""
        return item if len(item) else self._items.get(item.get("id"), item)

    def of(self, item: Element) -> Element | None:
        """Return the file of an item with all that is known of it."""
        file = item.find("file")
        return None if file is None else self._by_id.get(file.get("id"), file)

    def reference(self, item: Element) -> Reference:
        """Return how an item names its medium."""
        file = self.of(item)
        name = text_of(item, "name")
        if file is None:
            return Reference(name=name)
        own = file.get("id") or ""
        asset = own.removeprefix(FILE_PREFIX) if own.startswith(FILE_PREFIX) else ""
        return Reference(asset, "", text_of(file, "pathurl"), text_of(file, "name") or name)

    def is_generator(self, item: Element) -> bool:
        """Whether an item has no file, as black has none."""
        file = self.of(item)
        return file is not None and file.find("pathurl") is None and file.find("mediaSource") is not None
