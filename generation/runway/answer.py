"""One HTTP answer to a call to Runway, read to its end; what it means is decided in `error_answers.py`."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from projects.disk.names import plain_text
from projects.text.json_input import load_kept_json
from projects.translation import gettext as _

# far above any answer of Runway; what is larger comes from something else
MAX_JSON_BYTES = 4 * 1024 * 1024
# where a page has its title
HEAD_BYTES = 8 * 1024
MAX_TITLE = 80
TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
PAGE_START = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """Status, body, and the headers Retry-After and Content-Type, which are empty when they are missing."""

    status: int
    body: bytes
    retry_after: str = ""
    content_type: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status < 300

    @cached_property
    def json_object(self) -> dict[str, Any] | None:
        """The body as a JSON object; None when it is none, or is larger than `MAX_JSON_BYTES`."""
        try:
            value = load_kept_json(self.body) if len(self.body) <= MAX_JSON_BYTES else None
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    @property
    def is_page(self) -> bool:
        """Whether the body is a page of HTML, which an API does not send."""
        is_html = "html" in self.content_type.lower() and bool(self.body.strip())
        return self.json_object is None and (is_html or PAGE_START.match(self.body[:HEAD_BYTES]) is not None)

    @property
    def description(self) -> str:
        """What the body is, for a sentence, such as "a page (“Attention Required!”)" or "an empty body"."""
        if self.is_page:
            title = TITLE.search(self.body[:HEAD_BYTES])
            text = plain_text(html.unescape(title[1].decode(errors="replace")))[:MAX_TITLE] if title else ""
            return _("a page (“{text}”)").format(text=text) if text else _("a page")
        if not self.body.strip():
            return _("an empty body")
        return _("JSON that is not Runway's") if self.json_object is not None else _("a text that is not Runway's")
