"""Static files as browsers get them: texts compressed, everything else as it is."""

from __future__ import annotations

import gzip

from django.conf import settings
from django.test import Client
from pytest_django import Settings

from projects.web.scripts import script_url

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
    # read to its end, and not closed: that would be the end of a request for the database's connection, too, which a
    # test before may have left
    assert font.getvalue().startswith(b"wOF2")


def test_a_script_is_kept_for_good_under_its_version_alone() -> None:
    versioned, plain = Client().get(script_url("live.js")), Client().get("/static/js/live.js")
    assert versioned["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain["Cache-Control"] == "max-age=60, public"
    assert versioned.getvalue() == plain.getvalue() == SCRIPT.read_bytes()


def test_a_page_of_another_version_gets_the_script_of_today() -> None:
    """While a studio is updated, a page may come from one process and its scripts from another."""
    answer = Client().get("/static/js-0123456789ab/live.js", headers=GZIP)
    assert gzip.decompress(answer.content) == SCRIPT.read_bytes()
    assert answer["Cache-Control"] == "max-age=60, public"


def test_a_script_that_does_not_exist_is_not_found() -> None:
    assert Client().get(script_url("no_such.js")).status_code == 404
    assert Client().get("/static/js-0123456789ab/../css/base.css").status_code == 404


def test_a_change_is_seen_at_once_while_debugging(settings: Settings) -> None:
    settings.DEBUG = True
    assert script_url("live.js") == "/static/js/live.js"
