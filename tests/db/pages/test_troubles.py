"""Pages and `/healthz` say which processes of the studio hang or were replaced."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from config.studio import state_file
from config.studio.troubles import Troubles
from projects.web import troubles as reader
from tests import factories
from tests.db.pages.makers import text

pytestmark = pytest.mark.django_db


def page() -> str:
    client = Client()
    client.force_login(factories.make_user())
    return text(client.get("/"))


def write(troubles: Troubles) -> list[Any]:
    state_file.write_state(settings.DATA_DIR, "http://127.0.0.1:8000", {}, troubles.news)
    return reader.read_troubles()


def test_a_process_that_hangs_is_named_until_it_is_replaced_and_then_as_replaced() -> None:
    troubles = Troubles()
    assert troubles.note_late({"collect-1"})
    assert not troubles.note_late({"collect-1"})
    assert reader.hanging(write(troubles)) == ["collect-1"]
    assert "collect-1 is not responding" in page()
    troubles.note_death("collect-1")
    assert reader.hanging(write(troubles)) == []
    assert [(each["process"], each["cause"]) for each in reader.replaced(write(troubles))] == [("collect-1", "hung")]
    assert "collect-1 stopped responding and was restarted" in page()


def test_a_process_that_died_is_told_to_monitors_only() -> None:
    troubles = Troubles()
    troubles.note_death("submit-1")
    assert [each["cause"] for each in reader.replaced(write(troubles))] == ["died"]
    assert "submit-1" not in page()


def test_old_news_are_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    troubles = Troubles()
    troubles.note_death("web")
    written = write(troubles)
    later = time.time() + reader.NEWS_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert (len(written), reader.read_troubles()) == (1, [])
