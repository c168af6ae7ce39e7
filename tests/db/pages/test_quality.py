"""The report of quality control on the card and the tile of a take."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.models import GenerationJob, QualityReport
from projects.models import Scene
from tests.db.pages.makers import add_clip, text, url

pytestmark = pytest.mark.django_db


def add_report(job: GenerationJob, verdict: str, *messages: str, c2pa: bool | None = False) -> None:
    reasons = [
        {"code": "black", "level": verdict, "message": message, "at": number, "thumbnail": number == 0}
        for number, message in enumerate(messages)
    ]
    facts = {"codec": "h264", "width": 1280, "height": 720, "seconds": 5.04, "fps": 24.0}
    QualityReport.objects.create(job=job, verdict=verdict, reasons=reasons, facts=facts, c2pa=c2pa)


def test_no_badge_before_the_check(client: Client, scene: Scene) -> None:
    job = add_clip(scene)
    assert "quality" not in text(client.get(f"/takes/{job.pk}/"))


def test_a_badge_with_its_reasons(client: Client, scene: Scene) -> None:
    job = add_clip(scene)
    add_report(job, "fail", "It is <black>.", "Nothing moves.")
    page = text(client.get(f"/takes/{job.pk}/"))
    assert '<details class="quality fail" open>' in page
    assert "Failed checks · 2" in page
    assert "It is &lt;black&gt;." in page
    assert page.count(f"/api/jobs/{job.pk}/quality/") == 1
    assert "1280 × 720" in page
    # the clip is shown all the same, and can be chosen
    assert "<video" in page
    assert "Choose" in page


@pytest.mark.parametrize(
    ("c2pa", "words"),
    [(True, "present; signature not verified"), (False, "No Content"), (None, "(C2PA): unknown")],
)
def test_content_credentials_are_shown(client: Client, scene: Scene, c2pa: bool | None, words: str) -> None:
    job = add_clip(scene)
    add_report(job, "pass", c2pa=c2pa)
    page = text(client.get(f"/takes/{job.pk}/"))
    assert "Passed checks" in page
    assert words in page


def test_reports_need_no_query_each(client: Client, scene: Scene) -> None:
    counts: list[int] = []
    for _ in range(2):
        for _ in range(3):
            add_report(add_clip(scene), "warn", "Look.")
        with CaptureQueriesContext(connection) as captured:
            assert "Worth a look" in text(client.get(url(scene)))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_strip_shows_the_verdict(client: Client, scene: Scene) -> None:
    job = add_clip(scene)
    assert "tile-mark fail" not in text(client.get(f"/takes/{job.pk}/tile/"))
    add_report(job, "fail", "It is black.", "Nothing moves.")
    tile = text(client.get(f"/takes/{job.pk}/tile/"))
    assert '<span class="tile-mark fail" title="Failed checks · 2">' in tile
    assert '<span class="visually-hidden">Failed checks · 2</span>' in tile
