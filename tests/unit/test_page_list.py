"""No page is forgotten where all are looked at: the list is held against the table of all addresses."""

from __future__ import annotations

import re
from fnmatch import fnmatch

from django.conf import settings
from django.urls import resolve

from tests.browser.page_list import ADMIN, AS_ANOTHER, NO_PAGES, OTHERWISE, OUTSIDE, PAGES
from tests.integration.test_access_matrix import ROWS

LOOKED_AT = {**OUTSIDE, **PAGES, **OTHERWISE, **ADMIN}
NO_ID = "00000000-0000-0000-0000-000000000000"
# what stands for the parts of an address, in the table's words and in the list's
PARTS = dict.fromkeys(("project", "scene_key", "project_key", "user", "budget", "token", "link_token"), "1")
PARTS |= dict.fromkeys(("job", "failed", "running", "unconfirmed", "batch", "image", "video", "any", "webhook"), NO_ID)


def test_every_address_that_answers_is_looked_at_or_is_no_page() -> None:
    seen = {route(path) for path in LOOKED_AT.values() if path != "/nothing/"}
    known = [*NO_PAGES, *AS_ANOTHER]
    forgotten = [
        row.address
        for row in ROWS
        if row.method == "GET"
        and "200" in row.statuses
        and (not row.address.startswith("/api/") or row.address in ("/api/docs", "/api/openapi.json"))
        and not any(fnmatch(row.address, pattern) for pattern in known)
        and route(row.address) not in seen
    ]
    assert forgotten == []


def test_the_screens_name_every_page() -> None:
    screens = (settings.BASE_DIR / "docs" / "screens.md").read_text()
    # a scene's page stands for all scenes
    paths = {
        name: re.sub("scene-[0-9]", "scene-1", path).partition("?")[0] for name, path in {**OUTSIDE, **PAGES}.items()
    }
    assert [name for name, path in paths.items() if name != "admin-sign-in" and f"`{path}`" not in screens] == []


def test_what_is_left_out_is_there() -> None:
    addresses = [row.address for row in ROWS]
    assert [each for each in [*NO_PAGES, *AS_ANOTHER] if not any(fnmatch(address, each) for address in addresses)] == []
    assert set(AS_ANOTHER.values()) <= set(ADMIN)


def route(address: str) -> str:
    return resolve(address.format(**PARTS).partition("?")[0]).route
