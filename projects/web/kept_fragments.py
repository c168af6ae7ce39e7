"""Parts of pages that are rendered once for all that they show, and kept in memory.

They are for what stands on a page dozens of times, changes rarely, and is the same for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

MAX_KEPT = 4000
"""How many of one template are kept, where each has one or two kilobytes."""


class KeptFragments:
    """What one template was rendered to, by keys that have all that it shows."""

    def __init__(self, template: str, most: int = MAX_KEPT) -> None:
        """Begin without any. At `most` so many are kept."""
        self._template = template
        self._most = most
        self._kept: dict[Hashable, SafeString] = {}

    def render(self, key: Hashable, context: Callable[[], Mapping[str, object]]) -> SafeString:
        """Return the fragment of a key, rendered with the context where it is not kept; in DEBUG anew each time."""
        kept = self._kept.get(key)
        if kept is not None and not settings.DEBUG:
            return kept
        # all together, which is simple, and hardly ever happens
        if len(self._kept) >= self._most:
            self._kept.clear()
        html = self._render(context)
        self._kept[key] = html
        return html

    def _render(self, context: Callable[[], Mapping[str, object]]) -> SafeString:
        return mark_safe(get_template(self._template).render(dict(context())))  # noqa: S308 - of a template
