"""Static files as browsers get them: texts compressed, everything else as it is."""

from __future__ import annotations

import gzip

from django.conf import settings
from django.test import Client

SCRIPT = settings.BASE_DIR / "static" / "js" / "live.js"
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_script_is_sent_compressed_to_who_accepts_it() -> None:
    answer = Client().get("/static/js/live.js", headers=GZIP)
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert int(answer["Content-Length"]) == len(answer.content) < SCRIPT.stat().st_size / 2
    assert gzip.decompress(answer.content) == SCRIPT.read_bytes()
    assert Client().head("/static/js/live.js", headers=GZIP)["Content-Length"] == answer["Content-Length"]


def test_a_script_is_sent_plain_to_who_does_not() -> None:
    answer = Client().get("/static/js/live.js")
    assert "Content-Encoding" not in answer
    assert answer["Vary"] == "Accept-Encoding"
    assert answer.getvalue() == SCRIPT.read_bytes()


def test_a_script_that_was_not_modified_is_not_sent_again() -> None:
    etag = Client().get("/static/js/live.js", headers=GZIP)["ETag"]
    answer = Client().get("/static/js/live.js", headers={**GZIP, "If-None-Match": etag})
    assert answer.status_code == 304
    assert answer["Vary"] == "Accept-Encoding"


def test_a_part_and_a_font_are_sent_as_they_are() -> None:
    part = Client().get("/static/js/live.js", headers={**GZIP, "Range": "bytes=0-9"})
    assert part.status_code == 206
    assert part.getvalue() == SCRIPT.read_bytes()[:10]
    font = Client().get("/static/fonts/Inter-Regular.woff2", headers=GZIP)
    assert "Content-Encoding" not in font
    font.close()
