"""Which addresses of pages are ours, and what a refusal of one says."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from generation.live import credentials
from projects.access import origins


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("https://film.example", "film.example"),
        ("https://film.example", "FILM.example"),
        ("https://film.example", "film.example:443"),
        ("http://film.example", "film.example:80"),
        ("https://film.example:8443", "film.example:8443"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_pages_of_ours(origin: str, host: str) -> None:
    assert origins.has_host(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("", "film.example"),
        ("null", "film.example"),
        ("https://", ""),
        ("https://film.example", ""),
        ("https://elsewhere.example", "film.example"),
        ("https://film.example.elsewhere.example", "film.example"),
        ("https://film.example:8443", "film.example"),
        ("https://film.example", "film.example:80"),
        ("https://film.example:99999", "film.example:99999"),
        ("https://[::1", "[::1"),
    ],
)
def test_pages_of_others(origin: str, host: str) -> None:
    assert not origins.has_host(origin, host)


@pytest.mark.parametrize(
    ("origin", "own", "settings_named"),
    [
        ("https://film.example:8443", "https://film.example", {"Host"}),
        ("https://film.example", "https://127.0.0.1:8000", {"Host"}),
        ("https://film.example", "http://film.example", {"BEHIND_HTTPS_PROXY"}),
        ("https://film.example:8443", "http://127.0.0.1:8000", {"Host", "BEHIND_HTTPS_PROXY"}),
        ("null", "https://film.example", {"Host"}),
    ],
)
def test_a_refusal_names_both_addresses_and_the_setting(origin: str, own: str, settings_named: set[str]) -> None:
    text = origins.explain(origin, own)
    assert f"opened at {origin}, but the request reached the studio as {own}." in text
    assert ("proxy_set_header Host $http_host" in text, "BEHIND_HTTPS_PROXY=on" in text) == (
        "Host" in settings_named,
        "BEHIND_HTTPS_PROXY" in settings_named,
    )


def test_a_refused_request(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["film.example"]
    factory = RequestFactory()

    def refusal(*, secure: bool = False, **headers: str) -> str:
        return origins.refusal(factory.post("/", headers={"host": "film.example", **headers}, secure=secure))

    assert refusal() == refusal(origin="http://film.example") == ""
    assert "https://film.example:8443" in refusal(origin="https://film.example:8443")
    # the Referer counts where Django looks at it
    assert refusal(referer="http://elsewhere.example/a") == ""
    assert "http://elsewhere.example," in refusal(referer="http://elsewhere.example/a", secure=True)
    assert refusal(referer="https://film.example/a", secure=True) == ""


def test_a_socket_of_another_page_is_refused_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    credentials._report.cache_clear()
    headers = {b"host": "film.example", b"origin": "https://film.example:8443"}
    assert not credentials._is_same_origin(headers)
    assert not credentials._is_same_origin(headers)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert (
        "opened at https://film.example:8443, but the request reached the studio as https://film.example."
        in caplog.text
    )
    assert "proxy_set_header Host $http_host" in caplog.text
    assert not credentials._is_same_origin({b"host": "film.example"})
    assert credentials._is_same_origin({**headers, b"host": "film.example:8443"})
    assert len(caplog.records) == 1
